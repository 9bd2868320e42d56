/** What our own identity has committed to a branch, from a history that is fetched for this question alone. */
import type { OwnCommit, OwnHistory } from '../../ports/git.ts';
import { type Identity, identityText } from '../session/identity.ts';
import { fetchHistory } from '../session/fetch.ts';
import type { Session } from '../session/session.ts';

/** Commits of the branch that are looked at, whoever made them: without folders and files each is a few hundred bytes. */
const maxCommits = 2000;

export async function readOwnHistory(
  person: Identity,
  session: Session,
  head: string,
  signal: AbortSignal,
): Promise<OwnHistory> {
  const us = identityText(person);
  return await session.apart(async (empty) => {
    await fetchHistory(empty, [head], maxCommits, signal, 'tree:0');
    const args = ['log', '-z', `--max-count=${maxCommits}`, '--format=%H%n%ct%n%cn <%ce>%n%B', head, '--'];
    const { stdout } = await empty.local({ doing: 'read', args, signal });
    const records = stdout.toString().split('\0').filter(Boolean);
    const commits = records.flatMap((record) => ownCommit(record, us));
    return { commits, isCut: records.length >= maxCommits };
  });
}

function ownCommit(record: string, committer: string): readonly OwnCommit[] {
  const [id = '', seconds = '', by = '', ...message] = record.split('\n');
  if (by !== committer) return [];
  return [{ id, committedAtMs: Number(seconds) * 1000, message: message.join('\n') }];
}
