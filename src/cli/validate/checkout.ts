/** A folder with a checkout of a repository, read as a commit of it would be. */
import type { Stats } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failed } from '../../core/base/outcome.ts';
import { gitPathProblem } from '../../core/base/repository-path.ts';
import { repositoryIdentity } from '../../core/base/git-url.ts';
import type { TargetReader } from '../../app/repository/target-files.ts';
import type { TargetContent } from '../../ports/git.ts';
import { readManifestFiles, standardTreeLimits } from '../../kube/files/manifest-tree.ts';

const maxFileBytes = 1 << 20; // as of a commit

export function openCheckout(folder: string): TargetReader {
  return {
    read: async (_commit, paths) => {
      const found = new Map<string, TargetContent | null>();
      for (const path of paths) found.set(path, await contentAt(folder, path));
      return found;
    },
    list: async (_commit, below, recurse) => {
      const files: string[] = [];
      const limits = { ...standardTreeLimits, ...(recurse ? {} : { maxDepth: 0 }) };
      const root = below === '' ? folder : join(folder, below);
      await readManifestFiles([root], limits, ({ path }) => files.push(relativeTo(folder, path)));
      return files.toSorted();
    },
  };
}

function relativeTo(folder: string, path: string): string {
  return path.slice(join(folder, '.').length + 1).replaceAll('\\', '/');
}

async function contentAt(folder: string, path: string): Promise<TargetContent | null> {
  if (gitPathProblem(path) !== undefined) return { kind: 'refused', reason: 'no path of a repository' };
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const stats = await statsOf(join(folder, ...parts.slice(0, depth)));
    if (stats === undefined) return null;
    if (stats.isSymbolicLink()) return { kind: 'refused', reason: 'a symbolic link is on the way' };
    if (depth < parts.length) continue;
    if (stats.isDirectory()) return { kind: 'folder' };
    if (stats.size > maxFileBytes) return { kind: 'refused', reason: 'above 1 MiB' };
    return { kind: 'file', bytes: await readFile(join(folder, path)), executable: false };
  }
  return null;
}

async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const message = `${path}: cannot be read (${String(code)})`;
    throw new Failed({ kind: 'edit', path, message }, error);
  }
}

/** Identities of the remotes of the checkout; none where it is no clone: then it may be of any repository. */
export async function remotesOf(folder: string): Promise<ReadonlySet<string>> {
  const stats = await statsOf(join(folder, '.git', 'config'));
  if (stats === undefined || !stats.isFile() || stats.size > maxFileBytes) return new Set();
  const text = await readFile(join(folder, '.git', 'config'), 'utf8');
  const urls = Array.from(text.matchAll(/^\s*url\s*=\s*(\S+)\s*$/gm), ([, url = '']) => url);
  return new Set(urls.map(repositoryIdentity));
}
