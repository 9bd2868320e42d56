/** Brings commits into the mirror: their trees, one commit deep, without blobs. */
import { createHash } from 'node:crypto';
import { Failed } from '../../core/base/outcome.ts';
import { partialFetchConfig, trackedRefs } from '../mirror/mirror.ts';
import type { Session } from './session.ts';

/** Nothing beyond what is asked for. */
const sparingly = ['--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--recurse-submodules=no'];

// The filter is ignored, with a warning, by servers that cannot.
const fetchArguments = ['fetch', '--depth=1', '--filter=blob:none', ...sparingly, 'origin'];

const doing = 'fetch';
const fetchingFiles = 'fetch files of';
const fetchingHistory = 'fetch history of';

/**
 * Fetches the commits that the mirror lacks, in one go, by their ids; servers that refuse ids are asked by branch.
 * `branchOf`: which branch was last seen at a commit. Throws `Failed` (git `race`) if it has moved on.
 */
export async function fetchCommits(
  session: Session,
  commits: readonly string[],
  branchOf: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const missing = await missingObjects(session, [...new Set(commits)], signal);
  if (missing.length === 0) return;
  const byId = missing.map((commit) => refspec(commit, branchOf.get(commit)));
  try {
    await session.remote({ doing, args: [...fetchArguments, ...byId], config: partialFetchConfig, signal });
  } catch (error) {
    if (!(error instanceof Failed) || error.failure.kind !== 'git' || error.failure.code !== 'race')
      throw error;
    await fetchByBranch(session, missing, branchOf, signal);
  }
}

/** Servers that speak only the old protocol give objects by branch, not by id. */
function isRefusal(error: unknown): boolean {
  return error instanceof Failed && error.failure.kind === 'git' && error.failure.code === 'race';
}

async function fetchByBranch(
  session: Session,
  commits: readonly string[],
  branchOf: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const branches = commits.flatMap((commit) => branchOf.get(commit) ?? []);
  const specs = [...new Set(branches)].map((branch) => refspec(`refs/heads/${branch}`, branch));
  if (specs.length > 0) {
    await session.remote({ doing, args: [...fetchArguments, ...specs], config: partialFetchConfig, signal });
  }
  const [gone] = await missingObjects(session, commits, signal);
  if (gone !== undefined) throw session.failure(doing, 'race', `commit ${gone} is not there any more`);
}

/**
 * Fetches the last `depth` commits of each into an empty repository, without files, and in one go; `tree:0`: without
 * folders too.
 * Throws `Failed` (git `race`) if they are not there any more.
 */
export async function fetchHistory(
  session: Session,
  commits: readonly string[],
  depth: number,
  signal: AbortSignal,
  filter: 'blob:none' | 'tree:0' = 'blob:none',
): Promise<void> {
  const args = ['fetch', `--depth=${depth}`, `--filter=${filter}`, ...sparingly, 'origin', ...commits];
  await session.remote({ doing: fetchingHistory, args, config: partialFetchConfig, signal });
}

/** A history that grows by more than this is not worth knowing. */
const maxHistoryBytes = 64 * 1024 * 1024;

export interface CutHistory {
  readonly commit: string;
  /** A branch that was last seen at the commit. */
  readonly branch?: string | undefined;
  readonly filter: 'blob:none' | 'tree:0';
  /** So many commits of each line of descent; absent: all that is new since the last fetch. */
  readonly depth?: number | undefined;
}

/**
 * Fetches the history of a commit into a repository that is kept for it. False: the server has sent the files too.
 * Throws `Failed`: git `race` if the commit is not there any more, `unsupported` if the history is too large.
 */
export async function fetchCut(session: Session, cut: CutHistory, signal: AbortSignal): Promise<boolean> {
  const { commit, branch } = cut;
  try {
    return await fetchInto(session, cut, commit, signal);
  } catch (error) {
    if (!isRefusal(error) || branch === undefined) throw error;
    const isFiltered = await fetchInto(session, cut, `refs/heads/${branch}`, signal);
    if ((await missingObjects(session, [commit], signal)).length === 0) return isFiltered;
    throw error;
  }
}

async function fetchInto(
  session: Session,
  { commit, branch, filter, depth }: CutHistory,
  source: string,
  signal: AbortSignal,
): Promise<boolean> {
  const cut = depth === undefined ? [] : [`--depth=${depth}`];
  const spec = refspec(source, branch ?? commit);
  const args = ['fetch', ...cut, `--filter=${filter}`, ...sparingly, 'origin', spec];
  const maxGrowthBytes = maxHistoryBytes;
  const command = { doing: fetchingHistory, args, config: partialFetchConfig, maxGrowthBytes, signal };
  const result = await session.tryRemote(command);
  if (result.ended === 'outgrown') {
    await session.sweep();
    const text = `its history brings more than ${maxHistoryBytes / 1024 / 1024} MiB`;
    throw session.failure(fetchingHistory, 'unsupported', text);
  }
  session.require(command, result);
  return !result.stderr.includes('filtering not recognized by server');
}

/** A branch's last fetch is kept as a ref, so that the next one brings only what differs. */
function refspec(source: string, branch: string | undefined): string {
  if (branch === undefined) return source;
  return `+${source}:${trackedRefs}/${createHash('sha256').update(branch).digest('hex').slice(0, 32)}`;
}

/** Which of the objects the mirror lacks, in order. */
async function missingObjects(
  session: Session,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  return [...(await objectSizes(session, ids, signal))].flatMap(([id, size]) => (size === null ? [id] : []));
}

/** Size in bytes of each object; null where the mirror lacks it. */
export async function objectSizes(
  session: Session,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number | null>> {
  if (ids.length === 0) return new Map();
  return await session.objects('read', (reader) => reader.sizes(ids, signal));
}

/**
 * Fetches blobs of a commit by id, all in one go; where the server refuses ids, the commit with all of its files.
 * Gives those that were left behind because they are larger than a target may be.
 */
export async function fetchBlobs(
  session: Session,
  commit: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  try {
    return await fetchById(session, ids, signal);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const limit = `--filter=blob:limit=${maxFileBytes + 1}`;
    const whole = ['fetch', '--depth=1', '--refetch', limit, ...sparingly, 'origin', commit];
    await session.remote({ doing: fetchingFiles, args: whole, config: partialFetchConfig, signal });
    return new Set(await missingObjects(session, ids, signal));
  }
}

/** Asked for by id a blob comes whatever its size, so what comes is watched; who brings too much is found one by one. */
async function fetchById(
  session: Session,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const config = [...partialFetchConfig, 'fetch.negotiationAlgorithm=noop'];
  const input = ids.map((id) => `${id}\n`).join('');
  const args = ['fetch', '--filter=blob:none', ...sparingly, '--stdin', 'origin'];
  const maxGrowthBytes = Math.min(ids.length, fullSizeFiles) * maxFileBytes + ids.length * slackBytes;
  const command = { doing: fetchingFiles, args, config, input, maxGrowthBytes, signal };
  const result = await session.tryRemote(command);
  if (result.ended !== 'outgrown') {
    session.require(command, result);
    return new Set();
  }
  await session.sweep();
  if (ids.length === 1) return new Set(ids);
  const half = Math.ceil(ids.length / 2);
  const first = await fetchById(session, ids.slice(0, half), signal);
  const second = await fetchById(session, ids.slice(half), signal);
  return new Set([...first, ...second]);
}

/** A target may not be larger (decisions.md 4). */
export const maxFileBytes = 1024 * 1024;

/** So many files of one fetch may be as large as they are allowed to, the others as targets are. */
const fullSizeFiles = 4;
const slackBytes = 64 * 1024; // a usual target, its place in the index, and what does not shrink
