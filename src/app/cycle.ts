/** One cycle: discover, then everything for each Application, then the report. */
import { settle } from '../core/base/settle.ts';
import { type ApplicationReport, type CycleReport, countReports } from '../core/report/report.ts';
import type { CycleOptions, World } from './world.ts';
import { type Kept, processAll } from './process.ts';
import type { ListedApplications } from '../ports/cluster.ts';
import { keepPolicies } from './policy/kept-policies.ts';
import { TargetMemory } from './read/target-memory.ts';
import type { PolicyMemory } from '../ports/policy-memory.ts';
import { ToldErrors } from './tell/told-errors.ts';
import { everybody, type Scope } from './trigger/trigger.ts';
import { EventTellers } from './tell/event-tellers.ts';
import { Unfinished } from './repository/unfinished.ts';

/** Runs one cycle; never throws for what goes wrong in it. */
export type RunCycle = (signal: AbortSignal, scope?: Scope) => Promise<CycleReport>;

/** What may change from one cycle to the next. */
export interface RenewedOptions extends Pick<CycleOptions, 'endpoints' | 'commitTemplate' | 'groupTemplate'> {
  /** Of leadership: between two of them another process may have led. Absent: no other ever does. */
  readonly term?: number;
}

/**
 * A runner that remembers between cycles which targets hold what is wanted. Cycles must not overlap. `renew` is asked as
 * each begins, and must not throw.
 */
export function makeRunCycle(
  world: World,
  options: CycleOptions,
  renew: () => Promise<RenewedOptions> = () => Promise.resolve(options),
): RunCycle {
  const failing = new EventTellers(world.clock);
  const kept: Kept = {
    memory: new TargetMemory(),
    told: new ToldErrors(),
    open: new Unfinished(),
    busy: new Unfinished(),
    policies:
      options.policies === undefined
        ? undefined
        : keepPolicies(options.policies, world.clock, memoriesOf(world)),
  };
  let term: number | undefined;
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
    const { term: newTerm, ...renewed } = await renew();
    if (newTerm !== term) kept.policies?.keeper.readAgain();
    term = newTerm;
    const {
      reports: applications,
      warnings,
      ended,
    } = await processAll(listed.value.applications, {
      world,
      options: { ...options, ...renewed },
      cluster,
      kept,
      scope,
      unlisted: unlistedWords(listed.value),
      signal,
    });
    if (options.failureEvents !== true || signal.aborted) return report(applications, warnings);
    const told = { applications: listed.value.applications, reports: applications, ...ended };
    return report(applications, [...warnings, ...(await failing.tell(told, cluster, signal))]);
  };
}

/** How many objects or files could not be read. */
function unread({ problems }: ListedApplications): number {
  return problems.filter(({ level }) => level === undefined).length;
}

/** Who cannot be read may be one of a group that has to wait for it (policies.md 6.1). */
function unlistedWords({ problems }: ListedApplications): string | undefined {
  const [first, ...others] = problems.filter(({ level }) => level === undefined);
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${first.app ?? first.file ?? 'an Application'}${more} cannot be read, and may be a member`;
}

function memoriesOf({ cluster, cacheMemory }: World): readonly PolicyMemory[] {
  return [cluster.policyMemory, cacheMemory].filter((memory) => memory !== undefined);
}
