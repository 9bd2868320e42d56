/** Repositories in folders of this machine: for those who wrote the Applications there too, and for nobody else. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { Failed } from '../../core/base/outcome.ts';
import type { RemoteUrl } from './url.ts';

export interface LocalPlaces {
  readonly allowLocal: boolean;
  readonly cacheDirectory: string;
}

/** Throws `Failed` (git, `unsupported`): a path is used with our own rights, and the cache holds everybody's mirrors. */
export async function requireLocalAllowed(
  url: RemoteUrl,
  { allowLocal, cacheDirectory }: LocalPlaces,
): Promise<void> {
  if (!allowLocal)
    throw refused(
      url,
      'paths and file:// are taken only from Applications that --applications names; expected https or ssh',
    );
  const [place, cache] = await Promise.all([realPlace(url.reach.path), realPlace(cacheDirectory)]);
  if (place === cache || place.startsWith(`${cache}${sep}`))
    throw refused(url, 'it lies in the cache folder; expected a repository elsewhere');
}

/** Without links and steps, as far as it is there. */
async function realPlace(path: string): Promise<string> {
  return await realpath(path).catch(async () => {
    const parent = dirname(path);
    return parent === path ? path : join(await realPlace(parent), basename(path));
  });
}

function refused({ displayUrl: repo }: RemoteUrl, why: string): Failed {
  return new Failed({ kind: 'git', code: 'unsupported', message: `repository ${repo}: ${why}`, repo });
}
