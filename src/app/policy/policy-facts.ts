/** What the policies of a cycle go by: what is set, what is remembered, and what others say. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { Pace } from '../../core/base/pieces.ts';
import { type AppKey, type Application, appKey } from '../../core/config/application.ts';
import type { ImagePolicies } from '../../core/policy/settings.ts';
import type { Verdict } from '../../core/policy/verdict.ts';
import type { SyncWindowFacts } from '../../core/policy/window/window-clock.ts';
import type { Warning } from '../../core/config/tracked-image.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObserveContext } from '../read/repository-question.ts';
import type { Administration } from './facts/administration.ts';
import { readContainment } from './containment.ts';
import { watchFirstSights } from './facts/first-sights.ts';
import { HealthFacts } from './facts/health-facts.ts';
import { type Outside, readSources, readSyncWindows } from './facts/outside.ts';
import { type AllPolicies, readAllPolicies } from './facts/read-all.ts';
import type { PoliciesOf } from './judge/policies.ts';
import type { KeptPolicies, PolicyWishes } from './kept-policies.ts';
import { type Cohort, cohortsOf } from './together/cohorts.ts';
import { type Roster, rostersOf } from './together/rosters.ts';

export interface FactsContext {
  readonly wishes: PolicyWishes;
  readonly kept: KeptPolicies;
  readonly clock: Clock;
  readonly administration: Administration;
  readonly outside: Outside;
  /** Why the clock cannot be trusted. */
  readonly clockVerdict: () => Verdict | undefined;
  readonly reading: Pick<ObserveContext, 'repositories' | 'signal'>;
}

export interface PolicyFacts {
  readonly configs: readonly AppConfig[];
  readonly byKey: ReadonlyMap<AppKey, AppConfig>;
  readonly policiesOf: PoliciesOf;
  readonly warningsOf: (app: AppKey) => readonly Warning[];
  readonly rosters: readonly Roster[];
  readonly cohorts: readonly Cohort[];
  readonly syncWindowsOf: (app: Application) => SyncWindowFacts;
  readonly health: HealthFacts;
  /** What became of writes that are watched, where it deserves a word to people. */
  readonly watched: readonly string[];
  /** At the end: what the cycle was the first to see, for people. */
  readonly firstSights: () => string | undefined;
  /** Something of this cycle is remembered: its end must be too. */
  readonly isRemembered: boolean;
}

export async function gatherFacts(
  configs: readonly AppConfig[],
  context: FactsContext,
): Promise<PolicyFacts> {
  const { kept, clock, outside, clockVerdict } = context;
  const { notebook } = kept;
  notebook.trust(() => clockVerdict() === undefined);
  const now = (): number => clock.now();
  const { byApp, warnings } = await readSettings(configs, context);
  const byKey = new Map(configs.map((config) => [appKey(config.app), config]));
  const policiesOf: PoliciesOf = (app) => byApp.get(app) ?? none;
  const isRemembered = byApp.size > 0 || needsMemory(configs, context.wishes);
  if (isRemembered) notebook.replace(await kept.keeper.open(notebook.memory, context.reading.signal));
  const [syncWindowsOf, others] = await Promise.all([
    readSyncWindows(configs, policiesOf, outside),
    readSources(configs, policiesOf, outside),
  ]);
  const all = [...byApp.values()].flatMap((images) => [...images.values()]);
  const firstSights = watchFirstSights(notebook, all);
  const health = new HealthFacts({ configs, others, policiesOf, notebook, now });
  health.observeAll();
  const watched = await kept.watching.look({
    configOf: (app) => byKey.get(app),
    containment: (config, commit) => readContainment(config, commit, { ...context.reading, clock }),
    nowMs: now(),
  });
  return {
    configs,
    byKey,
    policiesOf,
    warningsOf: (app) => warnings.get(app) ?? [],
    rosters: rostersOf(configs, policiesOf),
    cohorts: cohortsOf(configs, policiesOf),
    syncWindowsOf,
    health,
    watched,
    firstSights,
    isRemembered,
  };
}

const none: ReadonlyMap<number, ImagePolicies> = new Map();

async function readSettings(
  configs: readonly AppConfig[],
  { wishes, kept, clock, administration, reading }: FactsContext,
): Promise<AllPolicies> {
  const times = { zones: kept.zones, nowMs: clock.now(), cycleMs: wishes.cycleMs };
  return await new Pace(clock, reading.signal).run(readAllPolicies(configs, administration, times));
}

/** Whoever has no policies may still be limited, or follow a tag of which only the memory knows what it named. */
function needsMemory(configs: readonly AppConfig[], { maxCommitsPerHour }: PolicyWishes): boolean {
  return maxCommitsPerHour !== undefined || configs.some(watchesMovedTags);
}

function watchesMovedTags({ images }: AppConfig): boolean {
  return images.some(({ image }) => image.ok && image.value.onMovedTag !== undefined);
}
