/** `write-back-method`: through Argo CD, or into Git, and by which login. */
import { type Outcome, succeed } from '../../base/outcome.ts';
import { nearestWord } from './annotation-keys.ts';
import { refuseAnnotation } from './annotation-values.ts';
import { readSecretName } from './secret-source.ts';

export type GitCredentialSource =
  | { readonly kind: 'repocreds' }
  | { readonly kind: 'secret'; readonly namespace: string; readonly name: string };

/** `write-back-method`, parsed as 0.18 does (writeback.md 1.1). */
export type WriteBackMethod =
  | { readonly kind: 'argocd' }
  | { readonly kind: 'git'; readonly credentials: GitCredentialSource };

export function parseWriteBackMethod(value: string | undefined): Outcome<WriteBackMethod> {
  const text = value?.trim() ?? 'argocd';
  if (text === 'argocd') return succeed({ kind: 'argocd' });
  const colon = text.indexOf(':');
  const method = colon > 0 ? text.slice(0, colon).trim() : text;
  const credentials = parseGitCredentials(colon > 0 ? text.slice(colon + 1) : 'repocreds');
  const isSecretField = credentials?.kind === 'secret' && credentials.name.includes('#');
  if (method === 'git' && credentials !== undefined && !isSecretField)
    return succeed({ kind: 'git', credentials });
  const allowed = 'argocd, git, git:repocreds, git:secret:<namespace>/<name>';
  const meant = meantMethod(method, colon > 0 ? text.slice(colon + 1).trim() : '');
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return refuseAnnotation('write-back-method', text, `expected one of ${allowed}${hint}`);
}

/** What was probably meant by `<method>:<credentials>`. */
function meantMethod(method: string, credentials: string): string | undefined {
  const word = method === 'git' ? method : nearestWord(method.toLowerCase(), ['argocd', 'git'], 2);
  if (word !== 'git' || credentials === '') return word;
  const [, secret] = /^(?:secret:)?([^/:#]+\/[^/:#]+)(?:#.*)?$/.exec(credentials) ?? [];
  if (secret !== undefined) return `git:secret:${secret}`;
  return nearestWord(credentials, ['repocreds'], 3) === undefined ? undefined : 'git:repocreds';
}

function parseGitCredentials(text: string): GitCredentialSource | undefined {
  if (text === 'repocreds') return { kind: 'repocreds' };
  const secret = text.startsWith('secret:') ? readSecretName(text.slice('secret:'.length)) : undefined;
  return secret === undefined ? undefined : { kind: 'secret', ...secret };
}
