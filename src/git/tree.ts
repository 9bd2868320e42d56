/** Reads target files at a commit, and lists folders: never through a symlink or into a submodule. */
import { gitPathProblem } from '../core/base/repository-path.ts';
import type { TargetContent } from '../ports/git.ts';
import { readBlobs } from './session/blobs.ts';
import type { Session } from './session/session.ts';
import { entriesAt, parseListing, type TreeEntry } from './tree-entries.ts';

const maxListed = 10_000;

/** Contents by given path; blobs that the mirror lacks are fetched in one go. null: nothing there. */
export async function readTargets(
  session: Session,
  commit: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TargetContent | null>> {
  const found = await findEntries(session, commit, paths, signal);
  const blobs = [...found.values()].flatMap((entry) => ('id' in entry && isFile(entry) ? [entry.id] : []));
  const contents = await readBlobs(session, commit, [...new Set(blobs)], signal);
  return new Map(paths.map((path) => [path, contentAt(found.get(path), contents)]));
}

type Found = TreeEntry | { readonly refused: string };

function contentAt(
  found: Found | undefined,
  contents: ReadonlyMap<string, Buffer | null>,
): TargetContent | null {
  if (found === undefined) return null;
  if ('refused' in found) return { kind: 'refused', reason: found.refused };
  if (found.mode === '040000') return { kind: 'folder' };
  if (!isFile(found)) return { kind: 'refused', reason: notAFile(found) };
  const bytes = contents.get(found.id) ?? null;
  if (bytes === null) return { kind: 'refused', reason: 'the file is larger than 1 MiB' };
  return { kind: 'file', bytes, executable: found.mode === '100755' };
}

function isFile(entry: TreeEntry): boolean {
  return entry.mode.startsWith('100');
}

function notAFile(entry: TreeEntry): string {
  return entry.mode === '160000' ? 'it is a submodule' : 'it is a symbolic link';
}

/** What lies at each path; a path that leads through something else than folders is refused. */
async function findEntries(
  session: Session,
  commit: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Found>> {
  const found = new Map<string, Found>();
  const safe = paths.filter((path) => {
    const problem = gitPathProblem(path);
    if (problem !== undefined) found.set(path, { refused: problem });
    return problem === undefined;
  });
  const wanted = new Set(safe.flatMap((path) => (path === '' ? [] : [...parents(path), path])));
  const entries = await entriesAt(session, commit, wanted, signal);
  for (const path of safe) {
    const entry = entries.get(path) ?? obstacle(path, entries);
    if (entry !== undefined) found.set(path, entry);
  }
  return found;
}

function obstacle(path: string, entries: ReadonlyMap<string, TreeEntry>): Found | undefined {
  for (const parent of parents(path)) {
    const entry = entries.get(parent);
    if (entry === undefined) return undefined;
    if (entry.mode === '040000') continue;
    const what = isFile(entry) ? 'a file' : notAFile(entry).replace('it is ', '');
    return { refused: `${parent} is ${what}, not a folder` };
  }
  return undefined;
}

function parents(path: string): readonly string[] {
  const segments = path.split('/');
  return segments.slice(0, -1).map((_, index) => segments.slice(0, index + 1).join('/'));
}

/** Paths of the regular files below a folder, sorted. Throws `Failed` (git `unsupported`) above 10 000. */
export async function listFiles(
  session: Session,
  commit: string,
  folder: string,
  recurse: boolean,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (gitPathProblem(folder) !== undefined) return [];
  const below = folder === '' ? [] : ['--', `${folder}/`];
  const args = ['ls-tree', '-z', '--full-tree', ...(recurse ? ['-r'] : []), commit, ...below];
  const { stdout } = await session.local({ doing: 'list files of', args, signal });
  const files = parseListing(stdout).flatMap(([path, entry]) => (isFile(entry) ? [path] : []));
  if (files.length > maxListed) {
    const place = folder === '' ? 'the repository' : `folder ${folder}`;
    throw session.failure('list files of', 'unsupported', `${place} holds more than ${maxListed} files`);
  }
  return files.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
