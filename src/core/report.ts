/** What one cycle did: logs, metrics, events, exit codes and pages are readers of this. */
import type { Warning } from './annotations.ts';
import type { AppKey } from './application.ts';
import type { Decision } from './decide.ts';
import type { Failure } from './outcome.ts';
import type { ImageChange } from './plan.ts';
import type { ChangedScalar } from './target.ts';

/** Exactly one per planned write. */
export type WriteResult =
  | {
      readonly kind: 'committed';
      /** Full SHA at the server. */
      readonly sha: string;
      readonly branch: string;
      readonly repo: string;
      readonly changes: readonly ChangedScalar[];
    }
  | { readonly kind: 'patched' }
  /** The target holds the wanted values already. */
  | { readonly kind: 'unchanged' }
  /** What would be written; `diff` is a unified diff, where a repository could be read. */
  | { readonly kind: 'dry-run' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface ApplicationReport {
  readonly app: AppKey;
  readonly decisions: readonly Decision[];
  /** Absent where nothing was to be written. */
  readonly write?: WriteResult;
  readonly changes: readonly ImageChange[];
  readonly warnings: readonly Warning[];
}

/** The counters of the 0.18 summary line. */
export interface Counters {
  readonly applications: number;
  readonly considered: number;
  readonly skipped: number;
  readonly updated: number;
  readonly errors: number;
}

export interface CycleReport {
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly dryRun: boolean;
  /** The cycle as a whole could not be done (applications could not be listed). */
  readonly failure?: Failure;
  readonly applications: readonly ApplicationReport[];
  /** Objects that could not be read as Applications. */
  readonly problems: readonly { readonly app: AppKey; readonly message: string }[];
  readonly counters: Counters;
}
