/** Versions under the rules of strategy semver: their order, and which of them are wanted. */
import { satisfies } from '../version/constraint.ts';
import { isAdmittedBy, releaseOf } from '../version/prerelease.ts';
import { compareVersions, type Version } from '../version/version.ts';
import { compareVariants, type TagReading, type VersionedTag } from './reading.ts';
import { compareTags } from './selection.ts';
import type { SemverStrategy } from './strategy.ts';

/** By version, then by the digits of the variant; two spellings of one version are equal. */
export function compareVersioned(a: VersionedTag, b: VersionedTag): number {
  return compareVersions(a.version, b.version) || compareVariants(a, b);
}

export function laterVersion(known: VersionedTag | undefined, other: VersionedTag): VersionedTag {
  if (known === undefined) return other;
  return (compareVersioned(other, known) || compareTags(other, known)) > 0 ? other : known;
}

const strictPattern = /^v?(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:[-+]|$)/;

/** The rule of the reading that leaves a version out, whatever the constraint says. */
export function exclusion({ version }: VersionedTag, reading: TagReading | undefined): string | undefined {
  if (reading === undefined) return undefined;
  if (reading.isStrict === true && !strictPattern.test(version.original)) return 'not three numbers';
  const isWanted = reading.prerelease === undefined || isAdmittedBy(reading.prerelease, version);
  return isWanted ? undefined : 'a pre-release';
}

/** True if the constraint takes the version; one whose pre-release is listed counts as the release it comes before. */
export function isWithin({ constraint, reading }: SemverStrategy, version: Version): boolean {
  if (constraint === undefined) return true;
  const isListed = reading?.prerelease !== undefined && reading.prerelease !== 'deny';
  return satisfies(constraint, isListed ? releaseOf(version) : version);
}

/** A pre-release that was admitted before: what runs, and is not wanted any more, is no reason for a step back. */
export function isUnwantedPrerelease(strategy: SemverStrategy, versioned: VersionedTag): boolean {
  const { constraint, reading } = strategy;
  if (reading?.prerelease === undefined || isAdmittedBy(reading.prerelease, versioned.version)) return false;
  const forms = [versioned.version, releaseOf(versioned.version)];
  return constraint === undefined || forms.some((version) => satisfies(constraint, version));
}
