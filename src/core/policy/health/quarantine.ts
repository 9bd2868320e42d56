/** `quarantine`: what made one Application unhealthy is not given to others (spec/policies.md 7.2). */
import type { Memory } from '../memory/memory.ts';
import type { ImagePolicies } from '../settings.ts';
import type { Verdict } from '../verdict.ts';
import { badLineOf } from './bad.ts';
import type { Version } from './version.ts';

/** A candidate, and the image that it is one of. */
export interface QuarantinedCandidate extends Version {
  /** `namespace/name`. */
  readonly app: string;
  readonly alias: string;
  /** Canonical, with its registry. */
  readonly repository: string;
}

/** A version is withheld from all that have the policy, also where it was bad; older ones are not. */
export function judgeQuarantine(
  { quarantineMs, resumed }: Pick<ImagePolicies, 'quarantineMs' | 'resumed'>,
  candidate: QuarantinedCandidate,
  memory: Memory,
): Verdict | undefined {
  if (quarantineMs === undefined) return undefined;
  const bad = badLineOf(candidate.repository, candidate, memory);
  if (bad === undefined) return undefined;
  const isResumed = resumed?.some(
    ({ version, quarantine }) => quarantine === true && version === candidate.tag,
  );
  if (isResumed === true) return undefined;
  const version = candidate.tag ?? bad.version;
  const after = bad.commit === '-' ? '' : ` after commit ${bad.commit.slice(0, 7)}`;
  return {
    code: 'quarantine',
    kind: 'held',
    reason: `${version} made ${bad.app} unhealthy${after}`,
    ends: `a version newer than ${version}, or tidewaiter resume ${candidate.app} ${candidate.alias}`,
    sinceMs: bad.atMs,
    by: bad.commit === '-' ? bad.app : bad.commit,
    resume: { version, quarantine: true },
  };
}
