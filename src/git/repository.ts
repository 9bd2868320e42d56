/** An open repository: the port's calls, each done in a mirror that may vanish or break at any time. */
import type { Clock } from '../ports/clock.ts';
import type { CommitRequest, GitRepository, PushRequest, PushResult } from '../ports/git.ts';
import type { CommitSettings } from './commit.ts';
import { buildCommits } from './commit.ts';
import { fetchCommits } from './session/fetch.ts';
import type { HeadsMemory } from './heads.ts';
import { readHeads } from './heads.ts';
import { makePast } from './past/past.ts';
import type { Lock } from './mirror/lock.ts';
import { pushBranches } from './push.ts';
import type { Session } from './session/session.ts';
import { BrokenMirror } from './session/faults.ts';
import { listFiles, readTargets } from './tree.ts';

export interface RepositoryOptions {
  readonly session: Session;
  readonly lock: Lock;
  readonly commits: CommitSettings;
  readonly clock: Clock;
  readonly remoteKey: string;
  /** By remote key; shared by all cycles. */
  readonly headsMemory: Map<string, HeadsMemory>;
}

export function makeRepository({
  session,
  lock,
  commits,
  clock,
  remoteKey,
  headsMemory,
}: RepositoryOptions): GitRepository {
  /** Branch -> commit, as last seen at the server. */
  let branches: ReadonlyMap<string, string> = new Map();
  /** Commits made here -> what they are built on. */
  const parentOf = new Map<string, string>();
  const fetch = async (wanted: readonly string[], signal: AbortSignal): Promise<void> =>
    await fetchCommits(session, wanted, branchesAt(branches, wanted), signal);
  /** Work that needs these commits: if the mirror is found broken they are fetched into a new one. */
  const withCommits = async <T>(
    wanted: readonly string[],
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> => await session.mended(work, async () => await fetch(wanted, signal));
  return {
    async heads(signal) {
      const known = headsMemory.get(remoteKey);
      const answer = await session.mended(() => readHeads(session, known, clock.now(), signal), nothing);
      const { heads, memory } = answer;
      if (memory !== undefined) headsMemory.set(remoteKey, memory);
      ({ branches } = heads);
      return heads;
    },
    fetch: async (wanted, signal) => await session.mended(async () => await fetch(wanted, signal), nothing),
    read: async (commit, paths, signal) =>
      await withCommits([commit], signal, async () => await readTargets(session, commit, paths, signal)),
    list: async (commit, folder, recurse, signal) =>
      await withCommits(
        [commit],
        signal,
        async () => await listFiles(session, commit, folder, recurse, signal),
      ),
    ...makePast(session, commits.author, (head) => branchesAt(branches, [head]).get(head)),
    async commit(requests, signal) {
      const made = await withCommits(basesOf(requests), signal, () =>
        buildCommits(session, commits, requests, clock.now(), signal),
      );
      for (const [index, { parent }] of requests.entries()) {
        parentOf.set(made[index] ?? '', typeof parent === 'number' ? (made[parent] ?? '') : parent);
      }
      return made;
    },
    async push(requests, signal) {
      for (const request of requests) requireMovesForward(request, parentOf);
      return await pushOrRace(session, requests, signal);
    },
    async close() {
      try {
        await session.close();
      } finally {
        await lock.release();
      }
    },
  };
}

/** Commit -> a branch that is there; without a second map of all branches, of which there may be very many. */
function branchesAt(
  branches: ReadonlyMap<string, string>,
  commits: readonly string[],
): ReadonlyMap<string, string> {
  const wanted = new Set(commits);
  const found = new Map<string, string>();
  for (const [branch, commit] of branches) if (wanted.has(commit)) found.set(commit, branch);
  return found;
}

async function nothing(): Promise<void> {
  // an empty mirror is all that is needed
}

function basesOf(requests: readonly CommitRequest[]): readonly string[] {
  return requests.flatMap(({ parent }) => (typeof parent === 'string' ? [parent] : []));
}

/** The lease that every push is under would let any commit through, so what git does not check is checked here. */
function requireMovesForward(request: PushRequest, parentOf: ReadonlyMap<string, string>): void {
  if (request.force || request.expected === null) return;
  let commit: string | undefined = request.commit;
  while (commit !== undefined && commit !== request.expected) commit = parentOf.get(commit);
  if (commit === undefined) throw new Error(`push to ${request.branch}: not built on ${request.expected}`);
}

/** Commits that were lost with the mirror can only be made again, which is what a lost race leads to as well. */
async function pushOrRace(
  session: Session,
  requests: readonly PushRequest[],
  signal: AbortSignal,
): Promise<readonly PushResult[]> {
  try {
    return await pushBranches(session, requests, signal);
  } catch (error) {
    if (!(error instanceof BrokenMirror)) throw error;
    await session.renew();
    const { message } = session.failure('push to', 'race', 'the mirror was lost before the push');
    return requests.map(({ branch }) => ({ branch, ok: false, code: 'race', message }));
  }
}
