/** Flags of `run` -> settings that fit together, or the reason why they do not. */
import { join } from 'node:path';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import type { ListenAddress } from '../../web/server.ts';
import type { FlagValues } from '../flags/flag.ts';
import { type Environment, type GivenFlags, readFlags } from '../flags/flag-values.ts';
import type { LogLevel } from '../log/log-text.ts';
import { runFlags } from '../flags/run-flags.ts';
import { readTenantRules } from '../flags/tenant-flags.ts';
import { readApplicationNamespace } from './application-namespace.ts';
import { type ElectionSettings, readElection } from './election-settings.ts';
import type { RegistriesConf } from './registries-conf.ts';
import { type NextDelay, parseCronSchedule } from './schedule.ts';
import { readWebhookSettings, type WebhookSettings } from './webhook-settings.ts';

export type Schedule =
  | { readonly kind: 'once' }
  | { readonly kind: 'interval'; readonly intervalMs: number }
  | { readonly kind: 'cron'; readonly expression: string; readonly nextDelayMs: NextDelay }
  /** Webhooks alone start cycles. */
  | { readonly kind: 'never' };

/** Where Applications are read from. */
export type ApplicationSource =
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  | { readonly kind: 'kubernetes' }
  | {
      readonly kind: 'argocd';
      /** `host[:port]`, "" for the default. */
      readonly address: string;
      readonly token: string;
      readonly plaintext: boolean;
      readonly insecure: boolean;
    };

export interface RunSettings {
  readonly logLevel: LogLevel;
  /** By a flag, not by the variable. */
  readonly levelIsGiven: boolean;
  /** `auto`: pretty on a terminal, text elsewhere. */
  readonly logFormat: 'text' | 'json' | 'pretty' | 'auto';
  /** The lines of 0.18 are logged besides. */
  readonly hasOldLines: boolean;
  readonly dryRun: boolean;
  readonly schedule: Schedule;
  /** Most that cycles start later than planned. */
  readonly jitterMs: number;
  /** After a single cycle the exit code tells whether something failed in it. */
  readonly codeTellsFailures: boolean;
  readonly source: ApplicationSource;
  /** False: neither Secrets nor ConfigMaps can be read. */
  readonly kubernetes: boolean;
  readonly kubeconfigPath?: string;
  readonly argocdNamespace?: string;
  readonly applicationNamespace?: string;
  readonly labelSelector?: string;
  readonly namePatterns: readonly string[];
  readonly tenants: ReturnType<typeof readTenantRules>;
  readonly kubeEvents: boolean;
  /** Events tell what fails too. */
  readonly failureEvents: boolean;
  readonly refreshAfterPush: boolean;
  readonly notificationAnnotations: 'off' | 'own' | 'all';
  readonly registriesConf: RegistriesConf;
  readonly cacheDirectory: string;
  readonly maxConcurrency: number;
  readonly cycleTimeoutMs: number;
  readonly tagTtlMs: number;
  readonly shutdownGraceMs: number;
  readonly git: {
    readonly author: { readonly name: string; readonly email: string };
    readonly signOff: boolean;
    readonly trailers: boolean;
    readonly signing?: { readonly key: string; readonly method: 'openpgp' | 'ssh' };
    readonly messagePath: string;
    readonly timeoutMs: number;
    readonly maxMirrorBytes: number;
  };
  /** Absent: this is the only replica. */
  readonly election?: ElectionSettings;
  /** Absent: no webhooks are taken. */
  readonly webhooks?: WebhookSettings;
  /** Where /healthz answers; the port of webhooks does so too. */
  readonly health: readonly ListenAddress[];
  /** Where /metrics and /status answer, and /healthz too. */
  readonly metrics: readonly ListenAddress[];
  /** False where the port is nobody's wish: that it is taken is no reason to stay away. */
  readonly metricsAreWanted: boolean;
  /** Absent: nobody may ask for a cycle at /refresh. */
  readonly refreshTokenFile?: string;
  /** Absent: /status asks nobody who he is. */
  readonly statusTokenFile?: string;
}

type RunValues = FlagValues<typeof runFlags>;

export function readRunSettings(
  given: GivenFlags,
  environment: Environment,
  temporaryFolder: string,
): Outcome<{ readonly settings: RunSettings; readonly warnings: readonly string[] }> {
  const read = readFlags(runFlags, given, environment);
  if (!read.ok) return read;
  const { values } = read.value;
  const schedule = readSchedule(values, given);
  if (!schedule.ok) return schedule;
  if (values['exit-code'] && schedule.value.kind !== 'once') {
    return refuse('--exit-code tells how a single cycle ended; give --once too');
  }
  if (values.jitter > maxJitterMs(schedule.value))
    return refuse('--jitter is longer than the interval, or than an hour with --schedule');
  const source = readSource(values);
  if (!source.ok) return source;
  const applicationNamespace = readApplicationNamespace(values);
  if (!applicationNamespace.ok) return applicationNamespace;
  const election = readElection(values, source.value.kind !== 'files' && !values['disable-kubernetes']);
  if (!election.ok) return election;
  const health = readListen(values, schedule.value, ['health-port', 'health-probe-bind-address']);
  if (!health.ok) return health;
  const metrics = readListen(values, schedule.value, ['metrics-port', 'metrics-bind-address']);
  if (!metrics.ok) return metrics;
  const settings: RunSettings = {
    logLevel: logLevelOf(values.loglevel),
    levelIsGiven: given.has('loglevel'),
    logFormat: values.logformat,
    hasOldLines: values['log-lines'] === '0.18',
    dryRun: values['dry-run'],
    schedule: schedule.value,
    jitterMs: values.jitter,
    codeTellsFailures: values['exit-code'],
    source: source.value,
    kubernetes: source.value.kind !== 'files' && !values['disable-kubernetes'],
    ...present('kubeconfigPath', values.kubeconfig),
    ...present('argocdNamespace', values['argocd-namespace']),
    ...present('applicationNamespace', applicationNamespace.value),
    ...present('labelSelector', values['match-application-label']),
    namePatterns: values['match-application-name'].filter((pattern) => pattern !== ''),
    tenants: readTenantRules(values),
    kubeEvents: !values['disable-kube-events'],
    failureEvents: !values['disable-kube-events'] && !values['disable-failure-events'],
    refreshAfterPush: values['refresh-after-push'],
    notificationAnnotations: values['notification-annotations'],
    registriesConf: { path: values['registries-conf-path'], isGiven: given.has('registries-conf-path') },
    cacheDirectory: values['cache-dir'] === '' ? join(temporaryFolder, 'tidewaiter') : values['cache-dir'],
    maxConcurrency: values['max-concurrency'],
    cycleTimeoutMs: values['cycle-timeout'] || defaultCycleTimeoutMs(schedule.value),
    tagTtlMs: values['tag-ttl'],
    shutdownGraceMs: values['shutdown-grace'],
    git: readGit(values),
    health: health.value,
    metrics: metrics.value,
    ...present('refreshTokenFile', values['refresh-token-file']),
    ...present('statusTokenFile', values['status-token-file']),
    metricsAreWanted: given.has('metrics-port') || given.has('metrics-bind-address'),
    ...(election.value === undefined || schedule.value.kind === 'once' ? {} : { election: election.value }),
    ...(values['enable-webhook'] && values['webhook-port'] > 0 && schedule.value.kind !== 'once'
      ? { webhooks: readWebhookSettings(values) }
      : {}),
  };
  return succeed({
    settings,
    warnings: [...read.value.warnings, ...shortInterval(schedule.value), ...toldNobody(values, given)],
  });
}

/** Where 0.18's command `webhook` listens, so that probes of its Deployment reach it. */
const webhookCommandPort = '8080';

/** Settings of the command `webhook`: those of `run`, with cycles for pushes alone. */
export function readWebhookCommandSettings(
  given: GivenFlags,
  environment: Environment,
  temporaryFolder: string,
): Outcome<{ readonly settings: RunSettings; readonly warnings: readonly string[] }> {
  const port =
    (environment['WEBHOOK_PORT'] ?? '') === '' ? [['webhook-port', [webhookCommandPort]] as const] : [];
  const more = new Map([...port, ...given, ['enable-webhook', ['true']] as const]);
  const read = readRunSettings(more, environment, temporaryFolder);
  if (!read.ok) return read;
  const { settings, warnings } = read.value;
  if (settings.webhooks === undefined) return refuse('the command webhook needs a --webhook-port');
  return succeed({
    settings: { ...settings, schedule: { kind: 'never' }, health: [], metrics: [] },
    warnings,
  });
}

/** The flags say `warn`, the log `warning`. */
export function logLevelOf(word: RunValues['loglevel']): LogLevel {
  return word === 'warn' ? 'warning' : word;
}

function readSchedule(values: RunValues, given: GivenFlags): Outcome<Schedule> {
  if (values.once) return succeed({ kind: 'once' });
  if (values.schedule !== '') {
    if (given.has('interval')) return refuse('--schedule and --interval exclude each other');
    const nextDelayMs = parseCronSchedule(values.schedule, values['schedule-timezone']);
    if (!nextDelayMs.ok) return nextDelayMs;
    return succeed({ kind: 'cron', expression: values.schedule, nextDelayMs: nextDelayMs.value });
  }
  if (values['schedule-timezone'] !== '') return refuse('--schedule-timezone needs --schedule');
  if (values.interval === 0) return succeed({ kind: 'once' });
  return succeed({ kind: 'interval', intervalMs: values.interval });
}

const leastCycleTimeoutMs = 5 * 60_000;

function defaultCycleTimeoutMs(schedule: Schedule): number {
  return schedule.kind === 'interval'
    ? Math.max(leastCycleTimeoutMs, 2 * schedule.intervalMs)
    : leastCycleTimeoutMs;
}

function maxJitterMs(schedule: Schedule): number {
  return schedule.kind === 'interval' ? schedule.intervalMs : 3_600_000;
}

function shortInterval(schedule: Schedule): readonly string[] {
  if (schedule.kind !== 'interval' || schedule.intervalMs >= 60_000) return [];
  return ['an interval below 1m asks registries very often, and may run into their rate limits'];
}

/** Of what is given here and now: variables of a pod stay set while somebody looks around in it. */
function toldNobody(values: RunValues, given: GivenFlags): readonly string[] {
  const reason = values.applications.length > 0 ? '--applications' : '--dry-run';
  if (reason === '--dry-run' && !values['dry-run']) return [];
  return (['refresh-after-push', 'notification-annotations'] as const)
    .filter((flag) => given.has(flag))
    .map((flag) => `--${flag} has no effect with ${reason}: Argo CD is told nothing`);
}

function readSource(values: RunValues): Outcome<ApplicationSource> {
  if (values.applications.length > 0) return succeed({ kind: 'files', paths: values.applications });
  if (values['applications-api'] === 'argocd') {
    return succeed({
      kind: 'argocd',
      address: values['argocd-server-addr'],
      token: values['argocd-auth-token'],
      plaintext: values['argocd-plaintext'],
      insecure: values['argocd-insecure'],
    });
  }
  if (values['disable-kubernetes']) {
    return refuse(
      '--disable-kubernetes leaves nothing to read Applications from: add --applications-api argocd or --applications <path>',
    );
  }
  return succeed({ kind: 'kubernetes' });
}

function readGit(values: RunValues): RunSettings['git'] {
  const key = values['git-commit-signing-key'];
  return {
    author: { name: values['git-commit-user'], email: values['git-commit-email'] },
    signOff: values['git-commit-sign-off'],
    trailers: values['git-commit-trailers'],
    ...(key === '' ? {} : { signing: { key, method: values['git-commit-signing-method'] } }),
    messagePath: values['git-commit-message-path'],
    timeoutMs: values['git-timeout'],
    maxMirrorBytes: values['git-max-mirror'],
  };
}

/** A single cycle is watched by whoever started it: no port is opened. */
function readListen(
  values: RunValues,
  schedule: Schedule,
  [portFlag, addressFlag]:
    | readonly ['health-port', 'health-probe-bind-address']
    | readonly ['metrics-port', 'metrics-bind-address'],
): Outcome<readonly ListenAddress[]> {
  const second = readAddress(addressFlag, values[addressFlag]);
  if (!second.ok) return second;
  if (schedule.kind === 'once') return succeed([]);
  const first = values[portFlag] === 0 ? [] : [{ port: values[portFlag] }];
  const known = first.some(({ port }) => port === second.value?.port);
  return succeed(second.value === null || known ? first : [...first, second.value]);
}

/** `:8081`, `127.0.0.1:8081` or `[::1]:8081`; "0" and "" are off. */
function readAddress(flag: string, text: string): Outcome<ListenAddress | null> {
  if (text === '0' || text === '') return succeed(null);
  const parts = /^(?:\[(?<six>[^\]]+)\]|(?<host>[^:[\]]*)):(?<port>\d{1,5})$/.exec(text)?.groups;
  const port = Number(parts?.['port'] ?? Number.NaN);
  if (!(port > 0 && port <= 65_535)) {
    return refuse(`--${flag} "${text}": expected [host]:port, or 0`);
  }
  const host = parts?.['six'] ?? parts?.['host'] ?? '';
  return succeed(host === '' ? { port } : { host, port });
}

function present<Key extends string>(key: Key, text: string): { readonly [K in Key]?: string } {
  return text === '' ? {} : ({ [key]: text } as { readonly [K in Key]?: string });
}

function refuse<T>(message: string): Outcome<T> {
  return fail(configFailure(message));
}
