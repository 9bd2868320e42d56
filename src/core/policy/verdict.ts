/** Why a policy withholds an image: one code, said in one sentence (spec/policies.md 1.2). */

import type { Resumed } from './settings.ts';

/**
 * In the order in which they apply: the first is the reason, the others stand beside it. With what withholds the version, in
 * Markdown, for the documentation.
 */
export const policyCodes = {
  freeze: 'everything is [frozen](policies.md#holds-in-a-configmap)',
  'policy-invalid': 'an annotation of a policy cannot be read, and might withhold it',
  'policy-unknown': 'what the policy needs to know cannot be found out: the ConfigMap of holds, say',
  hold: 'a [hold](policies.md#holds-in-annotations)',
  pin: 'a [pin](policies.md#pins) to another version',
  rollback: 'it was [taken back](policies.md#rollbacks) in Git, or by command',
  'rollback-unsure': 'it was [probably taken back](policies.md#rollbacks), or nobody can tell',
  reverted: 'whoever owns the live Application [puts it back](policies.md#rollbacks)',
  quarantine: 'it made an Application [unhealthy](policies.md#quarantine)',
  'skip-tags': 'its tag is [skipped](policies.md#skipped-tags)',
  prerelease: 'it is a [pre-release](versions.md#pre-releases), and those are left out',
  'keep-variant': 'it is of another [variant](versions.md#variants)',
  'moved-tag': 'its tag [was pushed again](versions.md#moved-tags)',
  'min-age': 'it is [too young](policies.md#age)',
  promote: 'it has not proved itself [elsewhere](policies.md#promotion) yet',
  'promote-unproven': 'it does not prove itself [elsewhere](policies.md#promotion), and will not by itself',
  rollout: 'others [go first](policies.md#rollout)',
  'group-missing': 'a member of its [group](policies.md#groups) has no such version',
  'group-held': 'a member of its [group](policies.md#groups) is withheld',
  'group-failed': 'a member of its [group](policies.md#groups) failed',
  'group-ahead': 'a member of its [group](policies.md#groups) is ahead, and may not go back',
  'group-disagree':
    'the members of its [group](policies.md#groups) prefer different versions, or want different things of the group',
  'group-alone': 'its [group](policies.md#groups) has fewer members than `group-min`',
  'held-by-other': 'who writes the same place is withheld',
  window: 'its [window](policies.md#windows) is shut',
  interval: 'the last change was [not long enough ago](policies.md#intervals)',
  limit: 'the [limit](policies.md#limits) of commits is used up',
} as const;

export type PolicyCode = keyof typeof policyCodes;

const ranks: ReadonlyMap<string, number> = new Map(
  Object.keys(policyCodes).map((code, rank) => [code, rank]),
);

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
  /** It may be over in the next cycle: who asks is told, and nobody else. */
  readonly isPassing?: true;
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
  return ranks.get(code) ?? ranks.size;
}
