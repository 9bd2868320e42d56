/** The policies of one cycle: their facts, those who judge by them, and what a cycle asks of both. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import { strayHolds } from './facts/stray-holds.ts';
import { recordedDigest } from './facts/recorded.ts';
import { makeResting } from './facts/resting.ts';
import type { Policies } from './judge/policies.ts';
import type { Limits } from './limits.ts';
import { type JudgesContext, openJudges } from './open-judges.ts';
import { type FactsContext, gatherFacts, type PolicyFacts } from './policy-facts.ts';
import { companionsOf } from './together/companions.ts';
import { togetherOf } from './together/written-together.ts';
import { readsChanges, rememberWrite } from './remember-write.ts';
import { watchWrites } from './watch-writes.ts';

export interface PoliciesContext extends FactsContext, JudgesContext {
  readonly reading: JudgesContext['reading'];
  /** False: somebody asked for the cycle. */
  readonly isScheduled: boolean;
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
  const { kept, clock, digestOf, isScheduled } = context;
  const now = (): number => clock.now();
  const facts = await gatherFacts(configs, context);
  const { policiesOf, byKey } = facts;
  const { stage, limits, recheck } = openJudges(facts, context);
  return {
    of: policiesOf,
    pass: (app) => stage.pass(app),
    forget: (app) => stage.forget(app),
    judge: (config, decisions) => stage.judge(config, decisions),
    recheck,
    recordedOf: (image, tag) => recordedDigest(image, tag, { notebook: kept.notebook, digestOf, now }),
    ...makeResting({ policiesOf, intervals: kept.intervals, isScheduled, now }),
    tellsChanges: (app) => [...policiesOf(app).values()].some(readsChanges),
    togetherOf: (app) => togetherOf(policiesOf(app), byKey.get(app)?.app.project ?? ''),
    warningsOf: facts.warningsOf,
    wrote: rememberWrites(facts, limits, context),
    companions: companionsOf(facts),
    warnings: warningsAbout(facts, context),
    close: (isInScope) => closeCycle(facts, limits, context, isInScope),
  };
}

function rememberWrites(
  { policiesOf }: PolicyFacts,
  limits: Limits,
  { kept, clock }: PoliciesContext,
): Policies['wrote'] {
  return (config, decisions, written) => {
    const app = appKey(config.app);
    const isCommitted = written?.result.kind === 'committed' || written?.result.kind === 'patched';
    limits.settle(app, isCommitted);
    if (!isCommitted) return;
    const nowMs = clock.now();
    kept.intervals.wrote(app, nowMs);
    const commit = written.result.kind === 'committed' ? written.result.sha : '-';
    rememberWrite(kept.notebook, config, written, nowMs);
    watchWrites(kept, { app, commit, policies: policiesOf(app), decisions, nowMs });
  };
}

function warningsAbout(
  { configs, watched }: PolicyFacts,
  { administration, wishes, unlisted, kept }: PoliciesContext,
): readonly string[] {
  const knowsAll = wishes.seesAll === true && unlisted === undefined;
  const stray = knowsAll ? strayHolds(configs, administration) : [];
  return [...administration.warnings, ...stray, ...kept.takeTold(), ...watched];
}

async function closeCycle(
  { byKey, firstSights, isRemembered }: PolicyFacts,
  limits: Limits,
  { kept, reading }: PoliciesContext,
  isInScope: (app: AppKey) => boolean,
): Promise<readonly string[]> {
  const { notebook, intervals, keeper } = kept;
  kept.places = limits.placesAfter(isInScope);
  intervals.keepOnly((app) => byKey.has(app));
  const begun = firstSights();
  if (begun !== undefined) kept.tellOnce('first sights', begun);
  const { memory, isClockTrusted } = notebook;
  if (isRemembered) notebook.replace(await keeper.close(memory, reading.signal, isClockTrusted));
  return kept.takeTold();
}
