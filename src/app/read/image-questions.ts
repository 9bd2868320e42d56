/** What is asked about one image: its versions, and whether a candidate is fit. */
import type { TrackedImage } from '../../core/config/annotations.ts';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import type { ImageRef } from '../../core/image/image.ts';
import type { KnownVersion } from '../../core/decide/live.ts';
import { type Answer, needOf, platformNeedOf } from '../../core/decide/needs.ts';
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

  /** Why a candidate is not what was asked for; undefined: it is. */
  async refusal(image: TrackedImage, candidate: ImageRef): Promise<Outcome<string | undefined>> {
    const answer = await this.#ask(platformNeedOf(image, candidate, this.#endpoints));
    if (!answer.ok) return answer;
    const isFit = answer.value.kind !== 'digest' || answer.value.digest !== null;
    return succeed(isFit ? undefined : (answer.value.reason ?? 'no wanted platform'));
  }
}
