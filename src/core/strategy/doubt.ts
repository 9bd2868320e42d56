/** Choices that follow the rules of a strategy and are hardly what people mean. They stand, with a warning. */
import type { Reader, VersionedTag } from './reading.ts';
import type { DatedTag } from '../version/build-date.ts';
import type { Instant } from '../version/instant.ts';
import { inPieces } from '../base/pieces.ts';
import { compareNumbers, type Version } from '../version/version.ts';

/**
 * `2.0.0-rc10` is older than `2.0.0-rc2`: numbers count as such only in identifiers of their own (images.md 11-22).
 * Says so if another admitted pre-release of the chosen version counts higher; undefined otherwise.
 */
export function* countDoubt(
  { tag, version }: VersionedTag,
  admitted: readonly string[],
  read: Reader<VersionedTag>,
): Generator<undefined, string | undefined> {
  const chosen = splitCount(version.prerelease);
  if (chosen === undefined) return undefined;
  let higher: string | undefined;
  yield* inPieces(admitted, (other) => {
    if (higher !== undefined || !other.includes(chosen.word)) return;
    const rivalTag = read(other);
    if (typeof rivalTag === 'string' || !hasSameNumbers(rivalTag.version, version)) return;
    const rival = splitCount(rivalTag.version.prerelease);
    if (rival?.word === chosen.word && compareNumbers(rival.count, chosen.count) > 0) higher = other;
  });
  if (higher === undefined) return undefined;
  return `${higher} counts as older than ${tag}: numbers are compared as such only behind a dot (${chosen.word}.${chosen.count})`;
}

/** Without a constraint a pre-release follows a release: hardly meant by whoever runs none. */
export function prereleaseDoubt(
  { tag, version }: VersionedTag,
  release: VersionedTag | undefined,
  running: VersionedTag | undefined,
): string | undefined {
  if (version.prerelease === '' || release === undefined) return undefined;
  if (running !== undefined && running.version.prerelease !== '') return undefined;
  return `the pre-release ${tag} follows the release ${release.tag}: a constraint such as >=0 leaves pre-releases out`;
}

/**
 * `main-101` comes before `main-99` by text. Says so if a candidate of the same form counts higher than the chosen
 * one; undefined otherwise.
 */
export function* textOrderDoubt(
  chosen: string,
  candidates: readonly string[],
): Generator<undefined, string | undefined> {
  const form = formOf(chosen);
  if (form.numbers.length === 0) return undefined;
  let higher = form;
  yield* inPieces(candidates, (tag) => {
    // Texts of one length and form are in the order of their numbers.
    if (tag.length === chosen.length) return;
    const other = formOf(tag);
    if (other.shape === form.shape && countsHigher(other.numbers, higher.numbers)) higher = other;
  });
  if (higher === form) return undefined;
  return `${higher.tag} counts as older than ${chosen}: alphabetical compares texts; use newest-build, or numbers of equal length`;
}

interface TagForm {
  readonly tag: string;
  /** The text with `#` for each number. */
  readonly shape: string;
  readonly numbers: readonly string[];
}

/** Digits inside a commit hash are no numbers. */
const numberOrHash = /(?<![0-9a-z])(?=[0-9]*[a-f])[0-9a-f]{7,64}(?![0-9a-z])|[0-9]+/g;

function formOf(tag: string): TagForm {
  const numbers: string[] = [];
  const shape = tag.replaceAll(numberOrHash, (found) => {
    if (/[a-f]/.test(found)) return found;
    numbers.push(found);
    return '#';
  });
  return { tag, shape, numbers };
}

function countsHigher(numbers: readonly string[], others: readonly string[]): boolean {
  for (const [index, number] of numbers.entries()) {
    const order = compareNumbers(number, others[index] ?? '0');
    if (order !== 0) return order > 0;
  }
  return false;
}

/** Different images that were all built at the newest date, as reproducible builds say. */
export function tieDoubt(tied: readonly DatedTag[], images: number): string {
  const date = tied[0] === undefined ? '' : dayOf(tied[0].created);
  const names = tied.slice(0, 3).map(({ tag }) => tag);
  const shown = `${names.join(', ')}${tied.length > names.length ? ', …' : ''}`;
  return `${images} images share the newest build date, ${date} (${shown}): nothing tells which is the newest; use build-date: annotation, or another strategy`;
}

function dayOf({ seconds }: Instant): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'out of range' : date.toISOString().slice(0, 10);
}

/** `rc10` -> `rc` and `10`; undefined for `rc.10`, `10` and `rc`. */
function splitCount(prerelease: string): { readonly word: string; readonly count: string } | undefined {
  const match = /^(.*[A-Za-z-])(\d+)$/.exec(prerelease);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { word: match[1], count: match[2] };
}

function hasSameNumbers(a: Version, b: Version): boolean {
  return a.major === b.major && a.minor === b.minor && a.patch === b.patch;
}

const firstImagesSeconds = Date.UTC(2013, 0) / 1000; // no container image is older

/**
 * Reproducible builds write 1970 or another fixed day for the build date, so newest-build puts them last or in the
 * order of their text. Says so if that concerns one of several candidates (registry.md 9 #14); undefined otherwise.
 */
export function datesDoubt(
  candidates: readonly { readonly tag: string; readonly created: Instant }[],
): string | undefined {
  const undated = candidates.find(({ created }) => created.seconds < firstImagesSeconds);
  if (undated === undefined || candidates.length === 1) return undefined;
  const year = new Date(undated.created.seconds * 1000).getUTCFullYear();
  return `tags such as ${undated.tag} hold no build date (year ${year}): newest-build cannot order them`;
}
