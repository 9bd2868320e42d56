/** Which files of a repository the `manifests` target means. */
import { configFailure, fail, type Outcome, succeed } from '../../base/outcome.ts';
import { compilePathGlob, isGlob, type PathTest } from './path-glob.ts';
import type { ManifestPlaces } from '../../config/write-target.ts';

export interface ListedFolder {
  readonly folder: string;
  readonly recurse: boolean;
}

const manifestFile = /\.(?:ya?ml|json)$/;

/** Comparisons of files with globs for one Application; those of the worst globs take ten seconds. */
const maxComparisons = 500_000;

/** Folders to list so that every file that may be meant is seen; none of them lies in one that is listed with all below it. */
export function foldersOf(places: ManifestPlaces): readonly ListedFolder[] {
  const folders = new Map<string, ListedFolder>();
  for (const listed of foldersOfEach(places)) {
    if (!(folders.get(listed.folder)?.recurse ?? false)) folders.set(listed.folder, listed);
  }
  const isSeen = ({ folder }: ListedFolder) =>
    ancestors(folder).some((above) => folders.get(above)?.recurse ?? false);
  return [...folders.values()].filter((listed) => !isSeen(listed));
}

function foldersOfEach({ paths, recurse }: ManifestPlaces): readonly ListedFolder[] {
  return paths.map((path) => {
    if (isGlob(path)) return { folder: parentOf(path.slice(0, path.search(/[*?[{]/))), recurse: true };
    return manifestFile.test(path) ? { folder: parentOf(path), recurse: false } : { folder: path, recurse };
  });
}

function ancestors(folder: string): readonly string[] {
  const above: string[] = [];
  for (let next = folder; next !== ''; above.push(next)) next = parentOf(next);
  return above;
}

function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** Those of the listed files that are meant, sorted, each once. Fails (config) on a glob that cannot be read, and on too many. */
export function selectManifestFiles(
  target: ManifestPlaces,
  listed: readonly string[],
): Outcome<readonly string[]> {
  const files = new Set(listed.filter((file) => manifestFile.test(file)));
  const named = new Set(target.paths.filter(isFileName));
  const globs = target.paths.filter((path) => !isFileName(path));
  if (globs.length * files.size > maxComparisons) {
    return fail(configFailure(tooManyComparisons(globs.length, files.size), 'write-back-target'));
  }
  const tests: PathTest[] = [];
  for (const path of globs) {
    const test = testOf(path, target);
    if (!test.ok) return test;
    tests.push(test.value);
  }
  const chosen = [...files].filter((file) => named.has(file) || tests.some((test) => test(file)));
  return succeed(chosen.toSorted());
}

const isFileName = (path: string): boolean => !isGlob(path) && manifestFile.test(path);

function tooManyComparisons(globs: number, files: number): string {
  return `${globs} folders and globs with ${files} files are more than one Application may compare (${maxComparisons}): name fewer, or one glob for several`;
}

function testOf(path: string, target: ManifestPlaces): Outcome<PathTest> {
  if (isGlob(path)) return compilePathGlob(path, 'stop');
  return folderTest(path, target);
}

/** As Argo CD reads a directory: include and exclude look at the path below it. */
function folderTest(folder: string, { recurse, include, exclude }: ManifestPlaces): Outcome<PathTest> {
  const included = compilePathGlob(include === '' ? '*' : include, 'cross');
  if (!included.ok) return included;
  const excluded = exclude === '' ? succeed<PathTest>(() => false) : compilePathGlob(exclude, 'cross');
  if (!excluded.ok) return excluded;
  const prefix = folder === '' ? '' : `${folder}/`;
  return succeed((file) => {
    if (!file.startsWith(prefix)) return false;
    const below = file.slice(prefix.length);
    if (!recurse && below.includes('/')) return false;
    return included.value(below) && !excluded.value(below);
  });
}
