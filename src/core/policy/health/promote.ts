/** `promote-from`: a version is written once it is proven at other Applications (spec/policies.md 7.1). */
import { describeWait } from '../../base/duration.ts';
import type { Application } from '../../config/application.ts';
import { type Judgement, passes } from '../judgement.ts';
import type { Memory } from '../memory/memory.ts';
import type { ImagePolicies, PromotionSource } from '../settings.ts';
import type { Verdict } from '../verdict.ts';
import { type Proof, proofOf, type ProofQuestion } from './proof.ts';

/** Where nothing else is asked for. */
const standardHealthyMs = 600_000;

/** A source as it is in this cycle. */
export interface SourceFacts {
  /** Absent: there is none, or it cannot be read. */
  readonly application?: Application;
  /** Canonical repository whose versions count there; absent: the source has no image of the alias. */
  readonly repository?: string;
  /** True: a rollback withholds the version there. */
  readonly isTakenBack?: boolean;
}

export type Wanted = Pick<ProofQuestion, 'version' | 'needsDigest' | 'repository' | 'order'>;

/** `sourceOf`: `repository` of a source without alias is that of the consumer. `memory` has what `observe` said. */
export function judgePromotion(
  { promoteFrom, minHealthyMs }: Pick<ImagePolicies, 'promoteFrom' | 'minHealthyMs'>,
  wanted: Wanted,
  sourceOf: (source: PromotionSource) => SourceFacts,
  memory: Memory,
  nowMs: number,
): Judgement {
  const healthyMs = minHealthyMs?.value ?? standardHealthyMs;
  const sources = (promoteFrom ?? []).flatMap(({ value }) => value);
  const proofs = sources.map((source) => proofAt(source, sourceOf(source), wanted, healthyMs, memory, nowMs));
  if (proofs.length === 0) return passes;
  const verdict = verdictOf(proofs, healthyMs);
  return {
    ...(verdict === undefined ? {} : { verdict }),
    remember: proofs.flatMap((proof) => (proof.kind === 'proven' ? proof.remember : [])),
    forget: proofs.flatMap((proof) => (proof.kind === 'proven' ? [] : proof.forget)),
  };
}

function proofAt(
  { namespace, name, alias }: PromotionSource,
  { application, repository, isTakenBack }: SourceFacts,
  wanted: Wanted,
  minHealthyMs: number,
  memory: Memory,
  nowMs: number,
): Proof {
  const app = `${namespace}/${name}`;
  if (application !== undefined && repository === undefined) {
    const reason = `${app} has no image ${alias ?? ''}`.trim();
    return { kind: 'unproven', hope: 'never', reason, forget: [] };
  }
  const place = { app, repository: repository ?? wanted.repository };
  const question = { ...wanted, place, minHealthyMs, isTakenBack: isTakenBack ?? false };
  return proofOf(application, question, memory, nowMs);
}

/** What will not be proven by itself is told first; all must prove, so the last one decides when. */
function verdictOf(proofs: readonly Proof[], healthyMs: number): Verdict | undefined {
  const missing = proofs.filter((proof) => proof.kind === 'unproven');
  const first = missing.find(({ hope }) => hope === 'never') ?? missing[0];
  if (first === undefined) return undefined;
  const others = missing.length - 1;
  const untils = missing.map(({ untilMs }) => untilMs ?? Number.NaN);
  const untilMs = Math.max(...untils); // not a number where one of them is unknown
  return {
    code: first.hope === 'never' ? 'promote-unproven' : 'promote',
    kind: 'waiting',
    reason: `${first.reason}${others === 0 ? '' : `; and ${others} more to prove it`}`,
    ends: `this version in sync and healthy there for ${describeWait(healthyMs)}`,
    ...(Number.isNaN(untilMs) ? {} : { untilMs }),
  };
}
