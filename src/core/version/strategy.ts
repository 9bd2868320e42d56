/** The four update strategies: how the newest allowed tag is chosen. */
import { type Constraint, satisfies, spellingAgreement } from './constraint.ts';
import { compareInstants, type Instant } from './instant.ts';
import { countDoubt, type VersionedTag } from './doubt.ts';
import { optionalProperty } from '../base/optional-property.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { compareVersions, parseVersion } from './version.ts';

export { compareInstants, type Instant, parseInstant } from './instant.ts';

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
  switch (strategy.kind) {
    case 'semver':
      return selectVersion(strategy.constraint, candidates, current?.tag);
    case 'newest-build':
      return succeed(selectNewestBuild(candidates));
    case 'alphabetical':
      return succeed(chooseLast(candidates, compareTags, []));
    case 'digest': {
      const followed = candidates.filter((candidate) => candidate.tag === strategy.tag);
      const others = candidates.filter((candidate) => candidate.tag !== strategy.tag);
      return succeed(chooseLast(followed, compareTags, tagsOf(others)));
    }
  }
}

interface Tagged {
  readonly tag: string;
}

function selectVersion(
  constraint: Constraint | undefined,
  candidates: readonly Candidate[],
  currentTag: string | undefined,
): Outcome<Selection> {
  const unparsed: string[] = [];
  const unsatisfied: string[] = [];
  const admitted: VersionedTag[] = [];
  for (const { tag } of candidates) {
    const version = parseVersion(tag);
    if (version === undefined) unparsed.push(tag);
    else if (constraint !== undefined && !satisfies(constraint, version)) unsatisfied.push(tag);
    else admitted.push({ tag, version });
  }

  if (unparsed.length === candidates.length) return succeed({ kind: 'none-left', unparsed });
  if (currentTag !== undefined && currentTag !== '' && parseVersion(currentTag) === undefined) {
    return fail(
      configFailure(`running tag ${quoted(currentTag)}: not a version, which strategy semver needs`),
    );
  }
  const newest = lastOf(admitted, (a, b) => compareVersions(a.version, b.version) || compareTags(a, b));
  if (newest === undefined) return succeed({ kind: 'none-satisfies', unparsed, unsatisfied });
  const running = admitted.find(({ tag }) => tag === currentTag);
  const tag = keepsSpelling(newest, running, constraint) ? running.tag : newest.tag;
  const doubt = countDoubt(newest, admitted);
  return succeed({ kind: 'chosen', tag, unparsed, unsatisfied, ...optionalProperty('doubt', doubt) });
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

function selectNewestBuild(candidates: readonly Candidate[]): Selection {
  const dated: { readonly tag: string; readonly created: Instant }[] = [];
  const undated: string[] = [];
  for (const { tag, created } of candidates) {
    if (created === undefined) undated.push(tag);
    else dated.push({ tag, created });
  }
  return chooseLast(dated, (a, b) => compareInstants(a.created, b.created) || compareTags(a, b), undated);
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
