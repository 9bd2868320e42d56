/** What became of one intention, for its report. */
import type { Warning } from '../../core/config/annotations.ts';
import type { ImageChange } from '../../core/plan.ts';
import type { WriteResult } from '../../core/report/report.ts';
import type { Reverted } from '../../ports/cluster.ts';

export interface Written {
  readonly result: WriteResult;
  readonly changes: readonly ImageChange[];
  /** Of the commit, where there is one. */
  readonly message?: string;
  /** Nothing was written, for what policies judged has changed meanwhile. */
  readonly stale?: true;
  /** How long it waited for others of its repository. */
  readonly lingeredMs?: number;
  /** About this write alone. */
  readonly warnings?: readonly Warning[];
  /** An earlier write of the same was undone by somebody else. */
  readonly reverted?: Reverted;
}
