/** The policies of one cycle: their facts, those who judge by them, and what a cycle asks of both. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import { strayHolds } from './facts/stray-holds.ts';
import { recordedDigest } from './facts/recorded.ts';
import { makeResting } from './facts/resting.ts';
import type { Hold } from '../../core/policy/settings.ts';
import type { WriteResult } from '../../core/report/report.ts';
import type { Policies } from './judge/policies.ts';
import { type JudgesContext, openJudges, type PolicyJudges } from './open-judges.ts';
import { type FactsContext, gatherFacts, type PolicyFacts } from './policy-facts.ts';
import { companionsOf } from './together/companions.ts';
import { type GroupSplit, keepSplits } from './together/splits.ts';
import { commitGroupOf } from './together/written-together.ts';
import { readsChanges, rememberPatch, rememberWrite } from './remember-write.ts';
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
  close(isInScope: (app: AppKey) => boolean): Promise<CycleEnd>;
}

/** What is to be told of the end of a cycle. */
export interface CycleEnd {
  readonly warnings: readonly string[];
  /** Groups that are written halfway since this cycle. */
  readonly splits: readonly GroupSplit[];
  /** Nothing is written; absent: no freeze is in force. */
  readonly freeze?: Hold | undefined;
}

export async function openPolicies(
  configs: readonly AppConfig[],
  context: PoliciesContext,
): Promise<OpenPolicies> {
  const { kept, clock, digestOf, isScheduled } = context;
  const now = (): number => clock.now();
  const facts = await gatherFacts(configs, context);
  const { policiesOf, byKey } = facts;
  const judges = openJudges(facts, context);
  const { stage, groups, recheck, withRemarks } = judges;
  return {
    of: policiesOf,
    pass: (app) => stage.pass(app),
    forget: (app) => stage.forget(app),
    judge: async (config, decisions) => withRemarks(config, await stage.judge(config, decisions)),
    recheck,
    recordedOf: (image, tag) => recordedDigest(image, tag, { notebook: kept.notebook, digestOf, now }),
    ...makeResting({ policiesOf, intervals: kept.intervals, isScheduled, now }),
    tellsChanges: (app) => [...policiesOf(app).values()].some(readsChanges),
    togetherOf: (app) => {
      const config = byKey.get(app);
      return config === undefined ? undefined : commitGroupOf(config, policiesOf(app));
    },
    companyOf: (app) => groups.companyOf(app),
    warningsOf: facts.warningsOf,
    wrote: rememberWrites(facts, judges, context),
    companions: companionsOf(facts),
    warnings: warningsAbout(facts, context),
    close: (isInScope) => closeCycle(facts, judges, context, isInScope),
  };
}

function rememberWrites(
  { policiesOf }: PolicyFacts,
  { groups, limits }: Pick<PolicyJudges, 'groups' | 'limits'>,
  { kept, clock }: PoliciesContext,
): Policies['wrote'] {
  return (config, decisions, written) => {
    const app = appKey(config.app);
    const landed = written === undefined ? undefined : landedAs(written.result, app);
    limits.settle(app, landed?.name);
    if (landed !== undefined || written?.result.kind === 'unchanged') groups.landed(app);
    if (written === undefined || landed === undefined) return;
    const { commit } = landed;
    const nowMs = clock.now();
    kept.intervals.wrote(app, nowMs);
    rememberWrite(kept.notebook, config, written, nowMs);
    if (written.result.kind === 'patched')
      rememberPatch(kept.notebook, config, { policies: policiesOf(app), decisions, atMs: nowMs });
    watchWrites(kept, { app, commit, policies: policiesOf(app), decisions, nowMs });
  };
}

interface Landed {
  /** `-` for a live patch. */
  readonly commit: string;
  /** Equal for those that are in one commit. */
  readonly name: string;
}

function landedAs(result: WriteResult, app: AppKey): Landed | undefined {
  if (result.kind === 'committed') return { commit: result.sha, name: result.sha };
  return result.kind === 'patched' ? { commit: '-', name: app } : undefined;
}

function warningsAbout(
  { configs, watched }: PolicyFacts,
  { administration, wishes, unlisted, kept }: PoliciesContext,
): readonly string[] {
  const knowsAll = wishes.seesAll === true && unlisted === undefined;
  const stray = knowsAll ? strayHolds(configs, administration) : [];
  return [...administration.warnings, ...stray, ...kept.takeTold(), ...watched];
}

function freezeIn({ holds: { freeze } }: PoliciesContext['administration'], nowMs: number): Hold | undefined {
  return freeze === undefined || (freeze.value.untilMs ?? nowMs + 1) <= nowMs ? undefined : freeze.value;
}

async function closeCycle(
  { byKey, firstSights, isRemembered, rosters }: PolicyFacts,
  { limits, groups }: PolicyJudges,
  { kept, clock, reading, identityOf, administration }: PoliciesContext,
  isInScope: (app: AppKey) => boolean,
): Promise<CycleEnd> {
  const { notebook, intervals, keeper } = kept;
  kept.places = limits.placesAfter(isInScope);
  intervals.keepOnly((app) => byKey.has(app));
  const begun = firstSights();
  if (begun !== undefined) kept.tellOnce('first sights', begun);
  const { memory, isClockTrusted } = notebook;
  if (isRemembered) notebook.replace(await keeper.close(memory, reading.signal, isClockTrusted));
  const splits = await keepSplits(kept.splits, rosters, groups.journeys(), identityOf);
  const warnings = [...kept.takeTold(), ...splits.map(({ message }) => message)];
  return { warnings, splits, freeze: freezeIn(administration, clock.now()) };
}
