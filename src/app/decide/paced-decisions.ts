/** Decisions are pure work in pieces: here they are driven, with rests on the way, and those of long lists one after the other. */
import type { TrackedImage } from '../../core/config/annotations.ts';
import type { Case, Finding, Question } from '../../core/decide/case.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { deciding } from '../../core/decide/decide.ts';
import type { KnownVersion } from '../../core/decide/live.ts';
import type { Answer } from '../../core/decide/needs.ts';
import { OneAtATime } from '../../core/base/one-at-a-time.ts';
import type { Outcome } from '../../core/base/outcome.ts';
import type { Pace } from '../../core/base/pieces.ts';
import { isLong } from '../../core/version/tag-list.ts';
import type { TagRule } from '../../core/version/tag-rule.ts';

/** What is wanted of one decision, and known for it. */
export type ImageWishes = Pick<Case, 'keepsCandidates' | 'recorded'>;

type Work = ReturnType<typeof deciding>;

/** Done with the decision, or with a question about a candidate. */
export type DecisionStep = IteratorResult<Question, Decision>;

/** Takes the answer to the question, and goes on. */
export type GoOn = (finding: Finding) => Promise<DecisionStep>;

export class PacedDecisions {
  readonly #pace: Pace;
  readonly #tracedTags: number | undefined;
  /** What is worked out of a million tags takes much memory. */
  readonly #longLists = new OneAtATime();

  /** `tracedTags`: tags of each rule that traces name. */
  constructor(pace: Pace, tracedTags?: number) {
    this.#pace = pace;
    this.#tracedTags = tracedTags;
  }

  async begin(
    image: TrackedImage,
    live: KnownVersion,
    answer: Outcome<Answer>,
    rule: TagRule,
    { keepsCandidates = false, recorded }: ImageWishes = {},
  ): Promise<{ readonly first: DecisionStep; readonly goOn: GoOn }> {
    const work = deciding(image, live, answer, rule, {
      tracedTags: this.#tracedTags,
      keepsCandidates,
      recorded,
    });
    const isOfLongList = answer.ok && answer.value.kind === 'tags' && isLong(answer.value.tags);
    const start = (): Promise<DecisionStep> => this.#advance(work, work.next());
    const first = await (isOfLongList ? this.#longLists.run(start) : start()).finally(() => letGo(answer));
    return { first, goOn: (finding) => this.#advance(work, work.next(finding)) };
  }

  async #advance(work: Work, from: IteratorResult<Question | undefined, Decision>): Promise<DecisionStep> {
    let step = from;
    while (step.done !== true) {
      if (step.value !== undefined) return { done: false, value: step.value };
      const rest = this.#pace.rest();
      if (rest !== undefined) await rest;
      step = work.next();
    }
    return step;
  }
}

/** Nothing of the answer is read any more. */
export function letGo(answer: Outcome<Answer>): void {
  if (answer.ok && answer.value.kind === 'tags') answer.value.tags.release?.();
}
