/** What one decision is about, and how it is asked for. */
import type { TrackedImage } from '../config/annotations.ts';
import { type Digest, type ImageRef, sameImage } from '../image/image.ts';
import type { TagRule } from '../version/tag-rule.ts';
import type { Drops } from '../version/trace.ts';

/** A question about a candidate, which `Finding` answers. */
export interface Question {
  readonly candidate: ImageRef;
  /** Whether it must be an image for one of the wanted platforms, not just be there. */
  readonly checksPlatform: boolean;
}

/** `digest` null: it is not there, or not for a wanted platform, which `reason` says then. */
export interface Finding {
  readonly digest: Digest | null;
  readonly reason?: string;
}

/** A place to rest, or a question. */
type Step = undefined | Question;
export type Steps<Result> = Generator<Step, Result, Finding | undefined>;

/** What a decision is about, whatever the answer. */
export interface Case {
  readonly image: TrackedImage;
  readonly from: ImageRef | undefined;
  readonly rule: TagRule;
  /** Digest that the running tag was first seen with; what the target holds counts more. */
  readonly recorded?: Digest | undefined;
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
