/** Which tags are looked at so that their clocks run, and what people are told of clocks that run. */
import { counted } from '../../base/counted.ts';
import { describeWait } from '../../base/duration.ts';
import type { LineOf } from '../memory/line.ts';
import type { Memory } from '../memory/memory.ts';
import { rememberSight, sightsOf } from '../memory/sights.ts';

/** Each costs a request. */
const maxQuestions = 10;

/** For how many times its age a tag may have been new again and again before somebody is told. */
const toldAfterAges = 3;

/**
 * Tags to ask the digest of, so that their age counts from now on: the first ten of `newer` that nobody has asked for.
 * `newer`: tags of a complete list that are newer than what the oldest of those who follow it holds, best first.
 */
export function tagsToLookAt(
  repository: string,
  newer: readonly string[],
  memory: Memory,
): readonly string[] {
  const unseen = newer.slice(0, maxQuestions).filter((tag) => sightsOf(memory, repository, tag).length === 0);
  return unseen;
}

/** So many tags of a list: lines of tags that nobody may ever take must not fill the memory. */
const maxListed = 1000;

/**
 * The tags of a list, the best first, so that rules which admit more one day find their age known. A tag is taken to
 * have named the same image all the time until it is looked at first.
 */
export function rememberListed(
  repository: string,
  tags: readonly string[],
  memory: Memory,
  nowMs: number,
): readonly LineOf<'seen'>[] {
  return tags
    .slice(0, maxListed)
    .flatMap((tag) => rememberSight(memory, { repository, tag }, nowMs).remember);
}

/** A tag that moves more often than `minAgeMs` is never old enough; undefined while that is not certain. */
export function restlessWords(
  { repository, tag }: { readonly repository: string; readonly tag: string },
  minAgeMs: number,
  memory: Memory,
  nowMs: number,
): string | undefined {
  const times = sightsOf(memory, repository, tag).map(({ atMs }) => atMs);
  const lastRest = times.findLastIndex((atMs, index) => (times[index + 1] ?? nowMs) - atMs >= minAgeMs);
  const [first = nowMs, ...moves] = times.slice(lastRest + 1);
  if (moves.length === 0 || nowMs - first < toldAfterAges * minAgeMs) return undefined;
  const everyMs = ((moves.at(-1) ?? nowMs) - first) / moves.length;
  const [every, age] = [describeWait(everyMs), describeWait(minAgeMs)];
  return `${repository}:${tag} names another image every ${every}, min-age is ${age}: it is never old enough`;
}

/** Told once where clocks begin, as in a first run; undefined where none began. */
export function firstSightsWords(sights: readonly LineOf<'seen'>[], minAgeMs: number): string | undefined {
  if (sights.length === 0) return undefined;
  const endMs = Math.min(...sights.map(({ atMs }) => atMs)) + minAgeMs;
  const end = `${new Date(endMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const are = sights.length === 1 ? 'is' : 'are';
  return `min-age: ${counted(sights.length, 'tag')} ${are} first seen now, the first update can come at ${end}`;
}
