/** Mirrors: bare repositories under the cache directory, made whole, mended by being made anew. */
import { createHash, randomUUID } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Branches last fetched, by hash of their names: what the server is told that we have. */
export const trackedRefs = 'refs/tidewaiter';

/** Raised when mirrors of older versions cannot be used any more. */
const layout = 1;

const tooManyPacks = 100; // each fetch and each batch of commits adds one; a new mirror is cheaper than a repack
const packFolder = join('objects', 'pack');

/** Folder inside a mirror for a repository of passing use; swept away like whatever else begins with `tmp_`. */
export const passingFolder = 'tmp_passing';

/** Folder of the mirror of a remote (`GitRemote.key`); the name gives nothing away. */
export function mirrorFolder(cacheDirectory: string, key: string): string {
  const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return join(cacheDirectory, `${name}.git`);
}

/**
 * Makes sure that a mirror of this URL lies in the folder: a whole one stays and is swept, anything else is replaced.
 * To be called by the holder of its lock only. No process is started: the layout of a bare repository is fixed
 * (gitrepository-layout(5)), and `git init` would copy template files.
 */
export async function prepareMirror(folder: string, url: string): Promise<void> {
  if (isIntact(folder, url) && (await sweep(folder))) return;
  await rebuildMirror(folder, url);
}

/** Replaces whatever lies there by an empty mirror; the new one appears at once and whole. */
export async function rebuildMirror(folder: string, url: string): Promise<void> {
  const draft = `${folder}.${randomUUID()}`;
  try {
    await mkdir(join(draft, packFolder), { recursive: true, mode: 0o700 });
    await mkdir(join(draft, trackedRefs), { recursive: true });
    await writeFile(join(draft, 'HEAD'), head);
    await writeFile(join(draft, 'config'), configuration, { mode: 0o600 });
    await writeFile(join(draft, 'tidewaiter'), marker(url));
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Not marked as a partial clone: local commands then report an absent blob instead of fetching it, one by one.
 * Only fetches are told that the remote promises objects (`partialFetchConfig`). The URL is given to each command: a
 * server may send us on to another one, and git pushes to every URL that a remote has.
 */
const configuration = `[core]
	repositoryformatversion = 0
	bare = true
[transfer]
	unpackLimit = 1
[fetch]
	unpackLimit = 1
[fastimport]
	unpackLimit = 1
[gc]
	auto = 0
[maintenance]
	auto = false
[http]
	lowSpeedLimit = 1
	lowSpeedTime = 30
`;

/** Given to fetches: the server may leave out blobs, and none is asked for behind our back. */
export const partialFetchConfig: readonly string[] = [
  'remote.origin.promisor=true',
  'remote.origin.partialclonefilter=blob:none',
];

const head = 'ref: refs/heads/none\n';

function marker(url: string): string {
  return `layout ${layout} of ${createHash('sha256').update(url).digest('hex')}\n`;
}

/** False for a folder of another user, which git refuses to work in. One that is not there is nobody's. */
export function isOwn(folder: string): boolean {
  const uid = lstatSync(folder, { throwIfNoEntry: false })?.uid;
  return uid === undefined || process.getuid === undefined || uid === process.getuid();
}

/** Whether the mirror is ours, and the files that we wrote ourselves are as we wrote them. */
export function isIntact(folder: string, url: string): boolean {
  if (!isOwn(folder)) return false;
  const expected = { tidewaiter: marker(url), config: configuration, HEAD: head };
  return Object.entries(expected).every(([name, text]) => {
    try {
      return readFileSync(join(folder, name), 'utf8') === text;
    } catch {
      return false; // gone, unreadable, or no file
    }
  });
}

/** Removes what killed processes left behind. False: the mirror has grown too old, or lacks a folder. */
async function sweep(folder: string): Promise<boolean> {
  const places = ['.', packFolder, trackedRefs];
  for (const place of places) {
    const names = await readdir(join(folder, place)).catch(() => undefined); // absent: half a mirror
    if (names === undefined) return false;
    for (const name of names.filter(isLeftover))
      await rm(join(folder, place, name), { recursive: true, force: true });
    if (names.filter((name) => name.endsWith('.pack')).length > tooManyPacks) return false;
  }
  return true;
}

function isLeftover(name: string): boolean {
  return name.endsWith('.lock') || name.startsWith('tmp_') || name.startsWith('fast_import_crash_');
}
