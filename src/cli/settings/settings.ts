/** Flags of `run` -> settings that fit together, or the reason why they do not. */
import { join } from 'node:path';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import type { Environment, GivenFlags } from '../flags/flag-values.ts';
import { readTenantRules } from '../flags/groups/tenant-flags.ts';
import { logLevelOf } from '../flags/groups/log-level.ts';
import { readElection } from './election-settings.ts';
import { readGit } from './git-settings.ts';
import { readPolicySettings } from './policy-settings.ts';
import { readPorts } from './port-settings.ts';
import type { RunSettings } from './run-settings.ts';
import { readRunValues, type RunValues } from './files/run-values.ts';
import { defaultCycleTimeoutMs, maxJitterMs, readSchedule, shortInterval } from './schedule-settings.ts';
import { readApplications } from './application-settings.ts';

export interface ReadSettings {
  readonly settings: RunSettings;
  readonly warnings: readonly string[];
}

export function readRunSettings(
  given: GivenFlags,
  environment: Environment,
  temporaryFolder: string,
): Outcome<ReadSettings> {
  const read = readRunValues(given, environment);
  if (!read.ok) return read;
  const { values } = read.value;
  const schedule = readSchedule(values, given);
  if (!schedule.ok) return schedule;
  if (values['exit-code'] && schedule.value.kind !== 'once') {
    return refuse('--exit-code tells how a single cycle ended; give --once too');
  }
  if (values.jitter > maxJitterMs(schedule.value))
    return refuse('--jitter is longer than the interval, or than an hour with --schedule');
  const applications = readApplications(values);
  if (!applications.ok) return applications;
  const election = readElection(values, applications.value.kubernetes);
  if (!election.ok) return election;
  const ports = readPorts(values, given, schedule.value.kind === 'once');
  if (!ports.ok) return ports;
  const settings: RunSettings = {
    logLevel: logLevelOf(values.loglevel),
    levelIsGiven: given.has('loglevel'),
    logFormat: values.logformat,
    hasOldLines: values['log-lines'] === '0.18',
    dryRun: values['dry-run'],
    schedule: schedule.value,
    jitterMs: values.jitter,
    codeTellsFailures: values['exit-code'],
    ...applications.value,
    tenants: readTenantRules(values),
    kubeEvents: !values['disable-kube-events'],
    failureEvents: !values['disable-kube-events'] && !values['disable-failure-events'],
    refreshAfterPush: values['refresh-after-push'],
    notificationAnnotations: values['notification-annotations'],
    registriesConf: { path: values['registries-conf-path'], isGiven: given.has('registries-conf-path') },
    cacheDirectory: values['cache-dir'] === '' ? join(temporaryFolder, 'tidewaiter') : values['cache-dir'],
    keepsCache: values['cache-dir'] !== '',
    maxConcurrency: values['max-concurrency'],
    cycleTimeoutMs: values['cycle-timeout'] || defaultCycleTimeoutMs(schedule.value),
    tagTtlMs: values['tag-ttl'],
    shutdownGraceMs: values['shutdown-grace'],
    policies: readPolicySettings(values),
    git: readGit(values),
    ...ports.value.ports,
    ...(election.value === undefined || schedule.value.kind === 'once' ? {} : { election: election.value }),
  };
  return succeed({
    settings,
    warnings: [
      ...read.value.warnings,
      ...shortInterval(schedule.value),
      ...ports.value.warnings,
      ...toldNobody(values, given),
    ],
  });
}

/** Of what is given here and now: variables of a pod stay set while somebody looks around in it. */
function toldNobody(values: RunValues, given: GivenFlags): readonly string[] {
  const reason = values.applications.length > 0 ? '--applications' : '--dry-run';
  if (reason === '--dry-run' && !values['dry-run']) return [];
  return (['refresh-after-push', 'notification-annotations'] as const)
    .filter((flag) => given.has(flag))
    .map((flag) => `--${flag} has no effect with ${reason}: Argo CD is told nothing`);
}

function refuse<T>(message: string): Outcome<T> {
  return fail(configFailure(message));
}
