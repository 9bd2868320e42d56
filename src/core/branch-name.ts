/** Names of write branches: rendered from a template, then made into what git accepts. */
import { createHash } from 'node:crypto';
import { configFailure, fail, type Outcome, succeed } from './base/outcome.ts';
import type { ImageChange } from './plan.ts';
import { quoted } from './base/quoted.ts';
import { executeTemplate, type Template } from './template/template.ts';
import { sliceValue, structValue, textValue } from './template/values.ts';

const maxBranchBytes = 255;

export interface BranchNameData {
  readonly appName: string;
  readonly appNamespace: string;
  readonly changes: readonly ImageChange[];
}

/**
 * Templates see `.Images` (`.Name` without registry, `.Alias`, `.OldTag`, `.NewTag`), `.SHA256`, and beyond 0.18
 * `.DesiredSHA256`, `.AppName`, `.AppNamespace`. "" if the template fails on this data. Not yet a valid branch name.
 */
export function renderBranchName(template: Template, data: BranchNameData): string {
  const rendered = tryBranchName(template, data);
  return rendered.ok ? rendered.value : '';
}

/** The same for those who want to know why a template fails on this data. */
export function tryBranchName(template: Template, data: BranchNameData): Outcome<string> {
  return executeTemplate(template, branchData(data));
}

function branchData({ appName, appNamespace, changes }: BranchNameData) {
  const type = 'argocd.imageChange';
  const items = changes.map(({ name, alias, oldTag, newTag }) =>
    structValue(type, {
      Name: textValue(name),
      Alias: textValue(alias),
      OldTag: textValue(oldTag),
      NewTag: textValue(newTag),
    }),
  );
  return structValue(
    'argocd.branchNameTemplate',
    { Images: sliceValue(type, items), SHA256: textValue(changeHash(changes)) },
    {
      DesiredSHA256: textValue(desiredHash(changes)),
      AppName: textValue(appName),
      AppNamespace: textValue(appNamespace),
    },
  );
}

/** `.SHA256`: hex SHA-256 of all `<name>-<old>-<new>,` in order (writeback.md 6.3). */
export function changeHash(changes: readonly ImageChange[]): string {
  return sha256(changes.map(({ name, oldTag, newTag }) => `${name}-${oldTag}-${newTag},`).join(''));
}

/** `.DesiredSHA256`: of all `<name>-<new>,`; the same whatever ran before (writeback.md 12, row 30). */
export function desiredHash(changes: readonly ImageChange[]): string {
  return sha256(changes.map(({ name, newTag }) => `${name}-${newTag},`).join(''));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What git refuses anywhere in a name (git-check-ref-format). */
const refused = /(?:[\p{Cc} ~^:?*[\\]|\.\.+|@\{)+/gu;

const nameEndings = ['.lock', '/', '.'];

/**
 * The nearest branch name that git accepts: each run of refused characters becomes one `-`, of several slashes one
 * stays, what cannot end a component (`.lock`) or the name (`/`, `.`) is cut, likewise what cannot begin the name
 * (`-`), and the whole at 255 bytes. `bump-a/web-sha256:ab` -> `bump-a/web-sha256-ab`. `refs/heads/` in front is the
 * full form of the same branch. Fails where nothing is left, on `HEAD`, and on what begins with `refs/`: a branch
 * `refs/heads/main` makes every push to `main` ambiguous, for everybody.
 */
export function sanitizeBranchName(name: string): Outcome<string> {
  const dashed = trimEnd(name.toWellFormed().replace(refused, '-'), nameEndings);
  const components = dashed.split('/').map(cleanComponent);
  const joined = components.filter((component) => component !== '').join('/');
  const short = joined.replace(/^[-./]+/, '').replace(/^refs\/heads\/[-./]*/, '');
  const branch = trimEnd(cutBytes(short), nameEndings);
  if (branch !== '' && branch !== 'HEAD' && !branch.startsWith('refs/')) return succeed(branch);
  return fail(configFailure(`git-branch: ${quoted(name)} cannot be made into a branch name`, 'git-branch'));
}

function cleanComponent(component: string): string {
  return trimEnd(component, ['.lock']).replace(/^\.-?/, '-');
}

/** Without any of the endings, however often they stand there. */
function trimEnd(text: string, endings: readonly string[]): string {
  let end = text.length;
  for (;;) {
    const ending = endings.find((each) => text.endsWith(each, end));
    if (ending === undefined) return text.slice(0, end);
    end -= ending.length;
  }
}

/** The longest start that fits, without half a character at its end. */
function cutBytes(name: string): string {
  const bytes = Buffer.from(name, 'utf8');
  if (bytes.length <= maxBranchBytes) return name;
  let end = maxBranchBytes;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
