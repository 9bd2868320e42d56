/** `rollback: respect` in one cycle: the judge of images, and the last look at write branches. */
import type { Template } from '../../../core/template/template.ts';
import type { Remembered } from './remembered.ts';
import type { ObserveContext } from '../../read/repository-question.ts';
import type { Recheck } from '../../repository/recheck.ts';
import { readsBaseHistory } from './base-history.ts';
import type { RollbackMemory } from './facts.ts';
import { makeRollbackJudge, type RollbackSources } from './make-judge.ts';
import type { RollbackSubject } from './subject.ts';
import { WriteBranches } from './write-branches.ts';

export interface RollbacksContext {
  readonly reading: ObserveContext;
  readonly commitTemplate: Template;
  readonly notebook: { readonly memory: Remembered };
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Rollbacks {
  readonly judge: (subject: RollbackSubject) => ReturnType<typeof makeRollbackJudge>;
  readonly writeBranch: Recheck['writeBranch'];
}

export function openRollbacks({ reading, commitTemplate, notebook, now }: RollbacksContext): Rollbacks {
  const memory: RollbackMemory = {
    commitTemplate,
    get remembered() {
      return notebook.memory;
    },
    createdOf: ({ candidates = [] }, tag) => candidates.find((candidate) => candidate.tag === tag)?.created,
  };
  const history = { ...reading, memory, now };
  const writeBranches = new WriteBranches(history);
  const sources: RollbackSources = {
    memory,
    read: readsBaseHistory(history),
    onWriteBranch: (subject) => writeBranches.foundFor(subject),
  };
  return {
    judge: (subject) => makeRollbackJudge(subject, sources),
    writeBranch: (intention, branch) => writeBranches.look(intention, branch),
  };
}
