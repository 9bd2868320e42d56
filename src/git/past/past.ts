/** Everything that is asked of histories, which are brought here for that alone. */
import { OneAtATime } from '../../core/base/one-at-a-time.ts';
import type { GitRepository } from '../../ports/git.ts';
import type { Identity } from '../session/identity.ts';
import type { Session } from '../session/session.ts';
import { readCommitLog } from './commit-log.ts';
import { readFileHistory } from './file-history.ts';
import { readOwnHistory } from './own-history.ts';
import { readStanding } from './standing.ts';

type Past = Pick<GitRepository, 'branchStanding' | 'ownHistory' | 'commitLog' | 'fileHistory'>;

/** `branchOf`: a branch that was last seen at the head. */
export function makePast(
  session: Session,
  us: Identity,
  branchOf: (head: string) => string | undefined,
): Past {
  const turns = new OneAtATime();
  return {
    branchStanding: async (branchHead, baseHead, signal) =>
      await readStanding(us, session, branchHead, baseHead, signal),
    ownHistory: async (head, signal) => await readOwnHistory(us, session, head, signal),
    commitLog: async ({ head, minCommits, containing }, signal) => {
      const wanted = { head, minCommits, branch: branchOf(head) };
      return await turns.run(() => readCommitLog(session, wanted, containing, signal));
    },
    fileHistory: async ({ head, minCommits, path }, signal) => {
      const wanted = { head, minCommits, branch: branchOf(head) };
      return await turns.run(() => readFileHistory(session, wanted, path, us, signal));
    },
  };
}
