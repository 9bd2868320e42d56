/** Strategy semver: the highest version. */
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { optionalProperty } from '../base/optional-property.ts';
import { inPieces } from '../base/pieces.ts';
import { quoted } from '../base/quoted.ts';
import { spellingAgreement } from '../version/constraint.ts';
import { countDoubt, prereleaseDoubt } from './doubt.ts';
import { notAVersion, type Reader, type VersionedTag, versionReader } from './reading.ts';
import { type Candidate, LeftOutTags, type Running, type Selection } from './selection.ts';
import type { SemverStrategy } from './strategy.ts';
import { compareVersioned, exclusion, isWithin, laterVersion } from './versions.ts';
import { variantRule, wantedVariant } from './wanted-variant.ts';

export function* selectVersion(
  strategy: SemverStrategy,
  candidates: readonly Candidate[],
  running: Running | undefined,
): Generator<undefined, Outcome<Selection>> {
  const reader = versionReader(strategy.reading);
  if (!reader.ok) return reader;
  const read = reader.value;
  const currentTag = running?.tag;
  const variant = wantedVariant(strategy.reading, read, running);
  if (!variant.ok) return variant;
  const { unparsed, leftOut, unsatisfied, admitted, newest, release } = yield* sift(
    strategy,
    candidates,
    read,
    variant.value,
  );
  const dropped = { unparsed, ...leftOut.found() };
  if (unparsed.length + leftOut.count === candidates.length)
    return succeed({ kind: 'none-left', ...dropped });
  const current = currentTag === undefined || currentTag === '' ? undefined : read(currentTag);
  if (typeof current === 'string') {
    return fail(
      configFailure(`running tag ${quoted(currentTag ?? '')}: ${current}, which strategy semver needs`),
    );
  }
  if (newest === undefined) return succeed({ kind: 'none-satisfies', ...dropped, unsatisfied });
  const listed = current !== undefined && admitted.includes(current.tag) ? current : undefined;
  const tag = keepsSpelling(newest, listed, strategy) ? listed.tag : newest.tag;
  const doubt =
    (yield* countDoubt(newest, admitted, read)) ??
    (saysNothingOfPrereleases(strategy) ? prereleaseDoubt(newest, release, current) : undefined);
  return succeed({ kind: 'chosen', tag, ...dropped, unsatisfied, ...optionalProperty('doubt', doubt) });
}

interface Sifted {
  readonly unparsed: string[];
  readonly leftOut: LeftOutTags;
  readonly unsatisfied: string[];
  /** Texts only: a million parsed versions do not fit into memory. */
  readonly admitted: string[];
  newest?: VersionedTag;
  release?: VersionedTag;
}

function* sift(
  strategy: SemverStrategy,
  candidates: readonly Candidate[],
  read: Reader<VersionedTag>,
  wanted: string | undefined,
): Generator<undefined, Sifted> {
  const sifted: Sifted = { unparsed: [], leftOut: new LeftOutTags(), unsatisfied: [], admitted: [] };
  yield* inPieces(candidates, ({ tag }) => {
    const versioned = read(tag);
    if (versioned === notAVersion) return void sifted.unparsed.push(tag);
    if (typeof versioned === 'string') return sifted.leftOut.add(versioned, tag);
    const rule = variantRule(versioned, wanted) ?? exclusion(versioned, strategy.reading);
    if (rule !== undefined) return sifted.leftOut.add(rule, tag);
    if (!isWithin(strategy, versioned.version)) return void sifted.unsatisfied.push(tag);
    sifted.admitted.push(tag);
    sifted.newest = laterVersion(sifted.newest, versioned);
    if (versioned.version.prerelease === '') sifted.release = laterVersion(sifted.release, versioned);
  });
  return sifted;
}

function saysNothingOfPrereleases({ constraint, reading }: SemverStrategy): boolean {
  return constraint === undefined && reading?.prerelease === undefined;
}

/**
 * Of several spellings of one version (`1.0`, `v1.0.0`) the running one stays (images.md 11-21), unless the
 * constraint itself spells the version as the last one by text does.
 */
function keepsSpelling(
  newest: VersionedTag,
  running: VersionedTag | undefined,
  { constraint }: SemverStrategy,
): running is VersionedTag {
  if (running === undefined || compareVersioned(newest, running) !== 0) return false;
  if (constraint === undefined) return true;
  return spellingAgreement(constraint, newest.version) <= spellingAgreement(constraint, running.version);
}
