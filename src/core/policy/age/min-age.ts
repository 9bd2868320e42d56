/** `min-age`: a version is written once we have known it for a while, by our own first sight (spec/policies.md 4). */
import { describeWait } from '../../base/duration.ts';
import { type Judgement, passes } from '../judgement.ts';
import type { Memory } from '../memory/memory.ts';
import { firstSightMs, rememberSight, type Sight } from '../memory/sights.ts';
import type { ImagePolicies } from '../settings.ts';
import type { Verdict } from '../verdict.ts';

/** A candidate, with what the registry says now. */
export interface AgedCandidate extends Sight {
  /** When its digest was pushed, where `min-age-from: pushed` is asked for and the registry's API tells. */
  readonly pushedMs?: number;
  /** True for an older version that stood at this key before, by a commit of ours: going back needs no age. */
  readonly wasHere?: boolean;
}

export interface AgeJudgement extends Judgement {
  /** True: the candidate is withheld until somebody has asked what its tag names. */
  readonly asksDigest: boolean;
}

/** Anything but what the tag names now counts nothing: neither dates of the image nor headers. */
export function judgeAge(
  { minAgeMs, minAgeFrom }: Pick<ImagePolicies, 'minAgeMs' | 'minAgeFrom'>,
  candidate: AgedCandidate,
  memory: Memory,
  nowMs: number,
): AgeJudgement {
  if (minAgeMs === undefined || candidate.wasHere === true) return { ...passes, asksDigest: false };
  const { tag, digest } = candidate;
  const rule = `min-age is ${describeWait(minAgeMs.value)} (${minAgeMs.source})`;
  if (digest === undefined) {
    const reason = `what ${tag} names has not been looked at yet, ${rule}`;
    return { ...passes, verdict: waiting(reason, 'its age'), asksDigest: true };
  }
  const isPushed = minAgeFrom?.value === 'pushed' && candidate.pushedMs !== undefined;
  const seenMs = firstSightMs(memory, candidate) ?? nowMs;
  const sinceMs = Math.min(isPushed ? candidate.pushedMs : seenMs, nowMs);
  const ageMs = nowMs - sinceMs;
  const kept = { ...rememberSight(memory, candidate, nowMs), asksDigest: false };
  if (ageMs >= minAgeMs.value) return kept;
  const isUntold = minAgeFrom?.value === 'pushed' && !isPushed;
  const event = isPushed ? 'pushed' : 'first seen';
  const untold = isUntold ? '; when it was pushed is not known' : '';
  const reason = `${tag} was ${event} ${describeWait(ageMs)} ago, ${rule}${untold}`;
  const leftMs = minAgeMs.value - ageMs;
  const verdict = waiting(reason, `its age, in ${describeWait(leftMs)}`);
  return { ...kept, verdict: { ...verdict, sinceMs, untilMs: nowMs + leftMs } };
}

function waiting(reason: string, ends: string): Verdict {
  return { code: 'min-age', kind: 'waiting', reason, ends };
}
