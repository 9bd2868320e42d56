/** What a strategy says of tags without a list: which of two is the newer one, and which it could choose. */
import type { Outcome } from '../base/outcome.ts';
import {
  numberReader,
  type Reader,
  type Spelling,
  spellingReader,
  type VersionedTag,
  versionReader,
} from './reading.ts';
import { compareTexts } from './selection.ts';
import { compareNumbered, compareSpelled } from './spellings.ts';
import type { SemverStrategy, Strategy } from './strategy.ts';
import { compareVersioned, exclusion, isUnwantedPrerelease, isWithin } from './versions.ts';

/** Positive: the first is the newer one. Undefined where nothing tells: no version, or more than tags orders them. */
type TagOrder = (tag: string, other: string) => number | undefined;

/** Made once for many tags. `remembers`: what was read of each tag is kept, for a sort. */
export function tagOrder(strategy: Strategy, remembers = false): TagOrder {
  switch (strategy.kind) {
    case 'semver':
      return orderBy(versionReader(strategy.reading), compareVersioned, remembers);
    case 'numeric':
      return orderBy(numberReader(strategy.reading), compareNumbered, remembers);
    case 'alphabetical':
      if (strategy.reading === undefined) return compareTexts;
      return orderBy(spellingReader(strategy.reading), compareSpelled, remembers);
    case 'newest-build':
    case 'digest':
      return () => undefined;
  }
}

function orderBy<Read extends Pick<Spelling, 'variant'>>(
  reader: Outcome<Reader<Read>>,
  compare: (a: Read, b: Read) => number,
  remembers: boolean,
): TagOrder {
  if (!reader.ok) return () => undefined;
  const read = remembers ? remembering(reader.value) : reader.value;
  return (tag, other) => {
    const [a, b] = [read(tag), read(other)];
    if (typeof a === 'string' || typeof b === 'string') return undefined;
    return a.variant?.name === b.variant?.name ? compare(a, b) : undefined;
  };
}

function remembering<Read>(reader: Reader<Read>): Reader<Read> {
  const known = new Map<string, Read | string>();
  return (tag) => {
    const found = known.get(tag) ?? reader(tag);
    known.set(tag, found);
    return found;
  };
}

/** True if a strategy could have chosen the tag: with which of several running ones an image goes on. */
export function mayFollow(strategy: Strategy, tag: string): boolean {
  return follower(strategy)(tag);
}

/** The same for many tags. */
export function follower(strategy: Strategy): (tag: string) => boolean {
  switch (strategy.kind) {
    case 'semver':
      return readable(versionReader(strategy.reading), (versioned) => isWanted(strategy, versioned));
    case 'numeric':
      return readable(numberReader(strategy.reading));
    case 'digest':
      return (tag) => tag === strategy.tag;
    case 'alphabetical':
      return strategy.reading === undefined ? () => true : readable(spellingReader(strategy.reading));
    case 'newest-build':
      return () => true;
  }
}

function isWanted(strategy: SemverStrategy, versioned: VersionedTag): boolean {
  return exclusion(versioned, strategy.reading) === undefined && isWithin(strategy, versioned.version);
}

function readable<Read extends object>(
  reader: Outcome<Reader<Read>>,
  isFit: (read: Read) => boolean = () => true,
): (tag: string) => boolean {
  if (!reader.ok) return () => false;
  return (tag) => {
    const read = reader.value(tag);
    return typeof read !== 'string' && isFit(read);
  };
}

/** True for a running pre-release that is not wanted any more: it stays until something newer is (WF-12). */
export function isOutgrown(strategy: Strategy, tag: string): boolean {
  if (strategy.kind !== 'semver') return false;
  return readable(versionReader(strategy.reading), (versioned) => isUnwantedPrerelease(strategy, versioned))(
    tag,
  );
}

/** True if strategy semver finds no version in the tag. */
export function isStrange(strategy: Strategy, tag: string): boolean {
  return strategy.kind === 'semver' && !readable(versionReader(strategy.reading))(tag);
}
