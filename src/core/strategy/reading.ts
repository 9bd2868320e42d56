/** What a tag is to a strategy: the version, number or text that it is ordered by, or the rule that leaves it out. */
import { succeed, type Outcome } from '../base/outcome.ts';
import type { PrereleaseRule } from '../version/prerelease.ts';
import { compareCounts, splitVariant, type Variant, variantBehind } from '../version/variant.ts';
import { parseVersion, type Version } from '../version/version.ts';
import { type Capture, compileCapture, type VersionGroup } from '../version/version-group.ts';

/** How tags are read, where not as they stand. Plain data, as annotations have it. */
export interface TagReading {
  readonly group?: VersionGroup;
  /** `strict-semver`. */
  readonly isStrict?: true;
  readonly prerelease?: PrereleaseRule;
  /** Set: only the running variant counts; the variant of the tag in image-list, where nothing runs. */
  readonly keepsVariant?: { readonly ofEntry?: string };
}

/** A tag, and the part of it that says which version it is. */
export interface Spelling {
  readonly tag: string;
  readonly text: string;
  /** Set where the variant counts. */
  readonly variant?: Variant;
}

/** A tag and the version that it spells. */
export interface VersionedTag extends Omit<Spelling, 'text'> {
  readonly version: Version;
}

const noVersionInIt = 'no version in it';
export const notAVersion = 'not a version';

/** A text: the rule that leaves the tag out. */
export type Reader<Read> = (tag: string) => Read | string;

/** The whole tag, or what it holds in the group. Fails (config) where the pattern has no such group. */
export function spellingReader({ group, keepsVariant }: TagReading): Outcome<Reader<Spelling>> {
  if (group === undefined) return succeed((tag) => ({ tag, text: tag }));
  const compiled = compileCapture(group);
  return compiled.ok ? succeed(groupReader(compiled.value, keepsVariant !== undefined)) : compiled;
}

function groupReader(capture: Capture, keepsVariant: boolean): Reader<Spelling> {
  return (tag) => {
    const found = capture(tag);
    if (found === undefined) return noVersionInIt;
    const { text, rest } = found;
    return keepsVariant ? { tag, text, variant: variantBehind(rest).variant } : { tag, text };
  };
}

/** Versions, be they wanted or not. */
export function versionReader(reading: TagReading | undefined): Outcome<Reader<VersionedTag>> {
  if (reading === undefined) return succeed(readVersion);
  const spelling = spellingReader(reading);
  if (!spelling.ok) return spelling;
  return succeed((tag) => {
    const spelled = spelling.value(tag);
    return typeof spelled === 'string' ? spelled : versionIn(spelled, reading);
  });
}

function readVersion(tag: string): VersionedTag | string {
  const version = parseVersion(tag);
  return version === undefined ? notAVersion : { tag, version };
}

function versionIn({ tag, text, variant }: Spelling, reading: TagReading): VersionedTag | string {
  const isWhole = reading.keepsVariant !== undefined && reading.group === undefined;
  const split = isWhole ? splitVariant(text) : undefined;
  const version = parseVersion(split?.version ?? text);
  if (version === undefined) return notAVersion;
  const own = split?.variant ?? variant;
  return own === undefined ? { tag, version } : { tag, version, variant: own };
}

/** Of versions or numbers that are equal: by the digits of the variant. */
export function compareVariants(
  { variant: a }: Pick<Spelling, 'variant'>,
  { variant: b }: Pick<Spelling, 'variant'>,
): -1 | 0 | 1 {
  return a === undefined || b === undefined ? 0 : compareCounts(a, b);
}

const notANumber = 'not a number';

/** Tags, or what they hold in the group, that are digits and nothing else. */
export function numberReader(reading: TagReading = {}): Outcome<Reader<Spelling>> {
  const spelling = spellingReader(reading);
  if (!spelling.ok) return spelling;
  return succeed((tag) => {
    const spelled = spelling.value(tag);
    return typeof spelled === 'string' || /^\d+$/.test(spelled.text) ? spelled : notANumber;
  });
}
