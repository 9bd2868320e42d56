/** `rollback: respect` in one cycle: the judge of images, and the last looks at the branches that are written to. */
import type { Template } from '../../../core/template/template.ts';
import { Remarks } from './remarks.ts';
import { SpecHistory } from './spec-history.ts';
import { SpecRecords } from './spec-records.ts';
import type { PoliciesOf } from '../judge/policies.ts';
import type { ClusterCycle } from '../../../ports/cluster.ts';
import type { UnreadHistories } from './unread-histories.ts';
import type { Remembered } from './remembered.ts';
import type { ObserveContext } from '../../read/repository-question.ts';
import type { Recheck } from '../../repository/recheck.ts';
import { readsBaseHistory } from './base-history.ts';
import type { RollbackMemory } from './facts.ts';
import { makeRollbackJudge, type RollbackSources } from './make-judge.ts';
import type { RollbackSubject } from './subject.ts';
import { LastLooks } from './last-looks.ts';

export interface RollbacksContext {
  readonly reading: ObserveContext;
  readonly commitTemplate: Template;
  readonly notebook: { readonly memory: Remembered };
  readonly policiesOf: PoliciesOf;
  readonly cluster: Pick<ClusterCycle, 'specPast'>;
  readonly unread: UnreadHistories;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Rollbacks {
  readonly judge: (subject: RollbackSubject) => ReturnType<typeof makeRollbackJudge>;
  readonly writeBranch: Recheck['writeBranch'];
  readonly takenBackOnBase: Recheck['writeBranch'];
  /** The decisions with what was noticed of them. */
  readonly withRemarks: Remarks['on'];
}

export function openRollbacks(context: RollbacksContext): Rollbacks {
  const { reading, commitTemplate, notebook, now, cluster, policiesOf } = context;
  const memory: RollbackMemory = {
    commitTemplate,
    get remembered() {
      return notebook.memory;
    },
    createdOf: ({ candidates = [] }, tag) => candidates.find((candidate) => candidate.tag === tag)?.created,
  };
  const history = { ...reading, memory, now };
  const specHistory = new SpecHistory(new SpecRecords(cluster, reading.signal));
  const remarks = new Remarks(policiesOf, specHistory);
  const looks = new LastLooks(history);
  const sources: RollbackSources = {
    memory,
    read: readsBaseHistory({ ...history, onHead: (subject, head) => looks.judgedAt(subject, head) }),
    onWriteBranch: (subject) => looks.foundFor(subject),
    specHistory,
    unread: context.unread.begin(),
    onFree: (subject, seenBackToMs) => remarks.seenBackTo(subject, seenBackToMs),
  };
  return {
    judge: (subject) => makeRollbackJudge(subject, sources),
    writeBranch: (intention, branch) => looks.atWriteBranch(intention, branch),
    takenBackOnBase: (intention, base) => looks.atBase(intention, base),
    withRemarks: (config, decisions) => remarks.on(config, decisions),
  };
}
