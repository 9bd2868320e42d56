/** Commit messages: rendered from a template, cleaned and given trailers as git does it. */
import type { Outcome } from './base/outcome.ts';
import type { ImageChange } from './plan.ts';
import { executeTemplate, type Template } from './template/template.ts';
import { mapValue, sliceValue, structValue, textValue } from './template/values.ts';

/** The message where no template is configured (writeback.md 6.4). */
export const defaultCommitTemplate = `build: automatic update of {{ .AppName }}

{{ range .AppChanges -}}
updates image {{ .Image }} tag '{{ .OldTag }}' to '{{ .NewTag }}'
{{ end -}}
`;

export interface CommitMessageData {
  readonly appName: string;
  readonly appNamespace: string;
  /** `labels`: those of the new image. */
  readonly changes: readonly (ImageChange & { readonly labels?: Readonly<Record<string, string>> })[];
}

/** The message of a commit of several Applications (spec/policies.md 6.4). */
export const defaultGroupTemplate = `build: automatic update of {{ .Group }}

{{ range .Apps }}{{ $app := .AppName }}{{ range .AppChanges -}}
updates image {{ .Image }} of {{ $app }} tag '{{ .OldTag }}' to '{{ .NewTag }}'
{{ end }}{{ end -}}
`;

export interface GroupMessageData {
  readonly group: string;
  readonly apps: readonly CommitMessageData[];
}

/** The whole message where a template fails on the data of an Application, as 0.18 has it. */
export function failedTemplateTitle(appName: string): string {
  return `build: update of application ${appName}`;
}

/**
 * Templates see `.AppName`, `.AppNamespace` and `.AppChanges` with `.Image` (path without registry), `.OldTag`,
 * `.NewTag`, `.Labels`. Before git's clean-up.
 */
export function tryCommitMessage(template: Template, data: CommitMessageData): Outcome<string> {
  return executeTemplate(template, messageData(data));
}

/** The whole message where a template fails on the data of several Applications. */
export function failedGroupTitle(group: string): string {
  return `build: update of ${group}`;
}

/** Templates see `.Group`, `.Apps` as a template of one Application sees each, and `.AppChanges` of all. */
export function tryGroupMessage(template: Template, { group, apps }: GroupMessageData): Outcome<string> {
  const all = messageData({ appName: '', appNamespace: '', changes: apps.flatMap(({ changes }) => changes) });
  const type = 'tidewaiter.commitGroupTemplate';
  const changes = all.fields.get('AppChanges') ?? sliceValue(type, []);
  const data = {
    Group: textValue(group),
    Apps: sliceValue(type, apps.map(messageData)),
    AppChanges: changes,
  };
  return executeTemplate(template, structValue(type, data));
}

function messageData({ appName, appNamespace, changes }: CommitMessageData) {
  const type = 'argocd.commitMessageChange';
  const items = changes.map(({ name, oldTag, newTag, labels = {} }) =>
    structValue(
      type,
      { Image: textValue(name), OldTag: textValue(oldTag), NewTag: textValue(newTag) },
      { Labels: mapValue(harmlessLabels(labels)) },
    ),
  );
  return structValue(
    'argocd.commitMessageTemplate',
    { AppName: textValue(appName), AppChanges: sliceValue(type, items) },
    { AppNamespace: textValue(appNamespace) },
  );
}

const maxLabelLength = 1024;

/**
 * Labels are written by whoever built the image: in a message they must stay one value on one line. What would be a
 * trailer there (`Signed-off-by: …`) is quoted, and what tells forges to skip their checks has other brackets.
 */
function harmlessLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [harmless(name), harmless(value)] as const),
  );
}

function harmless(text: string): string {
  const line = text
    .slice(0, maxLabelLength)
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll(/\[([^[\]]*\b(?:skip|no)\b[^[\]]*)\]/gi, '($1)')
    .replaceAll('***NO_CI***', 'NO_CI')
    .trim();
  return /^[A-Za-z0-9-]+[ \t]*:[ \t]/.test(line) ? `"${line}"` : line;
}

/**
 * git's clean-up `whitespace`: no white space at line ends, no blank lines around the text, one at most between
 * paragraphs, a newline at the end. A text of nothing else becomes `Update parameters`. NUL, which no commit can
 * hold, is left out.
 */
export function cleanCommitMessage(text: string): string {
  const lines = text.replaceAll('\0', '').split('\n').map(trimLineEnd);
  const kept = lines.filter((line, index) => line !== '' || (index > 0 && lines[index - 1] !== ''));
  const first = kept.findIndex((line) => line !== '');
  const last = kept.findLastIndex((line) => line !== '');
  return first < 0 ? 'Update parameters\n' : `${kept.slice(first, last + 1).join('\n')}\n`;
}

/** White space as git knows it. A loop: a pattern for this takes quadratic time on runs of spaces. */
function trimLineEnd(line: string): string {
  let end = line.length;
  while (end > 0 && ' \t\r'.includes(line.charAt(end - 1))) end -= 1;
  return line.slice(0, end);
}

/**
 * Appends trailers (`Signed-off-by: A <a@example.com>`) to a cleaned message: to its trailer block if it ends in one,
 * else behind a blank line. Those that the block holds already are left out.
 */
export function withTrailers(message: string, trailers: readonly string[]): string {
  const block = trailerBlock(message);
  const missing = [...new Set(trailers)].filter((trailer) => !block.includes(trailer));
  if (missing.length === 0) return message;
  const separator = block.length > 0 ? '' : '\n';
  return `${message.replace(/\n?$/, '\n')}${separator}${missing.join('\n')}\n`;
}

/** The lines of the last paragraph if it is made of trailers. The first paragraph is the title, never trailers. */
function trailerBlock(message: string): readonly string[] {
  const paragraphs = message.replace(/\n$/, '').split('\n\n');
  const lines = paragraphs.length < 2 ? [] : (paragraphs.at(-1) ?? '').split('\n');
  return isTrailerBlock(lines) ? lines : [];
}

/** All lines are trailers, or a quarter of them and one that git itself writes (git-interpret-trailers). */
function isTrailerBlock(lines: readonly string[]): boolean {
  let trailers = 0;
  let others = 0;
  let continuations = 0; // lines that go on with the one above, whatever that is
  for (const line of lines.toReversed()) {
    if (gitTrailer.test(line) || anyTrailer.test(line)) {
      trailers += 1;
      continuations = 0;
    } else if (/^[ \t]/.test(line)) {
      continuations += 1;
    } else {
      others += continuations + (line.startsWith('#') ? 0 : 1);
      continuations = 0;
    }
  }
  others += continuations;
  return (
    trailers > 0 && (others === 0 || (lines.some((line) => gitTrailer.test(line)) && trailers * 3 >= others))
  );
}

const gitTrailer = /^(?:Signed-off-by: |\(cherry picked from commit )/;
const anyTrailer = /^[A-Za-z0-9-]+[ \t]*:/;
