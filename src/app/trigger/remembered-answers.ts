/**
 * What registries said last, for cycles that pushes ask for: the other images of their Applications are decided by that, and
 * nobody is asked about them. Bounded in age, and in tags: what does not fit is asked for.
 */
import type { Answer, ImageNeed } from '../../core/decide/needs.ts';
import type { Clock } from '../../ports/clock.ts';

/** Within it a cycle for everybody has looked, but where the interval is longer. */
const maxAgeMs = 3_600_000;
/** Of one answer. */
const maxTags = 2_000;
/** Of all of them: some megabytes. */
const maxTagsOfAll = 60_000;

interface Remembered {
  readonly answer: Answer;
  readonly size: number;
  readonly atMs: number;
}

export class RememberedAnswers {
  readonly #clock: Clock;
  /** By key of the need, oldest first. */
  readonly #answers = new Map<string, Remembered>();
  #size = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  recall({ key }: ImageNeed): Answer | undefined {
    const known = this.#answers.get(key);
    return known !== undefined && this.#clock.monotonicMs() - known.atMs < maxAgeMs
      ? known.answer
      : undefined;
  }

  keep({ key }: ImageNeed, answer: Answer): void {
    this.forget(key);
    const size = sizeOf(answer);
    if (size > maxTags) return;
    this.#answers.set(key, { answer, size, atMs: this.#clock.monotonicMs() });
    this.#size += size;
    for (const oldest of this.#answers.keys()) {
      if (this.#size <= maxTagsOfAll) return;
      this.forget(oldest);
    }
  }

  /** Whoever failed is asked again. */
  forget(key: string): void {
    this.#size -= this.#answers.get(key)?.size ?? 0;
    this.#answers.delete(key);
  }
}

/** In tags; what holds none counts as one. */
function sizeOf(answer: Answer): number {
  switch (answer.kind) {
    case 'tags':
      return 1 + answer.tags.length;
    case 'dated-tags':
      return 1 + answer.tags.length + answer.dropped.length;
    case 'digest':
    case 'labels':
      return 1;
  }
}
