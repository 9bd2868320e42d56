/** One cycle's questions to registries: each distinct one is asked once. */
import type { RegistryCycle } from '../ports/registry.ts';
import type { Answer, ImageNeed } from '../core/decide/needs.ts';
import { Failed } from '../core/base/outcome.ts';
import { accessKey } from './access/access.ts';
import { registryFailed } from './requests/error.ts';
import { isLong, type TagList } from '../core/version/tag-list.ts';
import { SharedWork } from '../net/flight.ts';
import { inQuestionTime } from './question-time.ts';
import { AskedRepository, type RepositoryOptions } from './repository.ts';

export class HttpRegistryCycle implements RegistryCycle {
  readonly #options: RepositoryOptions;
  readonly #repositories = new Map<string, AskedRepository>();
  readonly #listings = new SharedWork<TagList>('results');
  readonly #answers = new SharedWork<Answer>('results');

  constructor(options: RepositoryOptions) {
    this.#options = options;
  }

  async answer(need: ImageNeed, signal: AbortSignal): Promise<Answer> {
    const repository = this.#repository(need);
    try {
      const answer = await this.#answers.run(need.key, signal, (shared) =>
        inQuestionTime(repository.access, this.#options.access, shared, (limited) =>
          repository.answer(need.query, () => this.#list(repository, limited), limited),
        ),
      );
      // not kept for another question of the same cycle: it would be listed again, which hardly happens
      if (answer.kind === 'tags' && isLong(answer.tags)) this.#answers.drop(need.key);
      return answer;
    } catch (error) {
      if (!signal.aborted || isCancelled(error)) throw error;
      const purpose = repository.access.purpose({ action: 'ask about' });
      throw registryFailed(purpose, 'cancelled', 'cancelled');
    }
  }

  /** Strategies that list share one listing, whatever they do with it. */
  async #list(repository: AskedRepository, signal: AbortSignal): Promise<TagList> {
    const { key } = repository.access;
    const tags = await this.#listings.run(key, signal, (shared) => repository.listTags(shared));
    if (isLong(tags)) this.#listings.drop(key);
    return tags;
  }

  #repository(need: ImageNeed): AskedRepository {
    const key = accessKey(need);
    const known = this.#repositories.get(key);
    if (known !== undefined) return known;
    const repository = new AskedRepository(this.#options, need);
    this.#repositories.set(key, repository);
    return repository;
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof Failed && error.failure.kind === 'registry' && error.failure.code === 'cancelled';
}
