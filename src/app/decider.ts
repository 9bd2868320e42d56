/** Stages 3 to 5: asks what each image needs to know, and decides it. */
import type { AppConfig, TrackedImage } from '../core/config/annotations.ts';
import { type Decision, failedDecision } from '../core/decision.ts';
import { deciding } from '../core/decide.ts';
import { type TagRule, tagRule } from '../core/version/tag-rule.ts';
import { comparisons, maxComparisons, type TagFilter } from '../core/version/filter.ts';
import type { ImageRef } from '../core/image/image.ts';
import { mayFollow } from '../core/version/strategy.ts';
import { specVersion } from '../core/current.ts';
import { findLive, type KnownVersions, type KnownVersion, runningImages } from '../core/live.ts';
import { type Answer, needOf, platformNeedOf } from '../core/needs.ts';
import { configFailure, fail, type Outcome, succeed } from '../core/base/outcome.ts';
import type { Pace } from '../core/base/pieces.ts';
import type { EndpointTable } from '../core/registries/registries.ts';
import type { Ask } from './read/ask.ts';
import { settle } from '../core/base/settle.ts';

export class Decider {
  readonly #ask: Ask;
  readonly #endpoints: EndpointTable;
  readonly #pace: Pace;
  readonly #rules = new Map<string, Outcome<TagRule>>();

  constructor(ask: Ask, endpoints: EndpointTable, pace: Pace) {
    this.#ask = ask;
    this.#endpoints = endpoints;
    this.#pace = pace;
  }

  /** One decision per entry of image-list, in order. */
  decide(config: AppConfig, known: Outcome<KnownVersions>): Promise<readonly Decision[]> {
    const running = runningImages(config.app);
    const budget = { left: maxComparisons };
    return Promise.all(
      config.images.map(async (configured): Promise<Decision> => {
        const { image, index } = configured;
        if (!image.ok) return failedDecision(configured, image.failure);
        if (!known.ok) return failedDecision(configured, known.failure);
        const live = this.#liveOf(config, image.value, known.value.get(index), running);
        const decided = await settle(() => this.#decideImage(image.value, live, budget));
        return decided.ok ? decided.value : failedDecision(configured, decided.failure);
      }),
    );
  }

  #liveOf(
    config: AppConfig,
    image: TrackedImage,
    known: KnownVersion | undefined,
    running: readonly ImageRef[],
  ): KnownVersion {
    if (known !== undefined && isTold(config)) return known;
    const rule = this.#ruleOf(image.filter);
    const held = known?.kind === 'live' ? known.ref : specVersion(config, image);
    return findLive(image, running, {
      held,
      admits: (ref) =>
        rule.ok &&
        ref.tag !== undefined &&
        rule.value(ref.tag) === undefined &&
        mayFollow(image.strategy, ref.tag),
    });
  }

  async #decideImage(image: TrackedImage, live: KnownVersion, budget: Budget): Promise<Decision> {
    const rule = this.#ruleOf(image.filter);
    if (!rule.ok) return failedDecision(image, rule.failure);
    const answer = await this.#answerFor(image, live);
    const excess = answer.ok ? spend(budget, image, answer.value) : undefined;
    if (excess !== undefined) return failedDecision(image, configFailure(excess));
    const work = deciding(image, live, answer, rule.value);
    let step = work.next();
    while (step.done !== true) {
      if (step.value === undefined) {
        const rest = this.#pace.rest();
        if (rest !== undefined) await rest;
        step = work.next();
      } else {
        const refusal = await this.#judge(image, step.value.candidate);
        if (!refusal.ok) return failedDecision(image, refusal.failure);
        step = work.next(refusal.value);
      }
    }
    return step.value;
  }

  /** Why a candidate is not what was asked for; undefined: it is. */
  async #judge(image: TrackedImage, candidate: ImageRef): Promise<Outcome<string | undefined>> {
    const answer = await this.#ask(platformNeedOf(image, candidate, this.#endpoints));
    if (!answer.ok) return answer;
    const isFit = answer.value.kind !== 'digest' || answer.value.digest !== null;
    return succeed(isFit ? undefined : (answer.value.reason ?? 'no wanted platform'));
  }

  /** Who is not live, or cannot be written, asks nothing: the answer would not be used. */
  async #answerFor(image: TrackedImage, live: KnownVersion): Promise<Outcome<Answer>> {
    if (live.kind === 'not-live') return fail(configFailure(live.message));
    if (live.kind === 'unreadable') return fail(live.failure);
    return this.#ask(needOf(image, this.#endpoints));
  }

  /** Each distinct filter is compiled once per cycle. */
  #ruleOf(filter: TagFilter): Outcome<TagRule> {
    const key = JSON.stringify(filter);
    const rule = this.#rules.get(key) ?? tagRule(filter);
    this.#rules.set(key, rule);
    return rule;
  }
}

/** Without a status, and for plain manifests, the repository alone tells what is there; else it only gives a hint. */
function isTold({ app, writeBack }: AppConfig): boolean {
  if (app.status === undefined) return true;
  return writeBack.ok && writeBack.value.kind === 'git' && writeBack.value.target.kind === 'manifests';
}

/** What the images of one Application may still cost in this cycle. */
interface Budget {
  left: number;
}

/** Takes what an answer costs from the budget; a text: it is more than was left. */
function spend(budget: Budget, { filter }: TrackedImage, answer: Answer): string | undefined {
  const tags = answer.kind === 'tags' ? answer.tags.length : answer.kind === 'dated-tags' ? answer.listed : 0;
  budget.left -= comparisons(tags, filter);
  if (budget.left >= 0) return undefined;
  const patterns = filter.ignore.length + (filter.allow === undefined ? 0 : 1);
  return `${tags} tags with ${patterns} patterns are more than one Application may ask for in a cycle (${maxComparisons} comparisons): use fewer patterns in ignore-tags, or track fewer images of this repository in one Application`;
}
