/** The files of settings: what loading one of them says, and the commit message template. */
import {
  defaultCommitTemplate,
  failedTemplateTitle,
  tryCommitMessage,
} from '../../../core/commit-message.ts';
import { commitSample } from './commit-sample.ts';
import { configFailure, fail, type Outcome, succeed } from '../../../core/base/outcome.ts';
import { parseTemplate, type Template } from '../../../core/template/template.ts';
import { runFlags } from '../../flags/commands/run-flags.ts';
import type { Log } from '../../log/log.ts';
import { readTextFile } from './text-file.ts';

/** A value, and what the log should say about how it was come by. */
export interface Loaded<T> {
  readonly value: T;
  readonly warnings: readonly string[];
  /** What went well. */
  readonly note?: string;
}

/** A missing or empty file (charts mount one) leaves the default template. */
export async function loadCommitTemplate(path: string): Promise<Outcome<Loaded<Template>>> {
  const text = path === '' ? succeed('') : await readTextFile(path);
  if (!text.ok) return text;
  const fallback = () => parseTemplate(defaultCommitTemplate);
  const parsed = text.value === null || text.value === '' ? fallback() : parseTemplate(text.value);
  if (!parsed.ok) return inFile(path, parsed.failure.message);
  if (text.value === null) return succeed(missing(path, parsed.value));
  const tried = tryCommitMessage(parsed.value, commitSample);
  const { appName } = commitSample;
  const warnings = tried.ok
    ? []
    : [`${path}: ${tried.failure.message}; commits would get the message "${failedTemplateTitle(appName)}"`];
  return succeed({ value: parsed.value, warnings });
}

/** The container has these two if its ConfigMap does; nobody asked for them. */
const defaultPaths: ReadonlySet<string> = new Set(
  [runFlags['registries-conf-path'], runFlags['git-commit-message-path']].map(({ fallback }) => fallback),
);

export function missing<T>(path: string, value: T): Loaded<T> {
  if (defaultPaths.has(path)) return { value, warnings: [] };
  return { value, warnings: [`${path}: no such file; the built-in default is used`] };
}

function inFile<T>(path: string, problem: string): Outcome<T> {
  return fail(configFailure(`${path}: ${problem}`));
}

export function tellLoaded({ warnings, note }: Loaded<unknown>, log: Pick<Log, 'info' | 'warning'>): void {
  for (const warning of warnings) log.warning(warning);
  if (note !== undefined) log.info(note);
}
