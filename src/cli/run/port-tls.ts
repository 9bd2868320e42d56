/** Ports that speak TLS where there are a certificate and a key, which may come and be replaced while the program runs. */
import { configFailure, type Failure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ServerTls, StartServer, WebServer } from '../../web/server.ts';
import type { SettingsFile } from '../../web/status/settings-file.ts';
import type { Log } from '../log/log.ts';
import { loadPossiblePair, type TlsPair, tlsFiles } from '../settings/files/tls-pair.ts';
import { ReloadedFile } from '../settings/files/reloaded-file.ts';
import type { RunSettings } from '../settings/run-settings.ts';
import type { TlsSettings } from '../settings/tls-settings.ts';

/** Two files are looked at: that costs nothing, and who replaces them wants to see it. */
const lookMs = 2_000;

/** Absent: nobody has made one yet, and http is spoken. */
type PossiblePair = TlsPair | undefined;

interface PortTlsOptions {
  readonly settings: TlsSettings;
  readonly file: ReloadedFile<PossiblePair>;
  readonly pair: PossiblePair;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'error'>;
}

export class PortTls {
  readonly #options: PortTlsOptions;
  readonly #stop = new AbortController();
  readonly #servers: WebServer[] = [];
  /** What the servers speak with. */
  #pair: PossiblePair;

  constructor(options: PortTlsOptions) {
    this.#options = options;
    this.#pair = options.pair;
  }

  /** For those who tell that its newest version is not in force. */
  get file(): SettingsFile {
    return this.#options.file;
  }

  /** What opens a port that speaks TLS as soon as it can. Absent: this one is not to speak it. */
  starterOf(port: 'webhooks' | 'metrics'): StartServer | undefined {
    if (this.#options.settings[port] === 'off') return undefined;
    return async (app, address) => {
      const { startServer } = await import('../../web/server.ts');
      const server = await startServer(app, address, this.#pair && this.#spoken(this.#pair));
      this.#servers.push(server);
      return server;
    };
  }

  /** Until `stop`. A port that cannot be had is tried again at the next look. */
  async keepRenewed(): Promise<void> {
    const { clock, file } = this.#options;
    for (;;) {
      await clock.sleep(lookMs, this.#stop.signal).catch(() => undefined); // stopped: the loop looks at that itself
      if (this.#stop.signal.aborted) return;
      const pair = await file.current();
      if (pair === this.#pair || pair === undefined) continue;
      const renewed = await Promise.all(this.#servers.map((server) => this.#renew(server, pair)));
      if (renewed.every((isRenewed) => isRenewed)) this.#pair = pair;
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  async #renew(server: WebServer, pair: TlsPair): Promise<boolean> {
    const { log } = this.#options;
    const { port, isSecure } = server;
    const renewed = await settle(() => server.renew(this.#spoken(pair)));
    if (!renewed.ok) log.error(`TLS: cannot listen on :${port}: ${renewed.failure.message}`);
    else if (!isSecure) log.info(`Port ${port} speaks TLS from now on`);
    return renewed.ok;
  }

  #spoken(pair: TlsPair): ServerTls {
    const { minVersion, maxVersion, ciphers } = this.#options.settings;
    return { ...pair, minVersion, maxVersion, ...(ciphers === undefined ? {} : { ciphers }) };
  }
}

/** undefined: no port will speak TLS. Fails where certificate and key are broken, or not there though somebody wants them. */
export async function openPortTls(
  settings: RunSettings,
  log: Log,
  clock: Clock,
): Promise<Outcome<PortTls | undefined>> {
  const { tls, webhooks, metrics } = settings;
  const hasMetrics = tls.metrics !== 'off' && metrics.some(({ isSecure }) => isSecure);
  const isDemanded = hasMetrics && tls.metrics === 'demanded';
  const isPossible = hasMetrics || (webhooks !== undefined && tls.webhooks !== 'off');
  if (isDemanded && tls.folder === '') return fail(demand(tls.folder));
  if (!isPossible || tls.folder === '') return succeed(undefined);
  const { cert, key } = tlsFiles(tls.folder);
  const now = () => clock.now();
  const load = (_: string, before?: PossiblePair) => loadPossiblePair(tls.folder, now(), before);
  const file = await ReloadedFile.open<PossiblePair>({ path: cert, besides: [key], load, log, now });
  if (!file.ok) return file;
  const pair = await file.value.current();
  if (pair === undefined && isDemanded) return fail(demand(tls.folder));
  return succeed(new PortTls({ settings: tls, file: file.value, pair, clock, log }));
}

function demand(folder: string): Failure {
  return configFailure(`--metrics-secure: there is no tls.crt and tls.key in --tls-folder "${folder}"`);
}
