/** The commits behind a head, and the messages of those that contain a text. */
import type { LoggedCommit } from '../../core/policy/rollback/lines/commit-log.ts';
import type { LoggedHistory } from '../../ports/git-past.ts';
import type { Session } from '../session/session.ts';
import { inHistory, type ReadCommits, type WantedHistory } from './kept-history.ts';

const doing = 'read history of';

export async function readCommitLog(
  session: Session,
  wanted: Omit<WantedHistory, 'filter'>,
  containing: string,
  signal: AbortSignal,
): Promise<LoggedHistory> {
  const read: ReadCommits<Bare> = async (kept, range) => {
    const args = ['log', '--format=%H %ct %P%x00%D', ...range];
    const { stdout } = await kept.local({ doing, args, signal });
    return withoutStrangers(stdout.toString().split('\n').filter(Boolean).map(readCommit));
  };
  const filtered = { ...wanted, filter: 'tree:0' } as const;
  return await inHistory(session, filtered, signal, read, async ({ kept, range, commits, isDeepest }) => {
    const messages = await readMessages(kept, range, containing, signal);
    return { commits: commits.map((one) => ({ ...one, message: messages.get(one.id) ?? '' })), isDeepest };
  });
}

async function readMessages(
  kept: Session,
  range: readonly string[],
  containing: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const args = ['log', '-z', '--fixed-strings', `--grep=${containing}`, '--format=%H%n%B', ...range];
  const { stdout } = await kept.local({ doing, args, signal });
  const records = stdout.toString().split('\0').filter(Boolean);
  return new Map(records.map((record) => [record.slice(0, 40), record.slice(41)]));
}

type Bare = Omit<LoggedCommit, 'message'>;

function readCommit(line: string): Bare {
  const [words = '', decoration = ''] = line.split('\0');
  const [id = '', seconds = '', ...parents] = words.split(' ').filter(Boolean);
  return { id, parents, isCut: isGrafted(decoration), committedAtMs: Number(seconds) * 1000 };
}

/** git says so of commits whose parents it has not fetched, and tells none of them. */
export function isGrafted(decoration: string): boolean {
  return decoration.split(', ').includes('grafted');
}

/** Parents that lie beyond what is looked at are as good as not fetched. */
export function withoutStrangers<Commit extends Bare>(commits: readonly Commit[]): readonly Commit[] {
  const known = new Set(commits.map(({ id }) => id));
  return commits.map((commit) => {
    const parents = commit.parents.filter((id) => known.has(id));
    return parents.length === commit.parents.length ? commit : { ...commit, parents, isCut: true };
  });
}
