/** What one cycle did: logs, metrics, events, exit codes and pages are readers of this. */
import type { Warning } from '../config/annotations.ts';
import type { AppKey } from '../config/application.ts';
import type { Decision } from '../decide/decision.ts';
import type { Failure } from '../base/outcome.ts';
import type { JsonPatchOperation } from '../live-patch.ts';
import type { ImageChange } from '../plan.ts';
import type { Undone } from './reverted.ts';
import type { ChangedScalar } from '../yaml/edited-file.ts';

/** The commit that an application would get. */
export interface WouldCommit {
  readonly kind: 'commit';
  readonly repo: string;
  readonly branch: string;
  readonly message: string;
  readonly scalars: readonly ChangedScalar[];
  /** In the order in which they would be written; `diff` is a unified one. */
  readonly files: readonly { readonly path: string; readonly diff: string }[];
}

/** The patch that a live Application would get. */
export interface WouldPatch {
  readonly kind: 'patch';
  readonly operations: readonly JsonPatchOperation[];
}

/** Exactly one per planned write. */
export type WriteResult =
  | {
      readonly kind: 'committed';
      /** Full SHA at the server. */
      readonly sha: string;
      readonly branch: string;
      /** Without credentials. */
      readonly repo: string;
      readonly scalars: readonly ChangedScalar[];
      /** What may be without effect though it is written. */
      readonly warnings?: readonly string[];
    }
  | { readonly kind: 'patched' }
  /** The target holds the wanted values already. */
  | { readonly kind: 'unchanged' }
  /** What would be done, where nothing is. */
  | {
      readonly kind: 'dry-run';
      readonly would: WouldCommit | WouldPatch;
      readonly warnings?: readonly string[];
    }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface ApplicationReport {
  readonly app: AppKey;
  readonly decisions: readonly Decision[];
  /** Absent where nothing was to be written. */
  readonly write?: WriteResult;
  /** How long the write waited for others of its repository; absent where it did not go to Git. */
  readonly lingeredMs?: number;
  /** What was, or would be, written. */
  readonly changes: readonly ImageChange[];
  /** An earlier patch was undone by somebody else, and is not made again. */
  readonly reverted?: Undone;
  readonly warnings: readonly Warning[];
  /** Why the application is not processed at all. */
  readonly unsupported?: string;
}

/** Why an object, or a file, of a listing is not looked at. */
export interface ListedProblem {
  /** Absent where it is about a file. */
  readonly app?: AppKey;
  readonly file?: string;
  readonly message: string;
  /** What a person can do; absent: correct the Application. */
  readonly advice?: string;
  /** Absent: an error. */
  readonly level?: 'warning';
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
  /** Every Application was looked at: what is not told any more is over. */
  readonly complete: boolean;
  /** The cycle as a whole could not be done (applications could not be listed). */
  readonly failure?: Failure;
  readonly applications: readonly ApplicationReport[];
  readonly problems: readonly ListedProblem[];
  /** About the listing as a whole. */
  readonly warnings: readonly string[];
  readonly counters: Counters;
}

/**
 * Sums a cycle up as 0.18 does (images.md 0.2); images of a failed write are not updated. `unread`: what could
 * not even be read, an error each.
 */
export function countReports(reports: readonly ApplicationReport[], unread: number): Counters {
  let considered = 0;
  let skipped = 0;
  let updated = 0;
  let errors = unread;
  for (const { decisions, write, changes, unsupported } of reports) {
    if (unsupported !== undefined) continue;
    for (const decision of decisions) {
      if (isConsidered(decision)) considered += 1;
      if (decision.kind === 'skipped') skipped += 1;
      if (decision.kind === 'failed') errors += 1;
    }
    if (write?.kind === 'failed') errors += 1;
    if (write !== undefined && isUpdate(write)) updated += changes.length;
  }
  const applications = reports.filter(({ unsupported }) => unsupported === undefined).length;
  return { applications, considered, skipped, updated, errors };
}

function isConsidered(decision: Decision): boolean {
  return !(decision.kind === 'skipped' && decision.reason === 'not-live');
}

function isUpdate(write: WriteResult): boolean {
  return write.kind === 'committed' || write.kind === 'patched' || write.kind === 'dry-run';
}
