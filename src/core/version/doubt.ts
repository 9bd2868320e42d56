/** Choices that follow the rules of a strategy and are hardly what people mean. They stand, with a warning. */
import type { Instant } from './instant.ts';
import { compareNumbers, type Version } from './version.ts';

/** A tag and the version that it spells. */
export interface VersionedTag {
  readonly tag: string;
  readonly version: Version;
}

/**
 * `2.0.0-rc10` is older than `2.0.0-rc2`: numbers count as such only in identifiers of their own (images.md 11-22).
 * Says so if another admitted pre-release of the chosen version counts higher; undefined otherwise.
 */
export function countDoubt(
  { tag, version }: VersionedTag,
  admitted: readonly VersionedTag[],
): string | undefined {
  const chosen = splitCount(version.prerelease);
  if (chosen === undefined) return undefined;
  const higher = admitted.find((other) => {
    const rival = hasSameNumbers(other.version, version) ? splitCount(other.version.prerelease) : undefined;
    return rival?.word === chosen.word && compareNumbers(rival.count, chosen.count) > 0;
  });
  if (higher === undefined) return undefined;
  return `${higher.tag} counts as older than ${tag}: numbers are compared as such only behind a dot (${chosen.word}.${chosen.count})`;
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
