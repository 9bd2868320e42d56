/** One cycle's questions to registries: each distinct one is asked once. */
import type { RegistryCycle } from '../ports/registry.ts';
import type { Answer, ImageNeed } from '../core/needs.ts';
import { Failed } from '../core/base/outcome.ts';
import { type AccessOptions, accessKey, RepositoryAccess } from './access/access.ts';
import type { CycleCredentials } from './access/credentials.ts';
import { dateTags } from './image/dated-tags.ts';
import { answerDigest, answerLabels } from './image/digest-answer.ts';
import { describeWait } from '../core/base/duration.ts';
import { registryFailed } from './access/error.ts';
import type { ImageFacts } from './image/facts.ts';
import { SharedWork } from '../net/flight.ts';
import { ImageReader } from './image/image-reader.ts';
import type { Quirks } from './image/known-hosts.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { listTags } from './tags.ts';

export interface CycleOptions {
  readonly access: AccessOptions;
  readonly facts: ImageFacts;
  readonly quirks: Quirks;
  readonly credentials: CycleCredentials;
  readonly longAnswers: OneAtATime;
  readonly tagTtlMs: number;
}

/** A longer list is not kept for another question of the same cycle: it would be listed again, which hardly happens. */
const tagsKept = 100_000;

/** Clocks may ring a moment early. */
const shortestLookMs = 10;

interface Repository {
  readonly access: RepositoryAccess;
  readonly reader: ImageReader;
}

export class HttpRegistryCycle implements RegistryCycle {
  readonly #options: CycleOptions;
  readonly #repositories = new Map<string, Repository>();
  readonly #listings = new SharedWork<readonly string[]>('results');
  readonly #answers = new SharedWork<Answer>('results');

  constructor(options: CycleOptions) {
    this.#options = options;
  }

  async answer(need: ImageNeed, signal: AbortSignal): Promise<Answer> {
    try {
      const answer = await this.#answers.run(need.key, signal, (shared) => this.#askInTime(need, shared));
      if ('tags' in answer && answer.tags.length > tagsKept) this.#answers.drop(need.key);
      return answer;
    } catch (error) {
      if (!signal.aborted || isCancelled(error)) throw error;
      const { access } = this.#repository(need);
      throw registryFailed(access.purpose({ action: 'ask about' }), 'cancelled', 'cancelled');
    }
  }

  /** Late is only what was worked on for too long: waiting for one's turn is no lateness. */
  async #askInTime(need: ImageNeed, signal: AbortSignal): Promise<Answer> {
    const { limits } = this.#options.access;
    const { access } = this.#repository(need);
    const late = new AbortController();
    const cancel = this.#abortWhenLate(access, late);
    try {
      return await this.#ask(need, AbortSignal.any([signal, late.signal]));
    } catch (error) {
      if (!late.signal.aborted || signal.aborted) throw error;
      const detail = `not finished within ${describeWait(limits.questionTimeoutMs)}; the next cycle goes on with what is known`;
      throw registryFailed(access.purpose({ action: 'ask about' }), 'timeout', detail);
    } finally {
      cancel();
      if (!signal.aborted) access.finished();
    }
  }

  #abortWhenLate(access: RepositoryAccess, late: AbortController): () => void {
    const { clock, limits } = this.#options.access;
    const stopwatch = access.stopwatch();
    const lateAtMs = stopwatch.activeMs() + limits.questionTimeoutMs;
    let cancel = (): void => undefined;
    const look = (): void => {
      const leftMs = lateAtMs - stopwatch.activeMs();
      if (leftMs > 0) cancel = clock.after(Math.max(leftMs, shortestLookMs), look);
      else late.abort(new Error('late'));
    };
    look();
    return () => cancel();
  }

  async #ask(need: ImageNeed, signal: AbortSignal): Promise<Answer> {
    const { access, reader } = this.#repository(need);
    const { query } = need;
    switch (query.kind) {
      case 'tags':
        return { kind: 'tags', tags: await this.#list(access, signal) };
      case 'dated-tags': {
        const { clock } = this.#options.access;
        const { facts, tagTtlMs } = this.#options;
        const source = { clock, facts, access, reader, tagTtlMs };
        return await dateTags(source, query, await this.#list(access, signal), signal);
      }
      case 'digest':
        return await answerDigest(reader, query, signal);
      case 'labels':
        return await answerLabels(access, reader, query, signal);
    }
  }

  /** Strategies that list share one listing, whatever they do with it. */
  async #list(access: RepositoryAccess, signal: AbortSignal): Promise<readonly string[]> {
    const { limits } = this.#options.access;
    const { longAnswers, quirks } = this.#options;
    const options = { limits, longAnswers, sizeless: quirks.sizeless };
    const tags = await this.#listings.run(access.key, signal, (shared) => listTags(access, options, shared));
    if (tags.length > tagsKept) this.#listings.drop(access.key);
    return tags;
  }

  #repository(need: ImageNeed): Repository {
    const key = accessKey(need);
    const known = this.#repositories.get(key);
    if (known !== undefined) return known;
    const { access: shared, credentials, facts, quirks } = this.#options;
    const access = new RepositoryAccess(shared, credentials, need);
    const reader = new ImageReader({ access, facts, limits: shared.limits, quirks });
    this.#repositories.set(key, { access, reader });
    return { access, reader };
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof Failed && error.failure.kind === 'registry' && error.failure.code === 'cancelled';
}
