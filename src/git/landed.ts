/** Pushes whose answer was lost: the server may have taken them before the connection broke. */
import type { PushRequest } from '../ports/git.ts';
import { Failed, type GitCode } from '../core/base/outcome.ts';
import { fetchHistory } from './session/fetch.ts';
import type { GitResult } from './process/group.ts';
import { BrokenMirror } from './session/faults.ts';
import type { Session } from './session/session.ts';

const maxCommits = 200; // that others may have pushed on top meanwhile

/** After these nothing had been sent. */
const sentNothing: ReadonlySet<GitCode> = new Set([
  'authentication',
  'credentials',
  'host-key',
  'host-key-changed',
  'tls',
  'not-found',
  'cancelled',
]);

/** Branches that are at the commit that was pushed, or contain it. None where the server cannot be asked. */
export async function findLanded(
  session: Session,
  requests: readonly PushRequest[],
  pushed: GitResult,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  if (requests.length === 0 || sentNothing.has(session.codeOf('push to', pushed))) return new Set();
  try {
    const heads = await readHeadsOf(session, requests, signal);
    const landed = new Set<string>();
    for (const request of requests) {
      const head = heads.get(request.branch);
      if (head !== undefined && (await contains(session, head, request, signal))) landed.add(request.branch);
    }
    return landed;
  } catch (error) {
    // What is known of the push itself says more than why the question failed.
    if (error instanceof Failed || error instanceof BrokenMirror) return new Set();
    throw error;
  }
}

async function readHeadsOf(
  session: Session,
  requests: readonly PushRequest[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const refs = requests.map(({ branch }) => `refs/heads/${branch}`);
  const args = ['ls-remote', 'origin', ...refs];
  const { stdout } = await session.remote({ doing: 'list branches of', args, signal });
  const lines = stdout.toString().matchAll(/^([0-9a-f]{40})\trefs\/heads\/(.+)$/gm);
  return new Map([...lines].map(([, commit = '', branch = '']) => [branch, commit]));
}

async function contains(
  session: Session,
  head: string,
  { commit, expected }: PushRequest,
  signal: AbortSignal,
): Promise<boolean> {
  if (head === commit) return true;
  if (head === expected) return false;
  return await session.apart(async (empty) => {
    await fetchHistory(empty, [head], maxCommits, signal);
    const args = ['rev-list', `--max-count=${maxCommits}`, head, '--'];
    const { stdout } = await empty.local({ doing: 'read', args, signal });
    return stdout.toString().split('\n').includes(commit);
  });
}
