/** Whose Applications are meant: flags -> namespaces. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { parseGlob } from '../../core/version/glob.ts';

interface NamespaceValues {
  readonly 'application-namespace': string;
  readonly 'watch-namespaces': string;
}

/** Names and globs, normalised; "" for all. A list of nothing is a mistake, and not widened to all in silence. */
export function readApplicationNamespace(values: NamespaceValues): Outcome<string> {
  const flag = values['application-namespace'] === '' ? 'watch-namespaces' : 'application-namespace';
  const text = values[flag];
  if (text === '') return succeed('');
  const names = [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  if (names.includes('*')) return succeed('');
  const isRead = names.every((name) => /^[-a-z0-9*?[\]^]+$/.test(name) && parseGlob(name) !== undefined);
  if (names.length > 0 && isRead) return succeed(names.join(','));
  return fail(
    configFailure(
      `--${flag} ${JSON.stringify(text)}: expected namespaces or globs, separated by commas, such as argocd,team-*`,
    ),
  );
}
