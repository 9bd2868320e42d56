/** What dating the tags of one repository works with. */
import type { Answer, RegistryQuery } from '../../core/decide/needs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RepositoryAccess } from '../access/access.ts';
import type { ImageFacts } from '../image/facts.ts';
import type { ImageReader } from '../image/image-reader.ts';

export type DatedTags = Extract<Answer, { kind: 'dated-tags' }>;
export type DatedQuery = Extract<RegistryQuery, { kind: 'dated-tags' }>;

export interface DatedTagsSource {
  readonly clock: Clock;
  readonly facts: ImageFacts;
  readonly access: RepositoryAccess;
  readonly reader: ImageReader;
  /** The longest that a tag goes unasked; 0: all are asked in every cycle. */
  readonly tagTtlMs: number;
}
