/** One cycle: discover, then everything for each Application, then the report. */
import { settle } from '../core/base/settle.ts';
import { type ApplicationReport, type CycleReport, countReports } from '../core/report/report.ts';
import type { CycleOptions, World } from './world.ts';
import { type Kept, processAll } from './process.ts';
import type { ListedApplications } from '../ports/cluster.ts';
import { TargetMemory } from './read/target-memory.ts';
import { ToldErrors } from './tell/told-errors.ts';
import { everybody, type Scope } from './trigger/trigger.ts';
import { FailingTeller } from './tell/failing-teller.ts';
import { Unfinished } from './repository/unfinished.ts';

/** Runs one cycle; never throws for what goes wrong in it. */
export type RunCycle = (signal: AbortSignal, scope?: Scope) => Promise<CycleReport>;

/** What may change from one cycle to the next. */
export type RenewedOptions = Pick<CycleOptions, 'endpoints' | 'commitTemplate'>;

/**
 * A runner that remembers between cycles which targets hold what is wanted. Cycles must not overlap. `renew` is asked as
 * each begins, and must not throw.
 */
export function makeRunCycle(
  world: World,
  options: CycleOptions,
  renew: () => Promise<RenewedOptions> = () => Promise.resolve(options),
): RunCycle {
  const failing = new FailingTeller(world.clock);
  const kept: Kept = {
    memory: new TargetMemory(),
    told: new ToldErrors(),
    open: new Unfinished(),
    busy: new Unfinished(),
  };
  return async (signal, scope = everybody) => {
    const startedAtMs = world.clock.now();
    const begunMs = world.clock.monotonicMs();
    const cluster = world.cluster.openCycle();
    const listed = await settle(() => cluster.applications(signal));
    const report = (
      applications: readonly ApplicationReport[],
      warnings: readonly string[] = [],
    ): CycleReport => ({
      startedAtMs,
      durationMs: world.clock.monotonicMs() - begunMs,
      complete: listed.ok && scope.kind === 'all',
      applications,
      problems: listed.ok ? listed.value.problems : [],
      warnings: [...((listed.ok ? listed.value.warnings : undefined) ?? []), ...warnings],
      counters: countReports(applications, listed.ok ? unread(listed.value) : 1),
      ...(listed.ok ? {} : { failure: listed.failure }),
    });
    if (!listed.ok) return report([]);
    const { endpoints, commitTemplate } = await renew();
    const applications = await processAll(listed.value.applications, {
      world,
      options: { ...options, endpoints, commitTemplate },
      cluster,
      kept,
      scope,
      signal,
    });
    if (options.failureEvents !== true || signal.aborted) return report(applications);
    return report(applications, await failing.tell(listed.value.applications, applications, cluster, signal));
  };
}

/** How many objects or files could not be read. */
function unread({ problems }: ListedApplications): number {
  return problems.filter(({ level }) => level === undefined).length;
}
