/** `write-back-target` -> which file or folder of the repository is written. */
import { nearestWord } from './keys/annotation-keys.ts';
import type { Application, ApplicationSource } from './application.ts';
import { parseGlob } from '../version/glob.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { fileNameProblem, gitPathProblem, hiddenCharacterProblem } from '../base/repository-path.ts';

/** Paths are relative to the repository's root, cleaned, without leading slash ("" is the root). */
export type WriteTarget =
  | { readonly kind: 'override'; readonly path: string }
  | { readonly kind: 'helmvalues'; readonly path: string }
  | { readonly kind: 'kustomization'; readonly directory: string }
  | ({ readonly kind: 'manifests' } & ManifestPlaces);

/** Which files hold the manifests. */
export interface ManifestPlaces {
  /** Files, folders or globs; the application's own path if none was given. */
  readonly paths: readonly string[];
  /** As in `spec.source.directory`; for folders alone. */
  readonly recurse: boolean;
  readonly include: string;
  readonly exclude: string;
}

const targetKeywords = ['kustomization', 'helmvalues', 'manifests'] as const;

export type TargetKeyword = (typeof targetKeywords)[number];

const annotation = 'write-back-target';

/** The keyword of a target: followed by the end or `:`, else the text is a file name. */
export function targetKeyword(target: string | undefined): TargetKeyword | undefined {
  const word = target?.trim().split(':', 1)[0];
  return targetKeywords.find((keyword) => keyword === word);
}

/** Words for a tool that are too far from its keyword to pass for a typing error. */
const otherWords: readonly (readonly [RegExp, TargetKeyword])[] = [
  [/^kustomi[sz]e$/i, 'kustomization'],
  [/^(?:helm|values)$/i, 'helmvalues'],
  [/^(?:yaml|plain)$/i, 'manifests'],
];

/** What the name of an override file may have been meant for: a keyword, or the values file of that name. */
export function likelierTarget(target: string): string | undefined {
  if (target === '' || targetKeyword(target) !== undefined) return undefined;
  const keyword = likelierKeyword(target);
  if (keyword !== undefined) return keyword;
  if (!/values[^/]*\.ya?ml$/i.test(target)) return undefined;
  return `helmvalues:${target.includes('/') ? '/' : ''}${target.replace(/^\/+/, '')}`;
}

function likelierKeyword(target: string): TargetKeyword | undefined {
  const [word = ''] = target.split(/[:=\s]/, 1);
  return nearestWord(word, targetKeywords) ?? otherWords.find(([pattern]) => pattern.test(word))?.[1];
}

/**
 * `.argocd-source-<instance>.yaml` as Argo CD looks for it: the instance is the application's name
 * in Argo CD's own namespace, else `<namespace>_<name>` (writeback.md 2.1, with 0.18's reading of
 * the namespace `default`).
 */
export function overrideFileName(
  app: Pick<Application, 'namespace' | 'name'>,
  argocdNamespace: string,
): string {
  const isOwn = app.namespace === '' || app.namespace === argocdNamespace || argocdNamespace === 'default';
  return `.argocd-source-${isOwn ? app.name : `${app.namespace}_${app.name}`}.yaml`;
}

/**
 * Reads the value of `write-back-target` (writeback.md 1.2); absent or blank: the override file
 * next to the source. Behind a keyword, paths are relative to the source's path, or to the
 * repository's root if they begin with `/`; a plain file name is always relative to the root.
 * Fails on paths that leave the repository, enter `.git`, or that some clone could not check out.
 */
export function resolveWriteTarget(
  value: string | undefined,
  source: Pick<ApplicationSource, 'path' | 'directory'>,
  overrideFile: string,
): Outcome<WriteTarget> {
  const text = value?.trim() ?? '';
  if (text === '') return overrideTarget(overrideFile, source.path);
  const keyword = targetKeyword(text);
  const rest = keyword === undefined ? text : text.slice(keyword.length + 1);
  switch (keyword) {
    case undefined:
      return plainTarget(text);
    case 'kustomization':
      return kustomizationTarget(text, rest, source.path);
    case 'helmvalues':
      return valuesTarget(text, rest, source.path);
    case 'manifests':
      return manifestsTarget(text, rest, source);
  }
}

function overrideTarget(fileName: string, base: string): Outcome<WriteTarget> {
  const path = locate(fileName, base, `path ${quoted(base)} of the source`, []);
  return path.ok ? succeed({ kind: 'override', path: path.value }) : path;
}

function plainTarget(text: string): Outcome<WriteTarget> {
  const folder = kustomizationFolder(text);
  if (folder !== undefined) return refused(text, `write kustomization:/${folder} to edit a kustomization`);
  const keyword = likelierKeyword(text);
  if (keyword !== undefined)
    return refused(text, `it would be the name of an override file; did you mean ${keyword}?`);
  const path = locate(text, '', quoted(text), text.split('/').filter(isName));
  if (!path.ok) return path;
  return namesFile(text, path.value)
    ? succeed({ kind: 'override', path: path.value })
    : refused(
        text,
        'it names no file; expected a file, kustomization[:folder], helmvalues[:file] or manifests[:paths]',
      );
}

function kustomizationTarget(text: string, folder: string, base: string): Outcome<WriteTarget> {
  const parent = kustomizationFolder(folder);
  if (parent !== undefined) return refused(text, 'name the folder, not the file in it');
  const directory = locate(folder, base, quoted(text), folder.split('/').filter(isName));
  return directory.ok ? succeed({ kind: 'kustomization', directory: directory.value }) : directory;
}

function valuesTarget(text: string, file: string, base: string): Outcome<WriteTarget> {
  const named = text === 'helmvalues' ? 'values.yaml' : file.trim();
  const mistake = valuesMistake(named);
  if (mistake !== undefined) return refused(text, mistake);
  const path = locate(named, base, quoted(text), named.split('/').filter(isName));
  if (!path.ok) return path;
  if (!namesFile(named, path.value)) return refused(text, 'it names no file; expected helmvalues:<file>');
  return succeed({ kind: 'helmvalues', path: path.value });
}

/** What a values file can only have been meant for, if it is none. */
function valuesMistake(file: string): string | undefined {
  if (kustomizationFolder(file) !== undefined)
    return `a kustomization is no values file; did you mean kustomization?`;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(file))
    return 'it is a URL; name a file of the repository, and the repository in git-repository';
  const [, ref, below] = /^\$([^/]+)\/(.+)$/s.exec(file) ?? [];
  if (ref !== undefined && below !== undefined)
    return `$${ref} is known to helm.valueFiles only; did you mean helmvalues:/${below}?`;
  if (/\{\{|\$/.test(file)) return 'it is no template: nothing is filled in';
  if (/,\s*\S/.test(file))
    return `one file can be written; did you mean helmvalues:${file.split(',', 1)[0]}?`;
  if (/(?:^|\/)Chart\.(?:ya?ml|lock)$/.test(file))
    return 'it describes the chart; did you mean helmvalues:values.yaml?';
  if (/(?:^|\/)templates\//.test(file)) return 'a template of a chart is no values file';
  return undefined;
}

/** False for steps of a path, which are no names. */
function isName(segment: string): boolean {
  return segment !== '' && segment !== '.' && segment !== '..';
}

const maxPaths = 1000; // each is compiled, and asked about every file of the repository

function manifestsTarget(
  text: string,
  list: string,
  { path: base, directory }: Pick<ApplicationSource, 'path' | 'directory'>,
): Outcome<WriteTarget> {
  const items = list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  const paths = new Set<string>();
  for (const item of items.length === 0 ? ['.'] : items) {
    const path = locate(item, base, quoted(text), []);
    if (!path.ok) return path;
    const hidden = hiddenCharacterProblem(item);
    if (hidden !== undefined) return refused(text, hidden);
    if (parseGlob(item) === undefined) return refused(text, `${quoted(item)} is a malformed pattern`);
    paths.add(path.value);
    if (paths.size > maxPaths) return refused(text, `it names more than ${maxPaths} paths`);
  }
  const { recurse = false, include = '', exclude = '' } = directory ?? {};
  return succeed({ kind: 'manifests', paths: [...paths], recurse, include, exclude });
}

function namesFile(text: string, path: string): boolean {
  return path !== '' && !/(?:^|\/)\.{0,2}$/.test(text);
}

const kustomizationFiles: ReadonlySet<string> = new Set([
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
]);

/** The folder of a path that ends in a kustomization's file name, without leading slash. */
function kustomizationFolder(path: string): string | undefined {
  const slash = path.lastIndexOf('/');
  if (!kustomizationFiles.has(path.slice(slash + 1))) return undefined;
  return path.slice(0, Math.max(slash, 0)).replace(/^\/+/, '');
}

/**
 * Joins and cleans as Go's `path.Join`; a leading slash means the repository's root. Undefined for what leaves the
 * root, enters `.git` in any spelling that some system takes for it, or cannot be checked out.
 */
export function resolvePath(path: string, base: string): string | undefined {
  const joined = joinPath(path, base);
  return joined === undefined || gitPathProblem(joined) !== undefined ? undefined : joined;
}

/** Undefined for what leaves the root. */
function joinPath(path: string, base: string): string | undefined {
  const segments: string[] = [];
  for (const segment of `${path.startsWith('/') ? '' : `${base}/`}${path}`.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  return segments.join('/');
}

/**
 * The path that a target names, or why nothing is written there. What the annotation names itself has to be a name that
 * every system can check out; folders that the source's path brings exist already, and only git's own rules count.
 */
function locate(path: string, base: string, what: string, names: readonly string[]): Outcome<string> {
  const joined = joinPath(path, base);
  const problem =
    joined === undefined
      ? 'the path leads out of the repository'
      : (gitPathProblem(joined) ?? firstProblem(names));
  if (joined !== undefined && problem === undefined) return succeed(joined);
  return fail(configFailure(`${annotation}: ${what}: ${problem}`, annotation));
}

function firstProblem(names: readonly string[]): string | undefined {
  for (const name of names) {
    const problem = fileNameProblem(name);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function refused(text: string, why: string): Outcome<never> {
  return fail(configFailure(`${annotation} ${quoted(text)}: ${why}`, annotation));
}
