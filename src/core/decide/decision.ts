/** What becomes of one image in one cycle: exactly one decision. */
import { optionalProperty } from '../base/optional-property.ts';
import type { TrackedImage } from '../config/annotations.ts';
import { type ImageRef, withVersion } from '../image/image.ts';
import type { Failure } from '../base/outcome.ts';
import type { Candidate } from '../strategy/selection.ts';
import type { Reason } from '../policy/verdict.ts';
import type { Trace } from '../version/trace.ts';

/** Position and spelling of an image in image-list: its identity inside the application. */
export interface DecidedImage {
  readonly index: number;
  readonly alias: string;
  readonly entry: string;
  readonly trace: Trace;
  /** What policies have noticed that withholds nothing. */
  readonly remarks?: readonly Remark[];
}

export interface Remark {
  readonly message: string;
  /** Somebody should know without asking. */
  readonly isNews?: true;
}

/** A better version that a policy does not let pass yet. */
export interface PassedOver {
  /** `2.2.0`, `@sha256:…`. */
  readonly version: string;
  readonly reason: Reason;
}

export type SkipReason =
  | 'not-live' // no running image of that name in the application
  | 'unsatisfied' // there are versions, but none that the constraint admits (O-08)
  | 'kept' // the running version stays, for the registry lists it no more or nothing tells which is the newest
  | 'no-candidate'; // nothing to choose, and nothing known that could be kept

export type Decision = DecidedImage &
  (
    | {
        readonly kind: 'update';
        readonly image: TrackedImage;
        readonly from?: ImageRef;
        readonly to: ImageRef;
        /** Set where the new version is older than the running one. */
        readonly direction?: 'down';
        /** The choice and the admitted tags between it and what runs, best first: what a policy chooses among. */
        readonly candidates?: readonly Candidate[];
        readonly passedOver?: readonly PassedOver[];
      }
    | {
        readonly kind: 'current';
        readonly image: TrackedImage;
        readonly at: ImageRef;
        /** Set where no tag was left: it stays because there is no choice, which deserves a warning. */
        readonly noChoice?: string;
      }
    | {
        /** A policy withholds it: until somebody, or another version, comes (`held`), or until it ends by itself. */
        readonly kind: 'held' | 'waiting';
        readonly image: TrackedImage;
        /** What the rules choose. */
        readonly wanted: ImageRef;
        /** What its target holds, else what runs; absent where neither is known. */
        readonly at?: ImageRef;
        readonly reason: Reason;
      }
    | { readonly kind: 'skipped'; readonly reason: SkipReason; readonly message: string }
    | {
        readonly kind: 'failed';
        readonly failure: Failure;
        /** What runs, or is held, and stays; absent where that is unknown. */
        readonly from?: ImageRef;
      }
  );

/** A decision that needs no answer, as for an entry that cannot be read. */
export function failedDecision(
  image: Omit<DecidedImage, 'trace'>,
  failure: Failure,
  from?: ImageRef,
): Decision {
  const { index, alias, entry } = image;
  const decided = { index, alias, entry, trace: { dropped: [] }, kind: 'failed', failure } as const;
  return { ...decided, ...optionalProperty('from', from) };
}

export function update(
  image: TrackedImage,
  from: ImageRef | undefined,
  to: ImageRef,
  trace: Trace,
): Extract<Decision, { kind: 'update' }> {
  return { ...identity(image), trace, kind: 'update', image, to, ...(from === undefined ? {} : { from }) };
}

export function stays(
  image: TrackedImage,
  from: ImageRef | undefined,
  trace: Trace,
  message: string,
): Decision {
  if (from === undefined) return { ...skipped(image, 'no-candidate', message), trace };
  const at = withVersion(image.ref, from);
  return { ...identity(image), trace, kind: 'current', image, at, noChoice: message };
}

export function withheld(
  image: TrackedImage,
  { wanted, at, reason }: Pick<Extract<Decision, { kind: 'held' | 'waiting' }>, 'wanted' | 'at' | 'reason'>,
  trace: Trace,
): Decision {
  return {
    ...identity(image),
    trace,
    kind: reason.kind,
    image,
    wanted,
    reason,
    ...optionalProperty('at', at),
  };
}

export function skipped(image: TrackedImage, reason: SkipReason, message: string): Decision {
  return { ...identity(image), trace: { dropped: [] }, kind: 'skipped', reason, message };
}

export function identity({
  index,
  alias,
  entry,
}: TrackedImage): Pick<DecidedImage, 'index' | 'alias' | 'entry'> {
  return { index, alias, entry };
}
