/** Version constraints as Masterminds/semver 3.4.0 reads and checks them. */
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { compareNumbers, compareVersions, identifiers, parseVersion, type Version } from './version.ts';

/** A parsed constraint: alternatives, parted by `||`. */
export interface Constraint {
  /** What the user wrote. */
  readonly text: string;
  readonly groups: readonly Group[];
}

/** Terms that a version must satisfy all together. */
interface Group {
  readonly terms: readonly Term[];
  /** Pre-releases are considered because at least one term names one. */
  readonly admitsPrereleases: boolean;
}

interface Term {
  readonly operator: Operator;
  /** The version as the user spelled it, `v` and wildcards included. */
  readonly written: string;
  /** Numbers that are missing or a wildcard are 0. */
  readonly version: Version;
  /** How many numbers stand before the first missing one or wildcard. */
  readonly precision: 0 | 1 | 2 | 3;
}

type Operator = '=' | '!=' | '>' | '<' | '>=' | '<=' | '~' | '^';

const operators: Readonly<Record<string, Operator>> = {
  '': '=',
  '=': '=',
  '!=': '!=',
  '>': '>',
  '<': '<',
  '>=': '>=',
  '=>': '>=',
  '<=': '<=',
  '=<': '<=',
  '~': '~',
  '~>': '~',
  '^': '^',
};

const maxLength = 1024; // the search for ranges takes time quadratic in the length

// Go's \s has no Unicode blanks. In the numbers, `|` is an ordinary character: `1|2` is one bad number.
const blank = '[\\t\\n\\f\\r ]';
const number = '[0-9|xX*]+';
const suffixes = `(?:-${identifiers})?(?:\\+${identifiers})?`;
const pattern = `v?${number}(?:\\.${number})?(?:\\.${number})?${suffixes}`;

const rangePattern = new RegExp(`${blank}*(${pattern})${blank}+-${blank}+(${pattern})${blank}*`, 'g');
const termPattern = new RegExp(
  `^${blank}*(=>|=<|>=|<=|!=|~>|[=<>~^]|)${blank}*` +
    `(v?(${number})(?:\\.(${number}))?(?:\\.(${number}))?(-${identifiers})?(?:\\+${identifiers})?)`,
);
const separatorPattern = new RegExp(`^(?:${blank}*,|${blank}+)`);
const endPattern = new RegExp(`^${blank}*$`);

/**
 * `>=1.0 <2.0`, `~1.2`, `^1`, `1.x || 2.x`, `1.0 - 2.0`, `2.x-0`; terms are parted by blanks or commas.
 * An empty text is an error, as in Go and unlike node-semver. Source: images.md 5.4.
 */
export function parseConstraint(text: string): Outcome<Constraint> {
  if (text.length > maxLength) {
    return fail(configFailure(`constraint ${quoted(text)}: longer than ${maxLength} characters`));
  }
  // Go rewrites ranges in the text, before it looks for alternatives.
  const withoutRanges = text.replaceAll(rangePattern, '>= $1, <= $2 ');
  const groups: Group[] = [];
  for (const alternative of withoutRanges.split('||')) {
    const terms = parseTerms(alternative);
    if (terms === undefined) return fail(configFailure(misspelt(text)));
    groups.push({ terms, admitsPrereleases: terms.some((term) => term.version.prerelease !== '') });
  }
  return succeed({ text, groups });
}

/** Pre-releases count only for alternatives in which some term names one, then in their whole range. */
export function satisfies(constraint: Constraint, version: Version): boolean {
  return constraint.groups.some(
    (group) =>
      (version.prerelease === '' || group.admitsPrereleases) &&
      group.terms.every((term) => admits(term, version)),
  );
}

/**
 * How much of a tag's text the constraint spells the same way, in characters: under `~1.0` the tag `1.0`
 * agrees more than `1`. 0 where no term names a version of equal precedence.
 */
export function spellingAgreement({ groups }: Constraint, version: Version): number {
  const named = groups
    .flatMap(({ terms }) => terms)
    .filter((term) => compareVersions(term.version, version) === 0);
  return Math.max(0, ...named.map(({ written }) => commonStart(written, version.original)));
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

function misspelt(text: string): string {
  return (
    `constraint ${quoted(text)}: expected versions with operators = != > < >= <= ~ ^, ` +
    'such as "~1.2", ">=1.0 <2.0", "1.x || 2.x" or "1.0 - 2.0"'
  );
}

function parseTerms(text: string): readonly Term[] | undefined {
  const terms: Term[] = [];
  let rest = text;
  for (;;) {
    const match = termPattern.exec(rest);
    const term = match === null ? undefined : readTerm(match);
    if (match === null || term === undefined) return undefined;
    terms.push(term);
    rest = rest.slice(match[0].length);
    if (endPattern.test(rest)) return terms;
    const separator = separatorPattern.exec(rest);
    if (separator === null) return undefined;
    rest = rest.slice(separator[0].length);
  }
}

function readTerm(match: RegExpExecArray): Term | undefined {
  const [, operatorText = '', written = '', major, minor, patch, prerelease = ''] = match;
  const operator = operators[operatorText];
  const precision = isOpen(major) ? 0 : isOpen(minor) ? 1 : isOpen(patch) ? 2 : 3;
  const texts = [
    `0.0.0${prerelease}`,
    `${major}.0.0${prerelease}`,
    `${major}.${minor}.0${prerelease}`,
    written,
  ];
  const version = parseVersion(texts[precision] ?? written);
  return operator === undefined || version === undefined
    ? undefined
    : { operator, written, version, precision };
}

/** Missing, or a wildcard. */
function isOpen(numberText: string | undefined): boolean {
  return numberText === undefined || /^[xX*]$/.test(numberText);
}

function admits(term: Term, version: Version): boolean {
  switch (term.operator) {
    case '=':
      return term.precision === 3 ? compareVersions(version, term.version) === 0 : admitsTilde(term, version);
    case '!=':
      return admitsUnequal(term, version);
    case '>':
      return admitsGreater(term, version);
    case '<':
      return compareVersions(version, term.version) < 0;
    case '>=':
      return compareVersions(version, term.version) >= 0;
    case '<=':
      return admitsAtMost(term, version);
    case '~':
      return admitsTilde(term, version);
    case '^':
      return admitsCaret(term, version);
  }
}

/** `!=1` excludes 1.*, `!=1.2` excludes 1.2.*; with a pre-release part only those that carry the same one. */
function admitsUnequal({ version: bound, precision }: Term, version: Version): boolean {
  if (precision === 1) return version.major !== bound.major;
  if (precision === 2) return !hasSameMinor(version, bound) || version.prerelease !== bound.prerelease;
  return compareVersions(version, bound) !== 0;
}

/** `>1` starts at 2.0.0, `>1.2` at 1.3.0. */
function admitsGreater({ version: bound, precision }: Term, version: Version): boolean {
  const major = compareNumbers(version.major, bound.major);
  if (precision === 1) return major > 0;
  if (precision === 2) {
    return major > 0 || (major === 0 && compareNumbers(version.minor, bound.minor) > 0);
  }
  return compareVersions(version, bound) > 0;
}

/** `<=1` ends before 2.0.0, `<=1.2` before 1.3.0. `<=*` counts as `<=0.0`. */
function admitsAtMost({ version: bound, precision }: Term, version: Version): boolean {
  if (precision === 3) return compareVersions(version, bound) <= 0;
  const major = compareNumbers(version.major, bound.major);
  if (major !== 0 || precision === 1) return major <= 0;
  return compareNumbers(version.minor, bound.minor) <= 0;
}

/** At least the bound, with its major number, and its minor one if that was given. `~0.0.0` admits everything. */
function admitsTilde({ version: bound, precision }: Term, version: Version): boolean {
  if (compareVersions(version, bound) < 0) return false;
  const isZero = bound.major === '0' && bound.minor === '0' && bound.patch === '0';
  if (isZero && (precision === 0 || precision === 3)) return true;
  return precision === 1 ? version.major === bound.major : hasSameMinor(version, bound);
}

/** At least the bound, with its first number above zero fixed. `^*` admits only 0.0.0. */
function admitsCaret({ version: bound, precision }: Term, version: Version): boolean {
  if (compareVersions(version, bound) < 0 || version.major !== bound.major) return false;
  if (bound.major !== '0' || precision === 1) return true;
  if (version.minor !== bound.minor) return false;
  return bound.minor !== '0' || precision === 2 || version.patch === bound.patch;
}

function hasSameMinor(a: Version, b: Version): boolean {
  return a.major === b.major && a.minor === b.minor;
}
