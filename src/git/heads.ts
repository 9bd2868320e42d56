/** What a server has: its branches, tags and default branch, from one `ls-remote --symref`. */
import type { GitHeads } from '../ports/git.ts';
import type { Session } from './session.ts';

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
    const args = ['ls-remote', '--heads', '--tags', 'origin'];
    const { heads } = parseHeads((await session.remote({ doing, args, signal })).stdout.toString());
    const { defaultBranch } = known;
    if (heads.branches.has(defaultBranch))
      return { heads: { ...checked(session, heads), defaultBranch }, memory: known };
  }
  const args = ['ls-remote', '--symref', 'origin'];
  const { heads, otherRefs } = parseHeads((await session.remote({ doing, args, signal })).stdout.toString());
  checked(session, heads);
  if (otherRefs <= manyOtherRefs || heads.defaultBranch === undefined) return { heads };
  return { heads, memory: { defaultBranch: heads.defaultBranch, untilMs: nowMs + defaultBranchLifeMs } };
}

function checked(session: Session, heads: GitHeads): GitHeads {
  if (heads.branches.values().every((commit) => /^[0-9a-f]{40}$/.test(commit))) return heads;
  throw session.failure(doing, 'unsupported', 'repositories with SHA-256 object names are not supported');
}

/** Reads the output: `ref: refs/heads/main<TAB>HEAD`, then `<id><TAB><ref>` lines. Peeled tags do not count. */
export function parseHeads(output: string): { readonly heads: GitHeads; readonly otherRefs: number } {
  const branches = new Map<string, string>();
  const tags = new Set<string>();
  let defaultBranch: string | undefined;
  let otherRefs = 0;
  for (const line of output.split('\n')) {
    const [left = '', ref = ''] = line.split('\t');
    if (ref.startsWith('refs/heads/')) branches.set(ref.slice('refs/heads/'.length), left);
    else if (ref.startsWith('refs/tags/')) {
      if (!ref.endsWith('^{}')) tags.add(ref.slice('refs/tags/'.length));
    } else if (ref.startsWith('refs/')) otherRefs += 1;
    else if (ref === 'HEAD' && left.startsWith('ref: refs/heads/')) {
      defaultBranch = left.slice('ref: refs/heads/'.length);
    }
  }
  const heads = defaultBranch === undefined ? { branches, tags } : { defaultBranch, branches, tags };
  return { heads, otherRefs };
}
