/** The files of settings: what loading one of them says, and the commit message template. */
import {
  defaultCommitTemplate,
  defaultGroupTemplate,
  failedGroupTitle,
  failedTemplateTitle,
  tryCommitMessage,
  tryGroupMessage,
} from '../../../core/commit-message.ts';
import { commitSample, groupSample } from './commit-sample.ts';
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

/** So small that reading it holds nothing up; messages are cut long before. */
const maxTemplateBytes = 16 * 1024;

/** A missing or empty file (charts mount one) leaves the default template. */
export function loadCommitTemplate(path: string): Promise<Outcome<Loaded<Template>>> {
  return loadTemplate(path, {
    fallback: defaultCommitTemplate,
    sample: (template) => tryCommitMessage(template, commitSample),
    failedTitle: failedTemplateTitle(commitSample.appName),
  });
}

/** Of commits that several Applications share. */
export function loadGroupTemplate(path: string): Promise<Outcome<Loaded<Template>>> {
  return loadTemplate(path, {
    fallback: defaultGroupTemplate,
    sample: (template) => tryGroupMessage(template, groupSample),
    failedTitle: failedGroupTitle(groupSample.group),
  });
}

interface TemplateKind {
  readonly fallback: string;
  readonly sample: (template: Template) => Outcome<string>;
  /** What the sample gets where the template fails on it. */
  readonly failedTitle: string;
}

async function loadTemplate(
  path: string,
  { fallback, sample, failedTitle }: TemplateKind,
): Promise<Outcome<Loaded<Template>>> {
  const text = path === '' ? succeed('') : await readTextFile(path, maxTemplateBytes);
  if (!text.ok) return text;
  const parsed = parseTemplate(text.value === null || text.value === '' ? fallback : text.value);
  if (!parsed.ok) return inFile(path, parsed.failure.message);
  if (text.value === null) return succeed(missing(path, parsed.value));
  const tried = sample(parsed.value);
  const warnings = tried.ok
    ? []
    : [`${path}: ${tried.failure.message}; commits would get the message "${failedTitle}"`];
  return succeed({ value: parsed.value, warnings });
}

interface TemplatePaths {
  readonly messagePath: string;
  readonly groupMessagePath: string;
}

/** The templates of both kinds of commits; what there is to say of either is said of both. */
export async function loadTemplates({
  messagePath,
  groupMessagePath,
}: TemplatePaths): Promise<
  Outcome<Loaded<{ readonly commitTemplate: Template; readonly groupTemplate: Template }>>
> {
  const own = await loadCommitTemplate(messagePath);
  if (!own.ok) return own;
  const shared = await loadGroupTemplate(groupMessagePath);
  if (!shared.ok) return shared;
  return succeed({
    value: { commitTemplate: own.value.value, groupTemplate: shared.value.value },
    warnings: [...own.value.warnings, ...shared.value.warnings],
  });
}

/** The container has these if its ConfigMap does; nobody asked for them. */
const defaultPaths: ReadonlySet<string> = new Set(
  [
    runFlags['registries-conf-path'],
    runFlags['git-commit-message-path'],
    runFlags['git-commit-group-message-path'],
  ].map(({ fallback }) => fallback),
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
