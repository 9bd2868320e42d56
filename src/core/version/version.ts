/** Versions as Masterminds/semver 3.4.0 reads them: lenient to parse, SemVer precedence to compare. */
import { SemVer } from 'semver';

/** A parsed version. Numbers are decimal texts without leading zeros, at most 2^64 - 1. */
export interface Version {
  /** The text it was parsed from: `v1.02`. */
  readonly original: string;
  readonly major: string;
  readonly minor: string;
  readonly patch: string;
  /** Identifiers behind the hyphen, joined by dots; "" for a release. */
  readonly prerelease: string;
  /** Identifiers behind the plus sign; takes no part in precedence. */
  readonly metadata: string;
  /** The same version for the package `semver`; absent where that one would lose digits or refuse the length. */
  readonly ordinary?: SemVer;
}

/** Source of a pattern: what may follow the hyphen or the plus sign, `rc.1`. */
export const identifiers = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const versionPattern = new RegExp(
  `^v?(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?(?:-(${identifiers}))?(?:\\+(${identifiers}))?$`,
);

const largestNumber = 2n ** 64n - 1n; // Go parses each number as uint64
const maxOrdinaryLength = 256; // the package `semver` refuses longer texts

/**
 * "1", "v1.2", "01.2.3-rc.1+b" are versions; missing numbers are 0, leading zeros are dropped.
 * "V1", " 1.0", "1.2.3.4", "1.0-01" and numbers above 2^64 - 1 are not.
 * Source: images.md 5.3.
 */
export function parseVersion(text: string): Version | undefined {
  const match = versionPattern.exec(text);
  if (match === null) return undefined;
  const major = canonicalNumber(match[1]);
  const minor = canonicalNumber(match[2]);
  const patch = canonicalNumber(match[3]);
  const prerelease = match[4] ?? '';
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  if (hasPaddedNumber(prerelease)) return undefined;

  const version = { original: text, major, minor, patch, prerelease, metadata: match[5] ?? '' };
  const ordinary = ordinaryForm(version);
  return ordinary === undefined ? version : { ...version, ordinary };
}

/** SemVer precedence: numbers, then pre-release identifiers; build metadata is ignored. */
export function compareVersions(a: Version, b: Version): -1 | 0 | 1 {
  if (a.ordinary !== undefined && b.ordinary !== undefined) return a.ordinary.compare(b.ordinary);
  return compareExactly(a, b);
}

/** The same precedence for numbers and texts of any size. */
export function compareExactly(a: Version, b: Version): -1 | 0 | 1 {
  return (
    compareNumbers(a.major, b.major) ||
    compareNumbers(a.minor, b.minor) ||
    compareNumbers(a.patch, b.patch) ||
    comparePrereleases(a.prerelease, b.prerelease)
  );
}

/** Compares two decimal texts by value. */
export function compareNumbers(a: string, b: string): -1 | 0 | 1 {
  return order(BigInt(a), BigInt(b));
}

function canonicalNumber(digits: string | undefined): string | undefined {
  if (digits === undefined) return '0';
  const canonical = digits.replace(/^0+(?=\d)/, '');
  return isWithinUint64(canonical) ? canonical : undefined;
}

function isWithinUint64(canonical: string): boolean {
  if (canonical.length < 20) return true;
  return canonical.length === 20 && BigInt(canonical) <= largestNumber;
}

/** True for an identifier such as `01`, which SemVer forbids. */
function hasPaddedNumber(prerelease: string): boolean {
  return /(?:^|\.)0\d+(?:\.|$)/.test(prerelease);
}

function ordinaryForm(version: Version): SemVer | undefined {
  const { major, minor, patch, prerelease } = version;
  const text = `${major}.${minor}.${patch}${prerelease === '' ? '' : `-${prerelease}`}`;
  if (text.length > maxOrdinaryLength) return undefined;
  const longNumbers = text.match(/\d{16,}/g) ?? [];
  return longNumbers.every((digits) => Number.isSafeInteger(Number(digits))) ? new SemVer(text) : undefined;
}

function comparePrereleases(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  if (a === '') return 1;
  if (b === '') return -1;
  const right = b.split('.');
  for (const [index, identifier] of a.split('.').entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const difference = compareIdentifiers(identifier, other);
    if (difference !== 0) return difference;
  }
  return -1; // all identifiers of `a` are those that `b` begins with
}

/** Numbers come before texts; digits beyond 64 bits are a text, as in Go. */
function compareIdentifiers(a: string, b: string): -1 | 0 | 1 {
  const aIsNumber = isIdentifierNumber(a);
  if (aIsNumber !== isIdentifierNumber(b)) return aIsNumber ? -1 : 1;
  return aIsNumber ? compareNumbers(a, b) : order(a, b);
}

function isIdentifierNumber(identifier: string): boolean {
  return /^\d+$/.test(identifier) && isWithinUint64(identifier);
}

function order<T extends bigint | string>(a: T, b: T): -1 | 0 | 1 {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
