/** What is known for ever about manifests, by digest, and which digest each tag had when last asked. */
import { LRUCache } from 'lru-cache';
import type { Digest } from '../../core/image/image.ts';
import type { Instant } from '../../core/version/instant.ts';
import type { IndexEntry } from './manifest.ts';

export type ManifestFact =
  /** `created` null: the config holds no date. `noted`: the date in the manifest's annotations, else in the labels. */
  | {
      readonly kind: 'image';
      readonly platform: string;
      readonly created: Instant | null;
      readonly noted?: Instant;
    }
  | { readonly kind: 'index'; readonly entries: readonly IndexEntry[]; readonly noted?: Instant }
  | { readonly kind: 'unusable'; readonly reason: string };

export interface KnownTag {
  readonly digest: Digest;
  readonly checkedAtMs: number;
  /** The registry lists the tag and has no manifest for it, for the first time. */
  readonly isMissing?: true;
  /** It is asked again after this time; 0: in every cycle; absent: as its name suggests. */
  readonly everyMs?: number;
  /** Checks in a row that found it where it was. */
  readonly steady?: number;
}

export type KnownTags = ReadonlyMap<string, KnownTag>;

/** Everything worth keeping across restarts, as plain data. */
export interface FactsSnapshot {
  readonly manifests: readonly (readonly [Digest, ManifestFact])[];
  readonly tags: readonly (readonly [string, readonly (readonly [string, KnownTag])[]])[];
}

/** Rough bytes of all facts; the least recently used go first. */
const maxFactBytes = 32 * 1024 * 1024;
const maxKnownTags = 500_000;

/** Facts are true by themselves (a digest names its content), so all repositories and credentials share them. */
export class ImageFacts {
  readonly #manifests = new LRUCache<Digest, ManifestFact>({
    maxSize: maxFactBytes,
    sizeCalculation: sizeOf,
  });
  readonly #tags = new LRUCache<string, KnownTags>({
    maxSize: maxKnownTags,
    sizeCalculation: (tags) => tags.size + 1,
  });
  #isChanged = false;
  readonly #onLook: (isKnown: boolean) => void;

  /** `onLook`: told whether what is looked for is known. */
  constructor(onLook: (isKnown: boolean) => void = () => undefined) {
    this.#onLook = onLook;
  }

  get(digest: Digest): ManifestFact | undefined {
    const fact = this.#manifests.get(digest);
    this.#onLook(fact !== undefined);
    return fact;
  }

  /** Nothing is known at all. */
  get isEmpty(): boolean {
    return this.#manifests.size === 0;
  }

  set(digest: Digest, fact: ManifestFact): void {
    this.#manifests.set(digest, fact);
    this.#isChanged = true;
  }

  /** Tags of one repository as seen through one access (its key). */
  tags(accessKey: string): KnownTags {
    return this.#tags.get(accessKey) ?? new Map();
  }

  setTags(accessKey: string, tags: KnownTags): void {
    if (!isSameForUse(this.tags(accessKey), tags)) this.#isChanged = true;
    this.#tags.set(accessKey, tags);
  }

  /** What there is to save since the last call; absent: nothing new. */
  takeChanges(): FactsSnapshot | undefined {
    if (!this.#isChanged) return undefined;
    this.#isChanged = false;
    return {
      // Oldest first, so that loading them in order restores which was used last.
      manifests: this.#manifests
        .dump()
        .map(([digest, { value }]) => [digest, value] as const)
        .toReversed(),
      tags: this.#tags
        .dump()
        .map(([key, { value }]) => [key, [...value]] as const)
        .toReversed(),
    };
  }

  load({ manifests, tags }: FactsSnapshot): void {
    for (const [digest, fact] of manifests) this.#manifests.set(digest, fact);
    for (const [key, known] of tags) this.#tags.set(key, new Map(known));
  }
}

/** A file that differs only in when tags were asked for, and how often in vain, is not worth writing. */
function isSameForUse(before: KnownTags, after: KnownTags): boolean {
  if (before.size !== after.size) return false;
  for (const [tag, { digest, isMissing, everyMs }] of after) {
    const known = before.get(tag);
    if (known?.digest !== digest || known.isMissing !== isMissing) return false;
    if ((known.everyMs ?? everyMs) !== everyMs) return false;
  }
  return true;
}

function sizeOf(fact: ManifestFact): number {
  return fact.kind === 'index' ? 200 + 200 * fact.entries.length : 300;
}
