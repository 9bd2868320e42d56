/** Which pages are served, and where: flags -> settings. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import type { ListenAddress } from '../../web/server.ts';
import { nonEmptyProperty } from '../../core/base/optional-property.ts';
import type { FlagValues } from '../flags/flag.ts';
import type { GivenFlags } from '../flags/flag-values.ts';
import type { serverFlags } from '../flags/groups/server-flags.ts';

/** `isSecure`: TLS is spoken there, where there is a certificate. */
export interface PageAddress extends ListenAddress {
  readonly isSecure?: true;
}

export interface PageSettings {
  /** Where /healthz answers; the port of webhooks does so too. */
  readonly health: readonly PageAddress[];
  /** Where /metrics and /status answer, and /healthz too. */
  readonly metrics: readonly PageAddress[];
  /** False where the port is nobody's wish: that it is taken is no reason to stay away. */
  readonly metricsAreWanted: boolean;
  /** Absent: nobody may ask for a cycle at /refresh. */
  readonly refreshTokenFile?: string;
  /** Absent: /status asks nobody who he is. */
  readonly statusTokenFile?: string;
}

type PageValues = FlagValues<typeof serverFlags>;

export function readPages(
  values: PageValues,
  given: GivenFlags,
  isSingleCycle: boolean,
): Outcome<PageSettings> {
  const health = readListen(values, isSingleCycle, ['health-port', 'health-probe-bind-address']);
  if (!health.ok) return health;
  const metrics = readListen(values, isSingleCycle, ['metrics-port', 'metrics-bind-address']);
  if (!metrics.ok) return metrics;
  return succeed({
    health: health.value,
    metrics: metrics.value,
    metricsAreWanted: given.has('metrics-port') || given.has('metrics-bind-address'),
    ...nonEmptyProperty('refreshTokenFile', values['refresh-token-file']),
    ...nonEmptyProperty('statusTokenFile', values['status-token-file']),
  });
}

/** A single cycle is watched by whoever started it: no port is opened. */
function readListen(
  values: PageValues,
  isSingleCycle: boolean,
  [portFlag, addressFlag]:
    | readonly ['health-port', 'health-probe-bind-address']
    | readonly ['metrics-port', 'metrics-bind-address'],
): Outcome<readonly PageAddress[]> {
  const second = readAddress(addressFlag, values[addressFlag]);
  if (!second.ok) return second;
  if (isSingleCycle) return succeed([]);
  const first = values[portFlag] === 0 ? [] : [{ port: values[portFlag] }];
  if (second.value === null) return succeed(first);
  const { port } = second.value;
  const isKnown = first.some((other) => other.port === port);
  // 1.x speaks TLS at its address of metrics, 0.18 never does at its ports
  const secure = addressFlag === 'metrics-bind-address' ? { isSecure: true as const } : {};
  return succeed(isKnown ? [{ port, ...secure }] : [...first, { ...second.value, ...secure }]);
}

/** `:8081`, `127.0.0.1:8081` or `[::1]:8081`; "0" and "" are off. */
function readAddress(flag: string, text: string): Outcome<ListenAddress | null> {
  if (text === '0' || text === '') return succeed(null);
  const parts = /^(?:\[(?<six>[^\]]+)\]|(?<host>[^:[\]]*)):(?<port>\d{1,5})$/.exec(text)?.groups;
  const port = Number(parts?.['port'] ?? Number.NaN);
  if (!(port > 0 && port <= 65_535)) {
    return fail(configFailure(`--${flag} "${text}": expected [host]:port, or 0`));
  }
  const host = parts?.['six'] ?? parts?.['host'] ?? '';
  return succeed(host === '' ? { port } : { host, port });
}
