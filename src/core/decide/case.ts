/** What one decision is about, and how it is asked for. */
import type { TrackedImage } from '../config/annotations.ts';
import { type ImageRef, sameImage } from '../image/image.ts';
import type { TagRule } from '../version/tag-rule.ts';
import type { Drops } from '../version/trace.ts';

/** A place to rest, or a candidate to be judged: the answer is why it is refused, or undefined. */
export type Step = undefined | { readonly candidate: ImageRef };
export type Steps<Result> = Generator<Step, Result, string | undefined>;

/** What a decision is about, whatever the answer. */
export interface Case {
  readonly image: TrackedImage;
  readonly from: ImageRef | undefined;
  readonly rule: TagRule;
  /** Tags of each rule that the trace names; absent: a few. */
  readonly tracedTags?: number | undefined;
  /** An update comes with what lies between it and what runs: policies may fall back to that. */
  readonly keepsCandidates?: boolean | undefined;
}

/** What is known about the candidates before one of them is selected. */
export interface Listing {
  readonly listed: number;
  /** False where the registry lost the running tag; among dated tags only if it was newer than all others. */
  readonly isListed: boolean;
  readonly drops: Drops;
  readonly doubt?: string | undefined;
}

/** U-10: under a kustomize name the running image may be another one of the same version. */
export function renames(image: TrackedImage, from: ImageRef): boolean {
  return image.kustomizeName !== undefined && !sameImage(from, image.ref);
}
