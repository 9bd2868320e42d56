/** What a file held, commit by commit: told by folders alone, and only the newest contents are fetched. */
import { gitPathProblem } from '../../core/base/repository-path.ts';
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { FileCommit, FileHistory } from '../../ports/git-past.ts';
import { readBlobs } from '../session/blobs.ts';
import { type Identity, identityText } from '../session/identity.ts';
import type { Session } from '../session/session.ts';
import { isGrafted, withoutStrangers } from './commit-log.ts';
import { inHistory, type ReadCommits, type WantedHistory } from './kept-history.ts';

const doing = 'read history of';
const maxContents = 40;
const maxAppearances = 3;
const maxDeleted = 100;

/** With the id of the commit's tree. */
interface TreeCommit extends FileCommit {
  readonly tree: string;
}

export async function readFileHistory(
  session: Session,
  wanted: Omit<WantedHistory, 'filter'>,
  path: string,
  us: Identity,
  signal: AbortSignal,
): Promise<FileHistory> {
  const problem = gitPathProblem(path);
  if (problem !== undefined) throw session.failure(doing, 'unsupported', problem);
  const read: ReadCommits<TreeCommit> = async (kept, range) =>
    await readCommits(kept, range, identityText(us), signal);
  const filtered = { ...wanted, filter: 'blob:none' } as const;
  return await inHistory(session, filtered, signal, read, async ({ kept, commits: all, isDeepest }) => {
    const blobs = await blobsAt(kept, all, path, signal);
    const newest = [...new Set(all.flatMap(({ tree }) => blobs.get(tree) ?? []))].slice(0, maxContents);
    const contents = new Map<string, Buffer | null>();
    const files = newest.filter((blob) => blob !== noFile);
    for (const [id, bytes] of await readBlobs(kept, wanted.head, files, signal)) contents.set(id, bytes);
    if (newest.includes(noFile)) contents.set(noFile, null);
    const deleted = await deletedWhereItAppears(kept, all, blobs, signal);
    const commits = all.map(({ tree, ...commit }) => ({
      ...commit,
      ...optionalProperty('content', blobs.get(tree)),
      ...optionalProperty('deleted', deleted.get(commit.id)),
    }));
    return { commits, contents, isDeepest };
  });
}

async function readCommits(
  kept: Session,
  range: readonly string[],
  us: string,
  signal: AbortSignal,
): Promise<readonly TreeCommit[]> {
  const args = ['log', '-z', '--format=%H%n%T%n%ct%n%P%n%D%n%an <%ae>%n%B', ...range];
  const { stdout } = await kept.local({ doing, args, signal });
  const commits = stdout
    .toString()
    .split('\0')
    .filter(Boolean)
    .map((record) => readCommit(record, us));
  return withoutStrangers(commits);
}

function readCommit(record: string, us: string): TreeCommit {
  const [id = '', tree = '', seconds = '', parents = '', decoration = '', author = '', ...message] =
    record.split('\n');
  return {
    id,
    tree,
    parents: parents.split(' ').filter(Boolean),
    isCut: isGrafted(decoration),
    committedAtMs: Number(seconds) * 1000,
    author,
    isByUs: author === us,
    message: message.join('\n'),
  };
}

/** A link, a folder or a submodule in the place of the file. */
const noFile = 'no file';

/** Tree -> what lies at the path: told by the differences of neighbours, in one process. */
async function blobsAt(
  kept: Session,
  commits: readonly TreeCommit[],
  path: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const [head] = commits;
  const blobs = new Map<string, string>();
  if (head === undefined) return blobs;
  const atHead = await entryAt(kept, head.tree, path, signal);
  if (atHead !== undefined) blobs.set(head.tree, atHead);
  const edges = edgesOf(commits);
  const changes = await changesOf(kept, edges, path, signal);
  for (const [tree, parent] of edges) {
    const change = changes.get(`${tree} ${parent}`);
    const before = change === undefined ? blobs.get(tree) : change.before;
    if (before !== undefined) blobs.set(parent, before);
  }
  return blobs;
}

async function entryAt(
  kept: Session,
  tree: string,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const args = ['ls-tree', '-z', '--full-tree', tree, '--', path];
  const { stdout } = await kept.local({ doing, args, signal });
  const [mode = '', , id = ''] = stdout.toString().split('\t', 1)[0]?.split(' ') ?? [];
  return mode === '' ? undefined : fileOf(mode, id);
}

function fileOf(mode: string, id: string): string | undefined {
  if (/^0+$/.test(mode)) return undefined;
  return mode.startsWith('100') ? id : noFile;
}

/** Tree of a commit and tree of a parent, where they differ; children before parents. */
function edgesOf(commits: readonly TreeCommit[]): readonly (readonly [string, string])[] {
  const trees = new Map(commits.map(({ id, tree }) => [id, tree]));
  return commits.flatMap(({ tree, parents }) =>
    parents.flatMap((id) => {
      const parent = trees.get(id);
      return parent === undefined || parent === tree ? [] : [[tree, parent] as const];
    }),
  );
}

interface Change {
  readonly before: string | undefined;
}

async function changesOf(
  kept: Session,
  edges: readonly (readonly [string, string])[],
  path: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Change>> {
  const changes = new Map<string, Change>();
  if (edges.length === 0) return changes;
  const input = edges.map(([tree, parent]) => `${parent} ${tree}\n`).join('');
  const args = ['--literal-pathspecs', 'diff-tree', '--stdin', '-r', '--raw', '--no-abbrev', '--no-renames'];
  const { stdout } = await kept.local({ doing, args: [...args, '--', path], input, signal });
  let edge = '';
  for (const line of stdout.toString().split('\n')) {
    const [, parent, tree] = /^([0-9a-f]{40}) ([0-9a-f]{40})$/.exec(line) ?? [];
    if (parent !== undefined && tree !== undefined) edge = `${tree} ${parent}`;
    const [, mode, id] = /^:(\d{6}) \d{6} ([0-9a-f]{40}) [0-9a-f]{40} \w+\t/.exec(line) ?? [];
    if (mode !== undefined && id !== undefined && isOf(line, path))
      changes.set(edge, { before: fileOf(mode, id) });
  }
  return changes;
}

/** What lies below the path, where that is a folder, is told too. git quotes names with odd characters. */
function isOf(line: string, path: string): boolean {
  const told = line.slice(line.indexOf('\t') + 1);
  return told === path || told.startsWith('"');
}

/** Where a first parent has no such file: what the commit takes away. */
async function deletedWhereItAppears(
  kept: Session,
  commits: readonly TreeCommit[],
  blobs: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const trees = new Map(commits.map(({ id, tree }) => [id, tree]));
  const deleted = new Map<string, readonly string[]>();
  for (const { id, tree, parents } of commits) {
    const parent = trees.get(parents[0] ?? '');
    if (parent === undefined || !blobs.has(tree) || blobs.has(parent)) continue;
    const args = [
      'diff-tree',
      '-r',
      '-z',
      '--name-only',
      '--no-renames',
      '--diff-filter=D',
      parent,
      tree,
      '--',
    ];
    const { stdout } = await kept.local({ doing, args, signal });
    deleted.set(id, stdout.toString().split('\0').filter(Boolean).slice(0, maxDeleted));
    if (deleted.size === maxAppearances) break;
  }
  return deleted;
}
