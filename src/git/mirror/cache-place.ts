/** Where a mirror lies: in the cache folder, or in one of our own where that belongs to somebody else. */
import { constants } from 'node:fs';
import { access, lstat, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isOwn, mirrorFolder } from './mirror.ts';

export interface CachePlace {
  readonly cacheDirectory: string;
  /** Holds the folder that is used instead. */
  readonly temporaryFolder: string;
  readonly onWarning: (message: string) => void;
}

const notOurs: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Folder for the mirror of a remote. Git refuses repositories of other owners, and we could not write to them. */
export async function placeMirror(key: string, place: CachePlace): Promise<string> {
  const { cacheDirectory, temporaryFolder, onWarning } = place;
  const folder = mirrorFolder(cacheDirectory, key);
  try {
    await requireUsable(cacheDirectory, folder);
    return folder;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && notOurs.has(error.code))) throw error;
    const own = join(temporaryFolder, `tidewaiter-mirrors-${process.getuid?.() ?? 'own'}`);
    await makeOwnFolder(own);
    onWarning(`Git cache ${cacheDirectory} cannot be written to (${error.message}): mirrors lie in ${own}`);
    return mirrorFolder(own, key);
  }
}

/** Takes a mirror of another owner away. */
async function requireUsable(cacheDirectory: string, folder: string): Promise<void> {
  const isThere = await access(cacheDirectory).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  await access(cacheDirectory, constants.W_OK | constants.X_OK);
  if (!isOwn(folder)) await rm(folder, { recursive: true, force: true });
}

/** In a folder that others may write to, somebody else may have made one of this name. */
async function makeOwnFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  if (!found.isDirectory() || !isOwn(folder))
    throw Object.assign(new Error(`EACCES: not a folder of ours, '${folder}'`), {
      code: 'EACCES',
      syscall: 'mkdir',
    });
}
