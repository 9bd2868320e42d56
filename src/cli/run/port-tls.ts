/** Certificate and key of the ports that speak TLS, renewed while the program runs. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ServerTls, WebServer } from '../../web/server.ts';
import type { SettingsFile } from '../../web/status/settings-file.ts';
import type { Log } from '../log/log.ts';
import { hasTlsPair, loadTlsPair, type TlsPair, tlsFiles } from '../settings/files/tls-pair.ts';
import { ReloadedFile } from '../settings/files/reloaded-file.ts';
import type { RunSettings } from '../settings/run-settings.ts';
import type { TlsSettings } from '../settings/tls-settings.ts';

/** Two files are looked at: that costs nothing, and who replaces them wants to see it. */
const lookMs = 2_000;

export class PortTls {
  readonly #settings: TlsSettings;
  readonly #file: ReloadedFile<TlsPair>;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  #pair: TlsPair;

  constructor(settings: TlsSettings, file: ReloadedFile<TlsPair>, pair: TlsPair, clock: Clock) {
    this.#settings = settings;
    this.#file = file;
    this.#pair = pair;
    this.#clock = clock;
  }

  /** For those who tell that its newest version is not in force. */
  get file(): SettingsFile {
    return this.#file;
  }

  /** Absent where the port is to speak without TLS. */
  of(port: 'webhooks' | 'metrics'): ServerTls | undefined {
    return this.#settings[port] === 'off' ? undefined : this.#options();
  }

  /** Until `stop`. */
  async keepRenewed(servers: readonly WebServer[]): Promise<void> {
    for (;;) {
      await this.#clock.sleep(lookMs, this.#stop.signal).catch(() => undefined); // stopped: the loop looks at that itself
      if (this.#stop.signal.aborted) return;
      const pair = await this.#file.current();
      if (pair === this.#pair) continue;
      this.#pair = pair;
      for (const server of servers) server.renew(this.#options());
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  #options(): ServerTls {
    const { minVersion, maxVersion, ciphers } = this.#settings;
    return { ...this.#pair, minVersion, maxVersion, ...(ciphers === undefined ? {} : { ciphers }) };
  }
}

/** undefined: no port speaks TLS. Fails where certificate and key are broken, or not there though somebody wants them. */
export async function openPortTls(
  settings: RunSettings,
  log: Log,
  clock: Clock,
): Promise<Outcome<PortTls | undefined>> {
  const { tls, webhooks, metrics } = settings;
  const hasMetrics = tls.metrics !== 'off' && metrics.some(({ isSecure }) => isSecure);
  if (!hasMetrics && (webhooks === undefined || tls.webhooks === 'off')) return succeed(undefined);
  const isThere = await hasTlsPair(tls.folder);
  if (!isThere.ok) return isThere;
  if (!isThere.value) {
    if (!hasMetrics || tls.metrics !== 'demanded') return succeed(undefined);
    const reason = `there is no tls.crt and tls.key in --tls-folder "${tls.folder}"`;
    return fail(configFailure(`--metrics-secure: ${reason}`));
  }
  const { cert, key } = tlsFiles(tls.folder);
  const now = () => clock.now();
  const load = () => loadTlsPair(tls.folder, now());
  const file = await ReloadedFile.open({ path: cert, besides: [key], load, log, now });
  return file.ok ? succeed(new PortTls(tls, file.value, await file.value.current(), clock)) : file;
}
