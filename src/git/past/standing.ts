/** What a branch has beyond its base, from a history that is fetched for this question alone. */
import type { BranchStanding } from '../../ports/git.ts';
import { type Identity, identityText } from '../session/identity.ts';
import { fetchHistory } from '../session/fetch.ts';
import type { Session } from '../session/session.ts';

const maxCommits = 200;
const maxPaths = 10_000;

interface Heads {
  readonly branch: string;
  readonly base: string;
}

/**
 * Judged by blobs alone: no Application needs to be known, so a commit of another instance counts as much as ours.
 * Read in a repository of its own, for the old commits of one question are of no use to the next fetch.
 */
export async function readStanding(
  person: Identity,
  session: Session,
  branch: string,
  base: string,
  signal: AbortSignal,
): Promise<BranchStanding> {
  return await session.apart(async (empty) => {
    const heads = { branch, base };
    await fetchHistory(empty, [branch, base], maxCommits, signal);
    const committers = await readCommitters(empty, heads, signal);
    const us = identityText(person);
    // Where the history is cut, it is cut after so many commits: fewer of them are all there are.
    const own =
      committers.branch.length < maxCommits && committers.branch.every((committer) => committer === us);
    const isCut = [committers.branch, committers.base].some(({ length }) => length >= maxCommits);
    const changedPaths = isCut ? 'unknown' : await readChangedPaths(empty, heads, signal);
    if (changedPaths === 'unknown') return { own, changedPaths, merged: false };
    const different = new Set(await readDifference(empty, base, branch, signal));
    return { own, changedPaths, merged: !changedPaths.some((path) => different.has(path)) };
  });
}

/** Who committed what only the branch has, and what only base has. */
async function readCommitters(
  session: Session,
  { branch, base }: Heads,
  signal: AbortSignal,
): Promise<Readonly<Record<keyof Heads, readonly string[]>>> {
  const args = ['log', '--left-right', '--format=%m%cn <%ce>', `${base}...${branch}`, '--'];
  const { stdout } = await session.local({ doing: 'read', args, signal });
  const lines = stdout.toString().split('\n').slice(0, -1);
  const side = (mark: string) => lines.flatMap((line) => (line.startsWith(mark) ? [line.slice(1)] : []));
  return { branch: side('>'), base: side('<') };
}

/** Against the commit where the branch left base; with several of those, or none, it cannot be told. */
async function readChangedPaths(
  session: Session,
  { branch, base }: Heads,
  signal: AbortSignal,
): Promise<BranchStanding['changedPaths']> {
  // Prints both, and each merge base behind `^`; `merge-base` itself ends like a failure where there is none.
  const args = ['rev-parse', `${base}...${branch}`];
  const { stdout } = await session.local({ doing: 'read', args, signal });
  const [fork, another] = [...stdout.toString().matchAll(/^\^([0-9a-f]{40})$/gm)].map(([, id]) => id);
  if (fork === undefined || another !== undefined) return 'unknown';
  const paths = await readDifference(session, fork, branch, signal);
  return paths.length > maxPaths ? 'unknown' : paths.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Paths at which two commits differ in content or mode; no file's content is looked at. */
async function readDifference(
  session: Session,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to, '--'];
  const { stdout } = await session.local({ doing: 'read', args, signal });
  return stdout.toString().split('\0').filter(Boolean);
}
