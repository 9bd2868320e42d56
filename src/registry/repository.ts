/** One repository within a cycle: who may ask there, and how each kind of question is answered. */
import type { Answer, ImageNeed, RegistryQuery } from '../core/decide/needs.ts';
import type { AccessOptions } from './access/shared.ts';
import { RepositoryAccess } from './access/access.ts';
import type { CycleCredentials } from './access/credentials.ts';
import { dateTags } from './dating/dated-tags.ts';
import { answerDigest, answerLabels } from './image/digest-answer.ts';
import type { ImageFacts } from './image/facts.ts';
import { ImageReader } from './image/image-reader.ts';
import type { Quirks } from './image/known-hosts.ts';
import type { OneAtATime } from '../core/base/one-at-a-time.ts';
import type { TagList } from '../core/version/tag-list.ts';
import { listTags } from './tags.ts';

export interface RepositoryOptions {
  readonly access: AccessOptions;
  readonly facts: ImageFacts;
  readonly quirks: Quirks;
  readonly credentials: CycleCredentials;
  readonly largeManifests: OneAtATime;
  readonly tagTtlMs: number;
}

export class AskedRepository {
  readonly access: RepositoryAccess;
  readonly #reader: ImageReader;
  readonly #options: RepositoryOptions;

  constructor(options: RepositoryOptions, need: ImageNeed) {
    const { access: shared, credentials, facts, quirks, largeManifests } = options;
    this.#options = options;
    this.access = new RepositoryAccess(shared, credentials, need);
    this.#reader = new ImageReader({
      access: this.access,
      facts,
      limits: shared.limits,
      quirks,
      largeManifests,
    });
  }

  listTags(signal: AbortSignal): Promise<TagList> {
    const { access: shared, quirks } = this.#options;
    const { clock, limits, inFlight } = shared;
    return listTags(this.access, { clock, limits, inFlight, sizeless: quirks.sizeless }, signal);
  }

  /** `list` gives the tags to those who need them, so that one listing serves several questions. */
  async answer(query: RegistryQuery, list: () => Promise<TagList>, signal: AbortSignal): Promise<Answer> {
    const { access } = this;
    const reader = this.#reader;
    switch (query.kind) {
      case 'tags':
        return { kind: 'tags', tags: await list() };
      case 'dated-tags': {
        const { facts, tagTtlMs } = this.#options;
        const { clock } = this.#options.access;
        return await dateTags({ clock, facts, access, reader, tagTtlMs }, query, await list(), signal);
      }
      case 'digest':
        return await answerDigest(reader, query, signal);
      case 'labels':
        return await answerLabels(access, reader, query, signal);
    }
  }
}
