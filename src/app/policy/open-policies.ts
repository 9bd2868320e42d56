/** The policies of one cycle: what is set, what is known, and the stage that judges by both. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, type Application, appKey } from '../../core/config/application.ts';
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { ImagePolicies, Sourced } from '../../core/policy/settings.ts';
import type { ObserveContext } from '../read/repository-question.ts';
import type { Template } from '../../core/template/template.ts';
import type { MakeJudge } from './judge/subject.ts';
import { readsBaseHistory } from './rollback/base-history.ts';
import type { RollbackMemory } from './rollback/facts.ts';
import { makeRollbackJudge } from './rollback/make-judge.ts';
import { strayHolds } from './facts/stray-holds.ts';
import { companionsOf } from './together/companions.ts';
import { watchFirstSights } from './facts/first-sights.ts';
import { HealthFacts } from './facts/health-facts.ts';
import { type Outside, readSources, readSyncWindows } from './facts/outside.ts';
import { readAllPolicies } from './facts/read-all.ts';
import { recordedDigest } from './facts/recorded.ts';
import { makeResting } from './facts/resting.ts';
import { Gates, type GatesOptions } from './gates.ts';
import type { IdentityOf } from './together/group-member.ts';
import { Groups } from './together/groups.ts';
import type { GateFacts } from '../../core/policy/stage/gates.ts';
import { ImageJudge } from './image-judge.ts';
import { HeldVersions } from './held-versions.ts';
import { type DigestOf, lookAtNewTags, makeJudges } from './judge/judges.ts';
import type { KeptPolicies, PolicyWishes } from './kept-policies.ts';
import { Limits } from './limits.ts';
import { pinned } from './judge/pins.ts';
import type { Policies } from './judge/policies.ts';
import { PolicyStage } from './policy-stage.ts';
import { makeRecheck } from './recheck.ts';
import { Rollouts } from './together/rollouts.ts';
import { togetherOf } from './together/written-together.ts';
import { readsChanges, rememberWrite } from './remember-write.ts';
import { watchWrites } from './watch-writes.ts';

export interface PoliciesContext extends Omit<GatesOptions, 'kept' | 'syncWindowsOf'> {
  readonly outside: Outside;
  readonly wishes: PolicyWishes;
  readonly kept: KeptPolicies;
  readonly reading: ObserveContext;
  /** False: somebody asked for the cycle. */
  readonly isScheduled: boolean;
  readonly digestOf: DigestOf;
  readonly commitTemplate: Template;
  readonly identityOf: IdentityOf;
  /** Why somebody who may be a member of a group cannot be read. */
  readonly unlisted?: string | undefined;
}

export interface OpenPolicies extends Policies {
  /** Those that are decided together: groups, and all that take one version in turns. */
  readonly companions: readonly ReadonlySet<AppKey>[];
  /** About policies as a whole. */
  readonly warnings: readonly string[];
  /** What is to be told of the cycle's end. */
  close(isInScope: (app: AppKey) => boolean): Promise<readonly string[]>;
}

export async function openPolicies(
  configs: readonly AppConfig[],
  context: PoliciesContext,
): Promise<OpenPolicies> {
  const { wishes, kept, clock, administration } = context;
  const { notebook, intervals, zones } = kept;
  const now = (): number => clock.now();
  const times = { zones, nowMs: now(), cycleMs: wishes.cycleMs };
  const { byApp, warnings } = readAllPolicies(configs, administration, times);
  const policiesOf = (app: AppKey): ReadonlyMap<number, ImagePolicies> => byApp.get(app) ?? none;
  const byKey = new Map(configs.map((config) => [appKey(config.app), config]));
  const shared = { configs, policiesOf, notebook, now };
  const { signal } = context.reading;
  const isUsed = byApp.size > 0 || wishes.maxCommitsPerHour !== undefined || configs.some(watchesMovedTags);
  if (isUsed) notebook.replace(await kept.keeper.open(notebook.memory, signal));
  const [syncWindowsOf, others] = await Promise.all([
    readSyncWindows(configs, policiesOf, context.outside),
    readSources(configs, policiesOf, context.outside),
  ]);
  const firstSights = watchFirstSights(
    notebook,
    [...byApp.values()].flatMap((images) => [...images.values()]),
  );
  const health = new HealthFacts({ ...shared, others });
  health.observeAll();
  const applicationOf = (app: AppKey): Application | undefined => byKey.get(app)?.app;
  const judged = kept.watching.look(applicationOf, now());
  const limits = new Limits({
    forAll: wishes.maxCommitsPerHour,
    perHourOf: (app) => strictest(policiesOf(app)),
    notebook,
    before: kept.places,
    now,
  });
  const gates = new Gates({ ...context, syncWindowsOf });
  const heldVersions = new HeldVersions(context.reading);
  const memory: RollbackMemory = {
    commitTemplate: context.commitTemplate,
    get remembered() {
      return notebook.memory;
    },
    createdOf: ({ candidates = [] }, tag) => candidates.find((candidate) => candidate.tag === tag)?.created,
  };
  const sources = { memory, read: readsBaseHistory({ ...context.reading, memory, now }) };
  const judgeRollbacks: MakeJudge = (subject) => makeRollbackJudge(subject, sources);
  const judging = {
    notebook,
    digestOf: context.digestOf,
    others: [judgeRollbacks, health.judgePromotions],
    now,
    tellOnce: kept.tellOnce,
  };
  const { identityOf, unlisted } = context;
  const groups = new Groups(configs, {
    policiesOf,
    identityOf,
    limit: (apps) => limits.askTogether(apps),
    ...optionalProperty('unlisted', unlisted),
  });
  const gateFacts = (config: AppConfig): GateFacts => gates.factsFor(config, policiesOf(appKey(config.app)));
  const images = new ImageJudge({
    gateFacts,
    heldVersions,
    makeJudge: makeJudges(judging),
    resolve: (subject, candidate) => context.digestOf(subject, candidate.tag),
    pinned: (config, decision, pin) => pinned(config, decision, pin, context.digestOf),
    onClosed: (subject, { candidates = [] }) => lookAtNewTags(subject, candidates, judging),
  });
  const rollouts = new Rollouts(configs, { policiesOf, health });
  const stage = new PolicyStage({ policiesOf, gateFacts, images, groups, rollouts, limits });
  const recheck = makeRecheck({
    policiesOf,
    configs: byKey,
    heldVersions,
    gateFacts,
    refreshHolds: () => gates.refreshHolds(),
    withLatestHolds: (config, index, policies) => gates.withLatestHolds(config, index, policies),
  });
  return {
    of: policiesOf,
    pass: (app) => stage.pass(app),
    forget: (app) => stage.forget(app),
    judge: (config, decisions) => stage.judge(config, decisions),
    recheck,
    recordedOf: (image, tag) => recordedDigest(image, tag, judging),
    ...makeResting({ policiesOf, intervals, isScheduled: context.isScheduled, now }),
    tellsChanges: (app) => [...policiesOf(app).values()].some(readsChanges),
    togetherOf: (app) => togetherOf(policiesOf(app), byKey.get(app)?.app.project ?? ''),
    warningsOf: (app) => warnings.get(app) ?? [],
    wrote: (config, decisions, written) => {
      const app = appKey(config.app);
      const isCommitted = written?.result.kind === 'committed' || written?.result.kind === 'patched';
      limits.settle(app, isCommitted);
      if (!isCommitted) return;
      intervals.wrote(app, now());
      const commit = written.result.kind === 'committed' ? written.result.sha : '-';
      rememberWrite(notebook, config, written, now());
      watchWrites(kept, { app, commit, policies: policiesOf(app), decisions, nowMs: now() });
    },
    companions: companionsOf(configs, policiesOf),
    warnings: [
      ...administration.warnings,
      ...(wishes.seesAll === true && unlisted === undefined ? strayHolds(configs, administration) : []),
      ...kept.takeTold(),
      ...judged,
    ],
    close: async (isInScope) => {
      kept.places = limits.placesAfter(isInScope);
      intervals.keepOnly((app) => byKey.has(app));
      const begun = firstSights();
      if (begun !== undefined) kept.tellOnce('first sights', begun);
      if (isUsed) notebook.replace(await kept.keeper.close(notebook.memory, signal));
      return kept.takeTold();
    },
  };
}

const none: ReadonlyMap<number, ImagePolicies> = new Map();

/** Where no digest is written, only the memory knows what a tag named. */
function watchesMovedTags({ images }: AppConfig): boolean {
  return images.some(({ image }) => image.ok && image.value.onMovedTag !== undefined);
}

/** The smallest number that any image of the Application asks for. */
function strictest(policies: ReadonlyMap<number, ImagePolicies>): Sourced<number> | undefined {
  const all = [...policies.values()].flatMap(({ maxCommitsPerHour }) => maxCommitsPerHour ?? []);
  return all.toSorted((a, b) => a.value - b.value)[0];
}
