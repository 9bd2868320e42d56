/** The registry port over HTTP: what all cycles share, and its lifetime. */
import type { Clock } from '../ports/clock.ts';
import { type ClockReading, readClock } from '../core/policy/clock.ts';
import type { Registry, RegistryCycle } from '../ports/registry.ts';
import type { SecretReader } from '../ports/cluster.ts';
import { type AccessOptions, makeSessionCache } from './access/shared.ts';
import { Backoff } from './pace/backoff.ts';
import { Connections } from '../net/connections.ts';
import { InFlight } from '../net/in-flight/in-flight.ts';
import { CycleCredentials, type CredentialOptions, EndpointCredentials } from './access/credentials.ts';
import { HttpRegistryCycle } from './cycle.ts';
import { KnownHosts, type Quirks } from './image/known-hosts.ts';
import { OneAtATime } from '../core/base/one-at-a-time.ts';
import { ImageFacts } from './image/facts.ts';
import { FactsFile, type OnWarning } from './image/facts-file.ts';
import type { RegistryHold, RegistryMemory, RegistryRequest } from '../ports/observation.ts';
import { type Exchange, Http } from './requests/http.ts';
import { defaultLimits, type RegistryLimits } from './requests/limits.ts';
import { readProxies } from '../net/proxy.ts';
import type { Resolve } from '../net/reach.ts';
import { KnownSchemes } from './access/schemes.ts';
import { RegistryWarnings } from './access/warnings.ts';
import { makeScriptRunner, type RunScript } from './access/script.ts';

export interface RegistryOptions {
  /** Proxy variables, SSL_CERT_FILE and such, and the variables that `env:` credentials name. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly userAgent: string;
  /** Runs the program of an `ext:` source; absent: as a process. */
  readonly runScript?: RunScript;
  /** Addresses of a host name; absent: the system's. */
  readonly resolve?: Resolve;
  readonly limits?: Partial<RegistryLimits>;
  /** Where facts about images outlive the process; absent: they do not. */
  readonly cacheDirectory?: string;
  readonly onRequest?: (event: RegistryRequest) => void;
  readonly onHold?: (event: RegistryHold) => void;
  readonly onMemory?: (event: RegistryMemory) => void;
  /** The longest that a known tag goes unasked; absent: six hours; 0: all are asked in every cycle. */
  readonly tagTtlMs?: number;
  readonly onWarning?: OnWarning;
  /** Sends one request; absent: over the network. */
  readonly exchange?: Exchange;
}

const defaultTagTtlMs = 6 * 3_600_000;
const saveEveryMs = 30_000;

export function makeRegistry(options: RegistryOptions): Registry {
  return new HttpRegistry(options);
}

class HttpRegistry implements Registry {
  readonly #connections: Connections;
  readonly #facts: ImageFacts;
  readonly #file: FactsFile | undefined;
  readonly #endpointCredentials = new EndpointCredentials();
  readonly #credentials: CredentialOptions;
  readonly #access: AccessOptions;
  readonly #tagTtlMs: number;
  /** Of this cycle. */
  #clockReading: ClockReading | undefined;
  #cancelSaving: () => void = () => undefined;
  readonly #largeManifests = new OneAtATime();
  readonly #quirks: Quirks = {
    sizeless: new KnownHosts(),
    headless: new KnownHosts(),
    doubtful: new KnownHosts(),
  };

  constructor(options: RegistryOptions) {
    const { clock, environment, userAgent, cacheDirectory } = options;
    this.#tagTtlMs = options.tagTtlMs ?? defaultTagTtlMs;
    const limits = { ...defaultLimits, ...options.limits };
    const onRequest = options.onRequest ?? (() => undefined);
    const onWarning = options.onWarning ?? (() => undefined);
    const { connectionsPerHost: perHost, scriptTimeoutMs, maxScriptBytes } = limits;
    const resolve = options.resolve === undefined ? {} : { resolve: options.resolve };
    this.#connections = new Connections({
      environment,
      perHost,
      proxyFor: readProxies(environment),
      ...resolve,
    });
    const { onMemory } = options;
    const inFlight = new InFlight(clock);
    this.#facts = new ImageFacts((isKnown) => onMemory?.({ memory: 'image', isKnown }));
    this.#access = {
      onToken: (isKnown) => onMemory?.({ memory: 'token', isKnown }),
      http: new Http({
        connections: this.#connections,
        userAgent,
        limits,
        clock,
        inFlight,
        onRequest,
        onDate: (host, date) => {
          this.#clockReading ??= readClock(date, clock.now(), `the registry ${host}`);
        },
        ...(options.onHold === undefined ? {} : { onHold: options.onHold }),
        ...(options.exchange === undefined ? {} : { exchange: options.exchange }),
      }),
      clock,
      limits,
      inFlight,
      schemes: new KnownSchemes(clock),
      backoff: new Backoff(clock),
      warnings: new RegistryWarnings(onWarning),
      sessions: makeSessionCache(),
    };
    const runScript =
      options.runScript ??
      makeScriptRunner({ clock, environment, timeoutMs: scriptTimeoutMs, maxBytes: maxScriptBytes });
    this.#credentials = { environment, clock, runScript };
    if (cacheDirectory === undefined) return;
    this.#file = new FactsFile(cacheDirectory, this.#facts, onWarning);
    this.#file.load();
    this.#saveLater();
  }

  openCycle(secrets: SecretReader): RegistryCycle {
    this.#clockReading = undefined;
    this.#file?.save();
    this.#access.http.openCycle();
    return new HttpRegistryCycle({
      access: this.#access,
      facts: this.#facts,
      quirks: this.#quirks,
      largeManifests: this.#largeManifests,
      tagTtlMs: this.#tagTtlMs,
      credentials: new CycleCredentials(this.#credentials, secrets, this.#endpointCredentials),
    });
  }

  clockReading(): ClockReading | undefined {
    return this.#clockReading;
  }

  /** A long cycle that is killed has not worked in vain. */
  #saveLater(): void {
    this.#cancelSaving = this.#access.clock.after(saveEveryMs, () => {
      this.#file?.save();
      this.#saveLater();
    });
  }

  close(): void {
    this.#cancelSaving();
    this.#connections.close();
    this.#file?.saveNow();
  }
}
