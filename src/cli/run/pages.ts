/** Opens the ports on which the program tells how it is: health, and numbers. */
import { settle } from '../../core/base/settle.ts';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { makeHealthApp } from '../../web/health.ts';
import type { Metrics } from '../../web/metrics.ts';
import { addRefreshRoute } from '../../web/refresh-route.ts';
import { addStatusPages } from '../../web/status-routes.ts';
import type { Standing, Status } from '../../web/status/status.ts';
import { TokenFile } from '../../web/token-file.ts';
import { addMetricsPage } from '../../web/metrics-page.ts';
import { type ListenAddress, type StartServer, startServer, type WebServer } from '../../web/server.ts';
import type { Log } from '../log/log.ts';
import type { PageSettings } from '../settings/page-settings.ts';

export interface PagesOptions {
  readonly settings: PageSettings;
  /** Opens addresses that may speak TLS; absent: none will. */
  readonly startSecure: StartServer | undefined;
  readonly isAlive: () => boolean;
  readonly metrics: Metrics | undefined;
  readonly status: Status | undefined;
  readonly standing: () => Standing;
  /** False: another replica runs the cycles. */
  readonly leads: () => boolean;
  /** Asks for a cycle; none named: for all. */
  readonly refresh: (apps: readonly string[]) => void;
  readonly log: Log;
}

/**
 * All or none; the failure names the address that could not be had. A port of metrics that nobody asked for is done
 * without, with a warning. Both answer on one port where they are given the same.
 */
export async function startPages(options: PagesOptions): Promise<Outcome<readonly WebServer[]>> {
  const { settings, isAlive, metrics, status, standing, log } = options;
  const token = await tokenOf('status', settings.statusTokenFile);
  if (!token.ok) return token;
  const refreshToken = await tokenOf('refresh', settings.refreshTokenFile);
  if (!refreshToken.ok) return refreshToken;
  const servers: WebServer[] = [];
  for (const { address, hasMetrics, isSecure } of listenersOf(settings)) {
    const app = makeHealthApp(isAlive);
    if (hasMetrics && metrics !== undefined) addMetricsPage(app, metrics);
    if (hasMetrics && status !== undefined) addStatusPages(app, { status, standing, ...token.value });
    if (hasMetrics && refreshToken.value.token !== undefined)
      addRefreshRoute(app, {
        token: refreshToken.value.token,
        leads: options.leads,
        ask: options.refresh,
      });
    const open = (isSecure ? options.startSecure : undefined) ?? startServer;
    const server = await settle(() => open(app, address));
    if (server.ok) {
      servers.push(server.value);
      continue;
    }
    const isHealth = settings.health.some((health) => isSame(health, address));
    const reason = `${addressText(address)}: ${server.failure.message}`;
    const message = isHealth
      ? `health server: cannot listen on ${reason}`
      : `metrics server: cannot listen on ${reason}`;
    if (!isHealth && !settings.metricsAreWanted) {
      log.warning(`${message}; --metrics-port names another port, 0 is none`);
      continue;
    }
    await Promise.all(servers.map((started) => started.close()));
    return fail(configFailure(message));
  }
  return succeed(servers);
}

async function tokenOf(
  flag: 'status' | 'refresh',
  path: string | undefined,
): Promise<Outcome<{ readonly token?: TokenFile }>> {
  if (path === undefined) return succeed({});
  const token = new TokenFile(path);
  const problem = await token.problem();
  return problem === undefined
    ? succeed({ token })
    : fail(configFailure(`--${flag}-token-file "${path}": no token can be read: ${problem}`));
}

/** An address that probes share speaks no TLS: the kubelet would have to be told. */
function listenersOf({ health, metrics }: PageSettings) {
  const alone = metrics.filter((address) => !health.some((other) => isSame(other, address)));
  return [
    ...health.map((address) => ({
      address,
      hasMetrics: metrics.some((other) => isSame(other, address)),
      isSecure: false,
    })),
    ...alone.map((address) => ({ address, hasMetrics: true, isSecure: address.isSecure === true })),
  ];
}

function isSame(a: ListenAddress, b: ListenAddress): boolean {
  return a.port === b.port && (a.host ?? '') === (b.host ?? '');
}

function addressText({ host = '', port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
