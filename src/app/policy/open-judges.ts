/** Who judges in one cycle, by its facts: images alone, in groups and cohorts, within limits, and again before a push. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { ImagePolicies, Sourced } from '../../core/policy/settings.ts';
import type { GateFacts } from '../../core/policy/stage/gates.ts';
import type { Template } from '../../core/template/template.ts';
import type { ObserveContext } from '../read/repository-question.ts';
import type { Recheck } from '../repository/recheck.ts';
import { Completing } from './completing.ts';
import { Gates, type GatesOptions } from './gates.ts';
import { HeldVersions } from './held-versions.ts';
import { ImageJudge, type ImageJudgeOptions } from './image-judge.ts';
import { type DigestOf, type JudgesOptions, lookAtNewTags, makeJudges } from './judge/judges.ts';
import { pinned } from './judge/pins.ts';
import type { KeptPolicies, PolicyWishes } from './kept-policies.ts';
import { Limits } from './limits.ts';
import type { PolicyFacts } from './policy-facts.ts';
import { PolicyStage } from './policy-stage.ts';
import { makeRecheck, type RecheckOptions } from './recheck.ts';
import { openRollbacks, type Rollbacks, type RollbacksContext } from './rollback/open-rollbacks.ts';
import type { IdentityOf } from './together/group-member.ts';
import { Groups } from './together/groups.ts';
import { Rollouts } from './together/rollouts.ts';
import { type Completion, completionOf } from './together/splits.ts';
import { commitOf } from './together/written-together.ts';

export interface JudgesContext extends Omit<GatesOptions, 'kept' | 'syncWindowsOf'> {
  readonly wishes: PolicyWishes;
  readonly kept: KeptPolicies;
  readonly reading: ObserveContext;
  readonly cluster: RollbacksContext['cluster'];
  readonly digestOf: DigestOf;
  readonly commitTemplate: Template;
  readonly identityOf: IdentityOf;
  /** Why somebody who may be a member of a group cannot be read. */
  readonly unlisted?: string | undefined;
}

export interface PolicyJudges {
  readonly stage: PolicyStage;
  readonly groups: Groups;
  readonly limits: Limits;
  readonly recheck: Recheck;
  readonly withRemarks: Rollbacks['withRemarks'];
}

export function openJudges(facts: PolicyFacts, context: JudgesContext): PolicyJudges {
  const { policiesOf } = facts;
  const gates = new Gates({ ...context, syncWindowsOf: facts.syncWindowsOf });
  const gateFacts = (config: AppConfig): GateFacts => gates.factsFor(config, policiesOf(appKey(config.app)));
  const heldVersions = new HeldVersions(context.reading);
  const limits = limitsOf(facts, context);
  const rollbacks = openRollbacks({
    ...context,
    ...context.kept,
    policiesOf,
    now: () => context.clock.now(),
  });
  const completion = completionOf(facts.rosters, context.kept.splits, context.identityOf);
  const groups = new Groups(facts.rosters, {
    identityOf: context.identityOf,
    completes: completion.completes,
    limit: (apps, isUrgent) => limits.askTogether(apps, isUrgent),
    ...optionalProperty('unlisted', context.unlisted),
  });
  const withLatestHolds: RecheckOptions['withLatestHolds'] = (config, index, policies) =>
    gates.withLatestHolds(config, index, policies);
  const stage = new PolicyStage({
    policiesOf,
    gateFacts,
    images: imageJudge(facts, context, { gateFacts, heldVersions, rollbacks, completion }),
    groups,
    rollouts: new Rollouts(facts.cohorts, facts.health, completion.completes),
    limits,
    withLatestHolds,
  });
  const recheck = makeRecheck({
    policiesOf,
    configs: facts.byKey,
    completion,
    heldVersions,
    gateFacts,
    refreshHolds: () => gates.refreshHolds(),
    withLatestHolds,
    writeBranch: rollbacks.writeBranch,
    takenBackOn: rollbacks.takenBackOnBase,
  });
  return { stage, groups, limits, recheck, withRemarks: rollbacks.withRemarks };
}

function imageJudge(
  facts: PolicyFacts,
  context: JudgesContext,
  {
    rollbacks,
    completion,
    ...shared
  }: Pick<ImageJudgeOptions, 'gateFacts' | 'heldVersions'> & {
    readonly rollbacks: Rollbacks;
    readonly completion: Completion;
  },
): ImageJudge {
  const { kept, clock, digestOf } = context;
  const judging: JudgesOptions = {
    notebook: kept.notebook,
    digestOf,
    others: [rollbacks.judge, facts.health.judgePromotions],
    now: () => clock.now(),
    tellOnce: kept.tellOnce,
  };
  return new ImageJudge({
    ...shared,
    completing: new Completing(completion, makeJudges(judging)),
    resolve: (subject, candidate) => digestOf(subject, candidate.tag),
    pinned: (config, decision, pin) => pinned(config, decision, pin, digestOf),
    onClosed: (subject, { candidates = [] }) => lookAtNewTags(subject, candidates, judging),
  });
}

function limitsOf({ policiesOf, byKey }: PolicyFacts, context: JudgesContext): Limits {
  const { wishes, kept, clock, clockVerdict } = context;
  return new Limits({
    forAll: wishes.maxCommitsPerHour,
    perHourOf: (app: AppKey) => strictest(policiesOf(app)),
    commitOf: (app) => {
      const config = byKey.get(app);
      return config === undefined ? app : commitOf(config, policiesOf(app));
    },
    notebook: kept.notebook,
    before: kept.places,
    clockVerdict,
    now: () => clock.now(),
  });
}

/** The smallest number that any image of the Application asks for. */
function strictest(policies: ReadonlyMap<number, ImagePolicies>): Sourced<number> | undefined {
  const all = [...policies.values()].flatMap(({ maxCommitsPerHour }) => maxCommitsPerHour ?? []);
  return all.toSorted((a, b) => a.value - b.value)[0];
}
