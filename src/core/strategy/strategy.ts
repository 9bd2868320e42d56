/** The four update strategies: how the newest allowed tag is chosen. */
import { type Constraint, satisfies, spellingAgreement } from '../version/constraint.ts';
import { compareInstants, type Instant } from '../version/instant.ts';
import type { DatedTag } from '../version/build-date.ts';
import { countDoubt, prereleaseDoubt, textOrderDoubt, tieDoubt, type VersionedTag } from './doubt.ts';
import { optionalProperty } from '../base/optional-property.ts';
import { concluded, inPieces } from '../base/pieces.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { compareVersions, parseVersion } from '../version/version.ts';

export { compareInstants, type Instant, parseInstant } from '../version/instant.ts';

export type Strategy =
  | { readonly kind: 'semver'; readonly constraint?: Constraint }
  | { readonly kind: 'newest-build' }
  | { readonly kind: 'alphabetical' }
  | { readonly kind: 'digest'; readonly tag: string };

/** A tag that passed the filters. */
export interface Candidate {
  readonly tag: string;
  /** Build date; newest-build cannot order a candidate without one. */
  readonly created?: Instant;
  /** Of its manifest: tells whether two tags are one image. */
  readonly digest?: string;
}

export type Selection =
  | {
      readonly kind: 'chosen';
      readonly tag: string;
      /** Tags that the strategy cannot order: no version, no date, not the followed tag. */
      readonly unparsed: readonly string[];
      /** Versions outside the constraint. */
      readonly unsatisfied: readonly string[];
      /** A tag that people would have chosen instead, and why it is not. */
      readonly doubt?: string;
      /** Set where the running tag is chosen because nothing tells which of several images is the newest. */
      readonly tie?: string;
    }
  /** Nothing to order: the image stays as it is. */
  | { readonly kind: 'none-left'; readonly unparsed: readonly string[] }
  /** There are versions, but none that the constraint admits. */
  | {
      readonly kind: 'none-satisfies';
      readonly unparsed: readonly string[];
      readonly unsatisfied: readonly string[];
    };

/** What runs at the moment, as far as it is known. */
export interface Running {
  readonly tag?: string;
  readonly digest?: string;
}

const strategyNames: ReadonlyMap<string, Strategy['kind']> = new Map<string, Strategy['kind']>([
  ['', 'semver'],
  ['semver', 'semver'],
  ['newest-build', 'newest-build'],
  ['latest', 'newest-build'], // `latest` and `name` are older names
  ['alphabetical', 'alphabetical'],
  ['name', 'alphabetical'],
  ['digest', 'digest'],
]);

/** Trimmed, in any case; "" is semver. undefined: no strategy has that name. */
export function parseStrategyName(value: string): Strategy['kind'] | undefined {
  return strategyNames.get(value.trim().toLowerCase());
}

/**
 * Chooses the newest of the candidates, be it older than what runs: only equality is ever tested (images.md 5.1).
 * Fails (config) where the semver strategy finds versions, but the running tag is none.
 */
export function selectTag(
  strategy: Strategy,
  candidates: readonly Candidate[],
  current: Running | undefined,
): Outcome<Selection> {
  return concluded(selecting(strategy, candidates, current));
}

/** The same in pieces: a repository may have a million tags. */
export function* selecting(
  strategy: Strategy,
  candidates: readonly Candidate[],
  current: Running | undefined,
): Generator<undefined, Outcome<Selection>> {
  switch (strategy.kind) {
    case 'semver':
      return yield* selectVersion(strategy.constraint, candidates, current?.tag);
    case 'newest-build':
      return succeed(yield* selectNewestBuild(candidates, current?.tag));
    case 'alphabetical':
      return succeed(yield* selectLastText(candidates));
    case 'digest': {
      const followed = candidates.filter((candidate) => candidate.tag === strategy.tag);
      const others = candidates.filter((candidate) => candidate.tag !== strategy.tag);
      return succeed(chooseLast(followed, compareTags, tagsOf(others)));
    }
  }
}

/** True if a strategy could have chosen the tag: with which of several running ones an image goes on. */
export function mayFollow(strategy: Strategy, tag: string): boolean {
  switch (strategy.kind) {
    case 'semver': {
      const version = parseVersion(tag);
      if (version === undefined) return false;
      return strategy.constraint === undefined || satisfies(strategy.constraint, version);
    }
    case 'digest':
      return tag === strategy.tag;
    case 'newest-build':
    case 'alphabetical':
      return true;
  }
}

interface Tagged {
  readonly tag: string;
}

function* selectVersion(
  constraint: Constraint | undefined,
  candidates: readonly Candidate[],
  currentTag: string | undefined,
): Generator<undefined, Outcome<Selection>> {
  const unparsed: string[] = [];
  const unsatisfied: string[] = [];
  // Texts only: a million parsed versions do not fit into memory.
  const admitted: string[] = [];
  let newest: VersionedTag | undefined;
  let release: VersionedTag | undefined;
  yield* inPieces(candidates, ({ tag }) => {
    const version = parseVersion(tag);
    if (version === undefined) return void unparsed.push(tag);
    if (constraint !== undefined && !satisfies(constraint, version)) return void unsatisfied.push(tag);
    admitted.push(tag);
    const versioned = { tag, version };
    newest = laterVersion(newest, versioned);
    if (version.prerelease === '') release = laterVersion(release, versioned);
  });

  if (unparsed.length === candidates.length) return succeed({ kind: 'none-left', unparsed });
  const current = currentTag === undefined || currentTag === '' ? undefined : versionedTag(currentTag);
  if (current === null) {
    return fail(
      configFailure(`running tag ${quoted(currentTag ?? '')}: not a version, which strategy semver needs`),
    );
  }
  if (newest === undefined) return succeed({ kind: 'none-satisfies', unparsed, unsatisfied });
  const running = current !== undefined && admitted.includes(current.tag) ? current : undefined;
  const tag = keepsSpelling(newest, running, constraint) ? running.tag : newest.tag;
  const doubt =
    (yield* countDoubt(newest, admitted)) ??
    (constraint === undefined ? prereleaseDoubt(newest, release, current) : undefined);
  return succeed({ kind: 'chosen', tag, unparsed, unsatisfied, ...optionalProperty('doubt', doubt) });
}

/** null: the text is no version. */
function versionedTag(tag: string): VersionedTag | null {
  const version = parseVersion(tag);
  return version === undefined ? null : { tag, version };
}

function laterVersion(known: VersionedTag | undefined, other: VersionedTag): VersionedTag {
  if (known === undefined) return other;
  return (compareVersions(other.version, known.version) || compareTags(other, known)) > 0 ? other : known;
}

/**
 * Of several spellings of one version (`1.0`, `v1.0.0`) the running one stays (images.md 11-21), unless the
 * constraint itself spells the version as the last one by text does.
 */
function keepsSpelling(
  newest: VersionedTag,
  running: VersionedTag | undefined,
  constraint: Constraint | undefined,
): running is VersionedTag {
  if (running === undefined || compareVersions(newest.version, running.version) !== 0) return false;
  if (constraint === undefined) return true;
  return spellingAgreement(constraint, newest.version) <= spellingAgreement(constraint, running.version);
}

function* selectNewestBuild(
  candidates: readonly Candidate[],
  currentTag: string | undefined,
): Generator<undefined, Selection> {
  const undated: string[] = [];
  let tied: DatedTag[] = [];
  yield* inPieces(candidates, ({ tag, created, digest }) => {
    if (created === undefined) return void undated.push(tag);
    const dated = { tag, created, ...optionalProperty('digest', digest) };
    const difference = tied[0] === undefined ? 1 : compareInstants(created, tied[0].created);
    if (difference > 0) tied = [dated];
    else if (difference === 0) tied.push(dated);
  });
  const last = chooseLast(tied, compareTags, undated);
  return last.kind === 'chosen' ? { ...last, ...settleTie(tied, last.tag, currentTag) } : last;
}

/** Different images of one date: what runs stays, and where none of them runs the text decides, with a doubt. */
function settleTie(
  tied: readonly DatedTag[],
  last: string,
  currentTag: string | undefined,
): { readonly tag?: string; readonly tie?: string; readonly doubt?: string } {
  const digests = new Set(tied.map(({ digest }) => digest).filter((digest) => digest !== undefined));
  if (digests.size < 2 || currentTag === last) return {};
  const tie = tieDoubt(tied, digests.size);
  const digestOf = (tag: string) => tied.find((each) => each.tag === tag)?.digest;
  const running = currentTag === undefined ? undefined : digestOf(currentTag);
  if (currentTag === undefined || running === undefined) return { doubt: tie };
  return running === digestOf(last) ? {} : { tag: currentTag, tie };
}

function* selectLastText(candidates: readonly Candidate[]): Generator<undefined, Selection> {
  let last: Candidate | undefined;
  yield* inPieces(candidates, (candidate) => {
    if (last === undefined || compareTags(candidate, last) > 0) last = candidate;
  });
  if (last === undefined) return { kind: 'none-left', unparsed: [] };
  const doubt = yield* textOrderDoubt(last.tag, tagsOf(candidates));
  const { tag } = last;
  return { kind: 'chosen', tag, unparsed: [], unsatisfied: [], ...optionalProperty('doubt', doubt) };
}

function chooseLast<T extends Tagged>(
  candidates: readonly T[],
  compare: (a: T, b: T) => number,
  unparsed: readonly string[],
): Selection {
  const last = lastOf(candidates, compare);
  if (last === undefined) return { kind: 'none-left', unparsed };
  return { kind: 'chosen', tag: last.tag, unparsed, unsatisfied: [] };
}

function lastOf<T>(items: readonly T[], compare: (a: T, b: T) => number): T | undefined {
  let last: T | undefined;
  for (const item of items) if (last === undefined || compare(item, last) > 0) last = item;
  return last;
}

/** By code unit, as Go compares the bytes of a tag. */
function compareTags(a: Tagged, b: Tagged): number {
  if (a.tag === b.tag) return 0;
  return a.tag < b.tag ? -1 : 1;
}

function tagsOf(candidates: readonly Candidate[]): readonly string[] {
  return candidates.map((candidate) => candidate.tag);
}
