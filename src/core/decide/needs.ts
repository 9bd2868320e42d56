/** The distinct questions that a cycle has for registries. */
import type { TagList } from '../version/tag-list.ts';
import type { TrackedImage } from '../config/annotations.ts';
import type { TagFilter } from '../version/filter.ts';
import type { Digest, ImageRef } from '../image/image.ts';
import { type EndpointTable, endpointFor } from '../registries/registries.ts';
import type { RegistryEndpoint } from '../registries/endpoint.ts';
import type { SecretSource } from '../config/keys/secret-source.ts';
import type { BuildDateSource } from '../version/build-date.ts';
import type { Question } from './case.ts';
import type { DatedTag } from '../version/build-date.ts';
import { optionalProperty } from '../base/optional-property.ts';

export type RegistryQuery =
  | { readonly kind: 'tags' }
  /** Tags that pass the filter, each with its build date. */
  | {
      readonly kind: 'dated-tags';
      readonly filter: TagFilter;
      readonly platforms: readonly string[];
      /** Absent: whichever date is plausible. */
      readonly buildDate?: BuildDateSource;
    }
  | { readonly kind: 'digest'; readonly tag: string; readonly platforms: readonly string[] }
  /** Labels of an image's config, where a message template wants them. */
  | {
      readonly kind: 'labels';
      readonly tag: string;
      readonly digest?: Digest;
      readonly platforms: readonly string[];
    };

export interface ImageNeed {
  /** Equal keys are one question. */
  readonly key: string;
  readonly endpoint: RegistryEndpoint;
  /** Repository for the API, default namespace included: `library/nginx`. */
  readonly repository: string;
  /** Of the image; absent: those of the endpoint, else anonymous. */
  readonly credentials?: SecretSource;
  readonly query: RegistryQuery;
}

/** A tag that is a fact but no candidate, and why. */
export interface DroppedTag {
  readonly tag: string;
  readonly reason: string;
}

export type Answer =
  | { readonly kind: 'tags'; readonly tags: TagList }
  | {
      readonly kind: 'dated-tags';
      /** All tags of the repository, before filters. */
      readonly listed: number;
      readonly tags: readonly DatedTag[];
      readonly dropped: readonly DroppedTag[];
      /** Why an image was left out that may be the newest. */
      readonly doubt?: string;
      /** Admitted tags that were newer than all of these when they were listed last. */
      readonly lost?: readonly string[];
      /** The dates are made from the order of the list. */
      readonly isPositional?: true;
    }
  /** `digest` null: the tag does not exist, or has no wanted platform (`reason` says which). */
  | { readonly kind: 'digest'; readonly digest: Digest | null; readonly reason?: string }
  | { readonly kind: 'labels'; readonly labels: Readonly<Record<string, string>> };

/** Where an image is asked for. */
export function repositoryOf(
  { ref }: TrackedImage,
  endpoints: EndpointTable,
): Pick<ImageNeed, 'endpoint' | 'repository'> {
  return endpointFor(endpoints, ref);
}

/** The question whose answer decides this image. */
export function needOf(image: TrackedImage, endpoints: EndpointTable): ImageNeed {
  return needFor(image.ref, image.credentials, queryOf(image), endpoints);
}

/** The question for the digest of a candidate, which has none if it is not there, or not for a wanted platform. */
export function candidateNeedOf(
  image: TrackedImage,
  { candidate, checksPlatform }: Question,
  endpoints: EndpointTable,
): ImageNeed {
  const platforms = checksPlatform ? image.platforms : [];
  const query = { kind: 'digest', tag: candidate.tag ?? '', platforms } as const;
  return needFor(image.ref, image.credentials, query, endpoints);
}

/** The question for the labels of a chosen image. */
export function labelsNeedOf(image: TrackedImage, chosen: ImageRef, endpoints: EndpointTable): ImageNeed {
  const query: RegistryQuery = {
    kind: 'labels',
    tag: chosen.tag ?? '',
    ...(chosen.digest === undefined ? {} : { digest: chosen.digest }),
    platforms: image.platforms,
  };
  return needFor(image.ref, image.credentials, query, endpoints);
}

function needFor(
  ref: ImageRef,
  credentials: SecretSource | undefined,
  query: RegistryQuery,
  endpoints: EndpointTable,
): ImageNeed {
  const { endpoint, repository } = endpointFor(endpoints, ref);
  const key = JSON.stringify([endpoint, repository, credentials ?? null, query]);
  return { key, endpoint, repository, query, ...(credentials === undefined ? {} : { credentials }) };
}

function queryOf({ strategy, filter, platforms, buildDate }: TrackedImage): RegistryQuery {
  switch (strategy.kind) {
    case 'semver':
    case 'numeric':
    case 'alphabetical':
      return { kind: 'tags' };
    case 'newest-build':
      return { kind: 'dated-tags', filter, platforms, ...optionalProperty('buildDate', buildDate) };
    case 'digest':
      return { kind: 'digest', tag: strategy.tag, platforms };
  }
}
