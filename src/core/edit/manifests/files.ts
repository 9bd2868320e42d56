/** Which files of a repository the `manifests` target means. */
import { type Outcome, succeed } from '../../base/outcome.ts';
import { compilePathGlob, isGlob, type PathTest } from './path-glob.ts';
import type { ManifestPlaces } from '../../config/write-target.ts';

export interface ListedFolder {
  readonly folder: string;
  readonly recurse: boolean;
}

const manifestFile = /\.(?:ya?ml|json)$/;

/** Folders to list so that every file that may be meant is seen. */
export function foldersOf({ paths, recurse }: ManifestPlaces): readonly ListedFolder[] {
  return paths.map((path) => {
    if (isGlob(path)) return { folder: parentOf(path.slice(0, path.search(/[*?[{]/))), recurse: true };
    return manifestFile.test(path) ? { folder: parentOf(path), recurse: false } : { folder: path, recurse };
  });
}

function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** Those of the listed files that are meant, sorted, each once. Fails on a glob that cannot be read. */
export function selectManifestFiles(
  target: ManifestPlaces,
  listed: readonly string[],
): Outcome<readonly string[]> {
  const tests: PathTest[] = [];
  for (const path of target.paths) {
    const test = testOf(path, target);
    if (!test.ok) return test;
    tests.push(test.value);
  }
  const chosen = listed.filter((file) => manifestFile.test(file) && tests.some((test) => test(file)));
  return succeed([...new Set(chosen)].toSorted());
}

function testOf(path: string, target: ManifestPlaces): Outcome<PathTest> {
  if (isGlob(path)) return compilePathGlob(path, 'stop');
  if (manifestFile.test(path)) return succeed((file) => file === path);
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
