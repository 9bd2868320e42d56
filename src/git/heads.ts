/** What a server has: its branches, tags and default branch, from one `ls-remote --symref`. */
import type { GitHeads } from '../ports/git.ts';
import { HeadsReader, maxHeads, maxRefs } from './heads-reader.ts';
import type { Session } from './session/session.ts';

const doing = 'list branches of';

/** Pull requests are refs too; a server that names more than this many is asked for less the next time. */
const manyOtherRefs = 1000;

/** How long the default branch of such a server is taken for granted. */
const defaultBranchLifeMs = 3_600_000;

/** What is known of one server between calls. */
export interface HeadsMemory {
  readonly defaultBranch: string;
  readonly untilMs: number;
}

export interface HeadsAnswer {
  readonly heads: GitHeads;
  /** Present for servers with very many other refs. */
  readonly memory?: HeadsMemory;
}

/**
 * Protocol version 2 can be asked for heads and tags alone, but git then does not ask for HEAD; so the first question
 * is for everything, and later ones are for heads and tags where everything is much. Throws `Failed` (git).
 */
export async function readHeads(
  session: Session,
  known: HeadsMemory | undefined,
  nowMs: number,
  signal: AbortSignal,
): Promise<HeadsAnswer> {
  if (known !== undefined && known.untilMs > nowMs) {
    const { heads } = await listRefs(session, ['--heads', '--tags', 'origin'], signal);
    const { defaultBranch } = known;
    if (heads.branches.has(defaultBranch)) return { heads: { ...heads, defaultBranch }, memory: known };
  }
  const { heads, otherRefs } = await listRefs(session, ['--symref', 'origin'], signal);
  if (otherRefs <= manyOtherRefs || heads.defaultBranch === undefined) return { heads };
  return { heads, memory: { defaultBranch: heads.defaultBranch, untilMs: nowMs + defaultBranchLifeMs } };
}

/** Read as it comes: a server may name a million refs, which no turn of the event loop should have to take at once. */
async function listRefs(session: Session, args: readonly string[], signal: AbortSignal) {
  const reader = new HeadsReader();
  const command = { doing, args: ['ls-remote', ...args], onOutput: reader.take, signal };
  const result = await session.tryRemote(command);
  if (reader.problem !== undefined) throw session.failure(doing, 'unsupported', problems[reader.problem]);
  session.require(command, result);
  return reader.end();
}

const problems = {
  heads: `it has more than ${maxHeads} branches and tags, and no more of them are read`,
  refs: `it has more than ${maxRefs} refs, and no more of them are read`,
  'object-format': 'repositories with SHA-256 object names are not supported',
} as const;
