/** What settings want of every cycle, whether it writes or is rehearsed. */
import type { PolicyWishes } from '../../app/policy/kept-policies.ts';
import type { ArgocdWishes } from '../../app/tell/argocd-teller.ts';
import type { CycleOptions } from '../../app/world.ts';
import type { ProgramIo } from '../process/program-io.ts';
import type { RunSettings } from '../settings/run-settings.ts';

/** How long the first application that is ready waits for others of its repository. */
const lingerMs = 2000;

type Wanted = Omit<
  CycleOptions,
  'endpoints' | 'commitTemplate' | 'groupTemplate' | keyof ArgocdWishes | 'failureEvents'
>;

/** A rehearsal batches as `run` does, and so has the same commits. */
export function wantedOfCycles(settings: RunSettings, { imagePlatform }: ProgramIo): Wanted {
  const { git, tenants, maxConcurrency, cycleTimeoutMs } = settings;
  return {
    defaultPlatform: imagePlatform,
    commitTrailers: git.trailers,
    tenants,
    maxConcurrency,
    cycleTimeoutMs,
    lingerMs,
    policies: wishesOf(settings),
  };
}

function wishesOf(settings: RunSettings): PolicyWishes {
  const { policies, schedule, labelSelector, namePatterns, applicationNamespace } = settings;
  const { defaults, maxCommitsPerHour: value } = policies;
  return {
    flags: defaults,
    seesAll: labelSelector === undefined && applicationNamespace === undefined && namePatterns.length === 0,
    cycleMs: schedule.kind === 'interval' ? schedule.intervalMs : 0,
    ...(value === undefined ? {} : { maxCommitsPerHour: { value, source: '--max-commits-per-hour' } }),
  };
}
