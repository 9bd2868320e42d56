/** What a policy judges: one image of an Application that would be written. */
import type { Outcome } from '../../../core/base/outcome.ts';
import type { AppConfig } from '../../../core/config/annotations.ts';
import type { TrackedImage } from '../../../core/config/tracked-image.ts';
import type { ImageRef } from '../../../core/image/image.ts';
import type { ImagePolicies } from '../../../core/policy/settings.ts';
import type { Verdict } from '../../../core/policy/verdict.ts';
import type { Candidate } from '../../../core/strategy/selection.ts';

export interface Subject {
  readonly config: AppConfig;
  readonly image: TrackedImage;
  readonly policies: ImagePolicies;
  /** What its target holds at the head of its base branch; absent where it holds nothing. */
  readonly held?: ImageRef;
  /** What runs. */
  readonly live?: ImageRef;
  /** The choice, and what lies between it and what runs: with build dates where the strategy goes by them. */
  readonly candidates?: readonly Candidate[];
}

/** `gone`: the candidate is none after all, as where its tag has vanished. */
export type Judgement = readonly Verdict[] | 'gone';

/** Says of a candidate of one image what withholds it; nothing: it may be written. */
export type Judge = (candidate: Candidate) => Promise<Outcome<Judgement>>;

/** Policies that drop candidates, made ready for one image. Fails where a fact cannot be had. */
export type MakeJudge = (subject: Subject) => Promise<Outcome<Judge>>;

export function subjectOf(
  config: AppConfig,
  {
    image,
    from,
    candidates,
  }: {
    readonly image: TrackedImage;
    readonly from?: ImageRef;
    readonly candidates?: readonly Candidate[];
  },
  policies: ImagePolicies,
  held: ImageRef | undefined,
): Subject {
  return {
    config,
    image,
    policies,
    ...(held === undefined ? {} : { held }),
    ...(from === undefined ? {} : { live: from }),
    ...(candidates === undefined ? {} : { candidates }),
  };
}
