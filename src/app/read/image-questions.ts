/** What is asked about one image: its versions, and whether a candidate is fit. */
import type { TrackedImage } from '../../core/config/annotations.ts';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import type { Finding, Question } from '../../core/decide/case.ts';
import type { KnownVersion } from '../../core/decide/live.ts';
import { type Answer, needOf, candidateNeedOf } from '../../core/decide/needs.ts';
import type { EndpointTable } from '../../core/registries/registries.ts';
import type { Ask } from './ask.ts';

export class ImageQuestions {
  readonly #ask: Ask;
  readonly #endpoints: EndpointTable;

  constructor(ask: Ask, endpoints: EndpointTable) {
    this.#ask = ask;
    this.#endpoints = endpoints;
  }

  /** Who is not live, or cannot be written, asks nothing: the answer would not be used. */
  async versions(image: TrackedImage, live: KnownVersion): Promise<Outcome<Answer>> {
    if (live.kind === 'not-live') return fail(configFailure(live.message));
    if (live.kind === 'unreadable') return fail(live.failure);
    return this.#ask(needOf(image, this.#endpoints));
  }

  /** Whether a candidate is what was asked for, and its digest. */
  async look(image: TrackedImage, question: Question): Promise<Outcome<Finding>> {
    const answer = await this.#ask(candidateNeedOf(image, question, this.#endpoints));
    if (!answer.ok) return answer;
    if (answer.value.kind !== 'digest') throw new Error('asked for a digest');
    return succeed(answer.value);
  }
}
