/** What the writing of one repository works with, and what comes of it. */
import type { Failure, Outcome } from '../../../core/base/outcome.ts';
import { withoutLogin } from '../../../core/base/git-url.ts';
import type { Recheck } from '../../repository/recheck.ts';
import type { Location } from '../../repository/locate.ts';
import type { Warning } from '../../../core/config/annotations.ts';
import type { GitIntention } from '../../../core/plan.ts';
import type { WriteResult } from '../../../core/report/report.ts';
import type { Template } from '../../../core/template/template.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { FileWork } from '../../../ports/file-work.ts';
import type { Repositories } from '../../repository/repositories.ts';
import type { TargetMemory } from '../../read/target-memory.ts';

/** Labels of each changed image, in the order of `changes`. */
export type ChangeLabels = readonly Readonly<Record<string, string>>[];

export type LabelsOf = (intention: GitIntention) => Promise<Outcome<ChangeLabels>>;

export interface WriteContext {
  readonly repositories: Repositories;
  readonly memory: TargetMemory;
  readonly files: FileWork;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly commitTemplate: Template;
  /** Of commits that several Applications share. */
  readonly groupTemplate: Template;
  /** Commits get trailers, where no annotation says otherwise. */
  readonly commitTrailers: boolean;
  /** Who asked for the commits by a command; absent: nobody did. */
  readonly onBehalfOf?: string | undefined;
  /** What applications that want no change, or have been written already, hold to. */
  readonly standing: readonly GitIntention[];
  /** Labels of each changed image, where the commit template uses them. */
  readonly labelsOf?: LabelsOf | undefined;
  /** Commits are made to see whether they can be, and not pushed. */
  readonly isRehearsal: boolean;
  /** Absent: no policies judge. */
  readonly recheck?: Recheck | undefined;
}

/** What became of one intention. Each ends with exactly one. */
export interface Settled {
  readonly intention: GitIntention;
  readonly result: WriteResult;
  /** Of the commit, where there is one. */
  readonly message?: string;
  /** Nothing was written: it is to be judged again. */
  readonly stale?: true;
  readonly warnings?: readonly Warning[];
}

/** Told only if that lasts. */
export function stale(intention: GitIntention, { base }: Location): Settled {
  const repo = withoutLogin(intention.writeBack.repoURL);
  const message = `${base} of ${repo} moved while policies judged what to write there; the next cycle judges anew`;
  const failure: Failure = { kind: 'git', code: 'race', repo, branch: base, message };
  return { ...failed(intention, failure), stale: true };
}

export function failed(intention: GitIntention, failure: Failure): Settled {
  return { intention, result: { kind: 'failed', failure } };
}
