/** Why a policy withholds an image: one code, said in one sentence (spec/policies.md 1.2). */

import type { Resumed } from './settings.ts';

/** In the order in which they apply: the first is the reason, the others stand beside it. */
const policyCodes = [
  'freeze',
  'policy-invalid',
  'policy-unknown',
  'hold',
  'pin',
  'rollback',
  'rollback-unsure',
  'reverted',
  'quarantine',
  'skip-tags',
  'prerelease',
  'keep-variant',
  'moved-tag',
  'min-age',
  'promote',
  'promote-unproven',
  'rollout',
  'group-missing',
  'group-held',
  'group-failed',
  'group-ahead',
  'group-disagree',
  'group-alone',
  'held-by-other',
  'window',
  'interval',
  'limit',
] as const;

export type PolicyCode = (typeof policyCodes)[number];

/** `held`: a person, a newer version or another tag must come. `waiting`: it ends by itself. */
export type VerdictKind = 'held' | 'waiting';

/** What one policy says of a version, or of an image whatever the version. */
export interface Verdict {
  readonly code: PolicyCode;
  readonly kind: VerdictKind;
  /** The fact, without a full stop: `2.1.5 was first seen 2 h ago, min-age is 72h`. */
  readonly reason: string;
  /** What would end it: `a version newer than 2.1.5, or tidewaiter resume argocd/shop web`. */
  readonly ends: string;
  /** Since when it has applied, where that is known. Milliseconds since 1970. */
  readonly sinceMs?: number;
  /** Earliest instant at which it can end. */
  readonly untilMs?: number;
  /** Commit, object or person behind it. */
  readonly by?: string;
  /** What a person names who lets it go on nevertheless. */
  readonly resume?: Resumed;
}

/** The reason among several verdicts on one image: exactly one, with the codes of the others. */
export interface Reason extends Verdict {
  readonly also: readonly PolicyCode[];
}

/** The first of the verdicts in the order of codes; undefined where there are none. */
export function reasonOf(verdicts: readonly Verdict[]): Reason | undefined {
  const inOrder = verdicts.toSorted((a, b) => rank(a) - rank(b));
  const [first, ...others] = inOrder;
  if (first === undefined) return undefined;
  return {
    ...first,
    also: [...new Set(others.map(({ code }) => code))].filter((code) => code !== first.code),
  };
}

function rank({ code }: Verdict): number {
  return policyCodes.indexOf(code);
}
