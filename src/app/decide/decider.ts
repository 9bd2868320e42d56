/** Stages 3 to 5: asks what each image needs to know, and decides it. */
import type { AppConfig, TrackedImage } from '../../core/config/annotations.ts';
import { type Decision, failedDecision } from '../../core/decide/decision.ts';
import { type TagRule, tagRule } from '../../core/version/tag-rule.ts';
import type { TagFilter } from '../../core/version/filter.ts';
import { type KnownVersion, type KnownVersions, runningImages } from '../../core/decide/live.ts';
import { configFailure, type Outcome } from '../../core/base/outcome.ts';
import { aBudget, type Budget, spend } from './budget.ts';
import { type ImageWishes, letGo, type PacedDecisions } from './paced-decisions.ts';
import { type RecordedOf, recordedFor } from './recorded-tag.ts';
import type { ImageQuestions } from '../read/image-questions.ts';
import { settle } from '../../core/base/settle.ts';
import { versionInForce } from './version-in-force.ts';

export interface DecideWishes {
  /** Images whose updates come with their candidates. */
  readonly hasPolicies?: (index: number) => boolean;
  /** Decisions that stand without asking again. */
  readonly resting?: ReadonlyMap<number, Decision>;
  /** What a running tag named when it was seen first, for who watches whether it moves. */
  readonly recordedOf?: RecordedOf;
}

export class Decider {
  readonly #questions: ImageQuestions;
  readonly #decisions: PacedDecisions;
  readonly #rules = new Map<string, Outcome<TagRule>>();

  constructor(questions: ImageQuestions, decisions: PacedDecisions) {
    this.#questions = questions;
    this.#decisions = decisions;
  }

  /** One decision per entry of image-list, in order. */
  decide(
    config: AppConfig,
    known: Outcome<KnownVersions>,
    { hasPolicies = () => false, resting = new Map(), recordedOf }: DecideWishes = {},
  ): Promise<readonly Decision[]> {
    const running = runningImages(config.app);
    const budget = aBudget();
    return Promise.all(
      config.images.map(async (configured): Promise<Decision> => {
        const { image, index } = configured;
        const standing = resting.get(index);
        if (standing !== undefined) return standing;
        if (!image.ok) return failedDecision(configured, image.failure);
        if (!known.ok) return failedDecision(configured, known.failure);
        const rule = this.#ruleOf(image.value.filter);
        const live = versionInForce(config, image.value, known.value.get(index), { running, rule });
        const decided = await settle(async () => {
          const recorded = await recordedFor(image.value, live, recordedOf);
          const wishes = { keepsCandidates: hasPolicies(index), recorded };
          return this.#decideImage(image.value, live, budget, wishes);
        });
        return decided.ok ? decided.value : failedDecision(configured, decided.failure);
      }),
    );
  }

  async #decideImage(
    image: TrackedImage,
    live: KnownVersion,
    budget: Budget,
    wishes: ImageWishes,
  ): Promise<Decision> {
    const rule = this.#ruleOf(image.filter);
    if (!rule.ok) return failedDecision(image, rule.failure);
    const answer = await this.#questions.versions(image, live);
    const excess = answer.ok ? spend(budget, image, answer.value) : undefined;
    if (excess !== undefined) {
      letGo(answer);
      return failedDecision(image, configFailure(excess));
    }
    const { first, goOn } = await this.#decisions.begin(image, live, answer, rule.value, wishes);
    let step = first;
    while (step.done !== true) {
      const finding = await this.#questions.look(image, step.value);
      if (!finding.ok) return failedDecision(image, finding.failure);
      step = await goOn(finding.value);
    }
    return step.value;
  }

  /** Each distinct filter is compiled once per cycle. */
  #ruleOf(filter: TagFilter): Outcome<TagRule> {
    const key = JSON.stringify(filter);
    const rule = this.#rules.get(key) ?? tagRule(filter);
    this.#rules.set(key, rule);
    return rule;
  }
}
