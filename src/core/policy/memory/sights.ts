/** When tags were first seen with what they name: the lines `seen`. */
import type { LineOf, MemoryLine } from './line.ts';
import { linesOf, type Memory } from './memory.ts';

/** What a tag named when somebody looked. */
export interface Sight {
  /** Canonical, with its registry: `docker.io/library/nginx`. */
  readonly repository: string;
  readonly tag: string;
  /** Absent: the tag was in a list, and nobody asked what it names. */
  readonly digest?: string;
}

/** Lines of one tag: a tag that moves each hour must not fill the memory. */
const maxSights = 16;
const listedOnly = '-';
const hexDigits = 32;

/** `sha256:<32 hex digits>`: enough to tell two images of one tag apart. */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(':');
  return digest.slice(0, colon + 1 + hexDigits);
}

/** A tag that stood in a list, and that nobody has looked at since. */
export function isListedOnly(line: MemoryLine): boolean {
  return line.word === 'seen' && line.digest === listedOnly;
}

/** What the tag has named, the earliest sight first; without the sight in a list. */
export function sightsOf(memory: Memory, repository: string, tag: string): readonly LineOf<'seen'>[] {
  const lines = linesOf(memory, 'seen', [repository, tag]).filter(({ digest }) => digest !== listedOnly);
  return lines.toSorted((a, b) => a.atMs - b.atMs || (a.digest < b.digest ? -1 : 1));
}

/** When the tag was first seen with this digest, or in a list before anybody asked; undefined: now is the first time. */
export function firstSightMs(memory: Memory, { repository, tag, digest }: Sight): number | undefined {
  const lines = linesOf(memory, 'seen', [repository, tag]);
  const asked = lines.filter((line) => line.digest !== listedOnly);
  const listed = lines.find((line) => line.digest === listedOnly);
  if (digest === undefined) return earliest(lines);
  const short = shortDigest(digest);
  // what it named before it was asked for the first time is taken to be the same
  return asked.length === 0 ? listed?.atMs : asked.find((line) => line.digest === short)?.atMs;
}

/** The line of a sight, where there is none yet, and the one that makes room for it. */
export function rememberSight(
  memory: Memory,
  sight: Sight,
  nowMs: number,
): { readonly remember: readonly LineOf<'seen'>[]; readonly forget: readonly LineOf<'seen'>[] } {
  const { repository, tag } = sight;
  const digest = sight.digest === undefined ? listedOnly : shortDigest(sight.digest);
  const lines = linesOf(memory, 'seen', [repository, tag]);
  const isKnown = digest === listedOnly ? lines.length > 0 : lines.some((line) => line.digest === digest);
  if (isKnown) return { remember: [], forget: [] };
  const line = { word: 'seen', repository, tag, digest, atMs: firstSightMs(memory, sight) ?? nowMs } as const;
  const others = sightsOf(memory, repository, tag);
  return { remember: [line], forget: others.length < maxSights ? [] : [leastMissed(others)] };
}

/** The one that follows its predecessor soonest: the rest still shows how often the tag has moved, and since when. */
function leastMissed(sights: readonly LineOf<'seen'>[]): LineOf<'seen'> {
  const [first, ...rest] = sights as readonly [LineOf<'seen'>, ...LineOf<'seen'>[]];
  const gaps = rest.map((line, index) => ({ line, gapMs: line.atMs - (sights[index] ?? first).atMs }));
  return gaps.toSorted((a, b) => a.gapMs - b.gapMs)[0]?.line ?? first;
}

function earliest(lines: readonly LineOf<'seen'>[]): number | undefined {
  return lines.length === 0 ? undefined : Math.min(...lines.map(({ atMs }) => atMs));
}
