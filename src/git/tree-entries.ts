/** Entries of trees: read by the process that is open anyway, folder by folder along the paths that are asked for. */
import type { Session } from './session/session.ts';
import { BrokenMirror } from './session/faults.ts';

export interface TreeEntry {
  readonly mode: string;
  readonly id: string;
}

interface Folder {
  readonly path: string;
  /** Any name of it that git knows. */
  readonly tree: string;
}

/** A larger tree, of tens of thousands of entries, is not brought here: git searches it by itself. */
const maxTreeBytes = 1024 * 1024;

const folderMode = '040000';
const idBytes = 20;

/** What there is of these paths; of each its parents have to be among them. The root is always there. */
export async function entriesAt(
  session: Session,
  commit: string,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TreeEntry>> {
  const entries = new Map<string, TreeEntry>([['', { mode: folderMode, id: '' }]]);
  if (wanted.size === 0) return entries;
  const leading = new Set([...wanted].map(parentOf));
  let folders: readonly Folder[] = [{ path: '', tree: `${commit}^{tree}` }];
  while (folders.length > 0) {
    if (await areTooLarge(session, folders, signal)) return await searchedBy(session, commit, wanted, signal);
    const below: Folder[] = [];
    for (const folder of folders) {
      for (const [path, entry] of await readFolder(session, folder, wanted, signal)) {
        entries.set(path, entry);
        if (entry.mode === folderMode && leading.has(path)) below.push({ path, tree: entry.id });
      }
    }
    folders = below;
  }
  return entries;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

async function areTooLarge(
  session: Session,
  folders: readonly Folder[],
  signal: AbortSignal,
): Promise<boolean> {
  const trees = [...new Set(folders.map(({ tree }) => tree))];
  const sizes = await session.objects('read', (reader) => reader.sizes(trees, signal));
  for (const [tree, size] of sizes)
    if (size === null) throw new BrokenMirror(session.failure('read', 'git', `tree ${tree} cannot be had`));
  return sizes.values().some((size) => (size ?? 0) > maxTreeBytes);
}

async function readFolder(
  session: Session,
  { path, tree }: Folder,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly (readonly [string, TreeEntry])[]> {
  const read = await session.objects('read', (reader) => reader.contents([tree], signal));
  const found: (readonly [string, TreeEntry])[] = [];
  for (const { name, mode, id } of treeEntries(read.get(tree) ?? Buffer.alloc(0))) {
    const at = path === '' ? name : `${path}/${name}`;
    if (wanted.has(at)) found.push([at, { mode, id }]);
  }
  return found;
}

/** `<mode> <name><NUL><id in bytes>`, one after the other. */
function* treeEntries(tree: Buffer): Generator<TreeEntry & { readonly name: string }> {
  for (let start = 0; start < tree.length; ) {
    const blank = tree.indexOf(0x20, start);
    const end = tree.indexOf(0, blank);
    if (blank === -1 || end === -1) return;
    const mode = tree.toString('latin1', start, blank).padStart(folderMode.length, '0');
    const name = tree.toString('utf8', blank + 1, end);
    start = end + 1 + idBytes;
    yield { mode, name, id: tree.toString('hex', end + 1, start) };
  }
}

const pathsPerProcess = 500; // argument lists have a limit

async function searchedBy(
  session: Session,
  commit: string,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TreeEntry>> {
  const entries = new Map<string, TreeEntry>([['', { mode: folderMode, id: '' }]]);
  const paths = [...wanted];
  for (let start = 0; start < paths.length; start += pathsPerProcess) {
    const part = paths.slice(start, start + pathsPerProcess);
    const args = ['ls-tree', '-z', '-t', '--full-tree', commit, '--', ...part];
    const { stdout } = await session.local({ doing: 'read', args, signal });
    for (const [path, entry] of parseListing(stdout)) entries.set(path, entry);
  }
  return entries;
}

/** Reads `<mode> <type> <id><TAB><path><NUL>` records. */
export function parseListing(output: Buffer): readonly (readonly [string, TreeEntry])[] {
  const records = output
    .toString()
    .split('\0')
    .filter((record) => record !== '');
  return records.map((record) => {
    const tab = record.indexOf('\t');
    const [mode = '', , id = ''] = record.slice(0, tab).split(' ');
    return [record.slice(tab + 1), { mode, id }] as const;
  });
}
