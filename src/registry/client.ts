/** The registry port: answers the questions of cycles over HTTP. */
import { lookup } from 'node:dns/promises';
import type { Clock, Registry, RegistryCycle, SecretReader } from '../app/ports.ts';
import type { Answer, ImageNeed } from '../core/needs.ts';
import { Failed } from '../core/outcome.ts';
import { type AccessOptions, accessKey, makeSessionCache, RepositoryAccess } from './access.ts';
import { Backoff } from './backoff.ts';
import { Connections } from './connections.ts';
import { CycleCredentials, EndpointCredentials } from './credentials.ts';
import { dateTags } from './dated-tags.ts';
import { answerDigest, answerLabels } from './digest-answer.ts';
import { registryFailed } from './error.ts';
import { ImageFacts } from './facts.ts';
import { readFacts, writeFacts, writeFactsNow } from './facts-file.ts';
import { SharedWork } from './flight.ts';
import { Http, type RequestEvent } from './http.ts';
import { ImageReader } from './image-reader.ts';
import { defaultLimits, type RegistryLimits } from './limits.ts';
import type { Resolve } from './origin.ts';
import { readProxies } from './proxy.ts';
import { KnownSchemes } from './schemes.ts';
import { makeScriptRunner, type RunScript } from './script.ts';
import { listTags } from './tags.ts';

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
  readonly onRequest?: (event: RequestEvent) => void;
  /** Told of a cache file that cannot be read or written; the work goes on without. */
  readonly onWarning?: (message: string) => void;
}

export function makeRegistry(options: RegistryOptions): Registry {
  return new HttpRegistry(options);
}

class HttpRegistry implements Registry {
  readonly #options: RegistryOptions;
  readonly #limits: RegistryLimits;
  readonly #connections: Connections;
  readonly #facts = new ImageFacts();
  readonly #endpointCredentials = new EndpointCredentials();
  readonly #access: AccessOptions;
  readonly #quirks: Quirks = { sizeless: new Set(), headless: new Set() };
  #saving: Promise<void> = Promise.resolve();

  constructor(options: RegistryOptions) {
    const { clock, environment, userAgent } = options;
    const limits = { ...defaultLimits, ...options.limits };
    const onRequest = options.onRequest ?? (() => undefined);
    this.#options = options;
    this.#limits = limits;
    const connections = new Connections({
      environment,
      perHost: limits.connectionsPerHost,
      proxyFor: readProxies(environment),
    });
    this.#connections = connections;
    this.#access = {
      http: new Http({ connections, userAgent, limits, clock, onRequest }),
      clock,
      limits,
      resolve: options.resolve ?? resolveHost,
      schemes: new KnownSchemes(clock),
      backoff: new Backoff(clock),
      sessions: makeSessionCache(),
    };
    this.#guardCache('read', (directory) => {
      const saved = readFacts(directory);
      if (saved !== undefined) this.#facts.load(saved);
    });
  }

  openCycle(secrets: SecretReader): RegistryCycle {
    this.#saving = this.#saving.then(() => this.#save());
    const { clock, environment } = this.#options;
    const runScript =
      this.#options.runScript ??
      makeScriptRunner({
        environment,
        timeoutMs: this.#limits.scriptTimeoutMs,
        maxBytes: this.#limits.maxScriptBytes,
      });
    return new HttpRegistryCycle({
      access: this.#access,
      facts: this.#facts,
      limits: this.#limits,
      quirks: this.#quirks,
      credentials: new CycleCredentials(
        { environment, clock, runScript },
        secrets,
        this.#endpointCredentials,
      ),
    });
  }

  close(): void {
    this.#connections.close();
    this.#guardCache('write', (directory) => {
      const facts = this.#facts.takeChanges();
      if (facts !== undefined) writeFactsNow(directory, facts);
    });
  }

  async #save(): Promise<void> {
    const { cacheDirectory } = this.#options;
    const facts = cacheDirectory === undefined ? undefined : this.#facts.takeChanges();
    if (cacheDirectory === undefined || facts === undefined) return;
    try {
      await writeFacts(cacheDirectory, facts);
    } catch (error) {
      this.#warn('write', error);
    }
  }

  #guardCache(action: 'read' | 'write', work: (directory: string) => void): void {
    const { cacheDirectory } = this.#options;
    if (cacheDirectory === undefined) return;
    try {
      work(cacheDirectory);
    } catch (error) {
      this.#warn(action, error);
    }
  }

  #warn(action: 'read' | 'write', error: unknown): void {
    this.#options.onWarning?.(
      `cannot ${action} the cache of image facts: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** What some registries cannot do, by API URL; found out once per process. */
interface Quirks {
  readonly sizeless: Set<string>;
  readonly headless: Set<string>;
}

interface CycleOptions {
  readonly access: AccessOptions;
  readonly facts: ImageFacts;
  readonly limits: RegistryLimits;
  readonly quirks: Quirks;
  readonly credentials: CycleCredentials;
}

interface Repository {
  readonly access: RepositoryAccess;
  readonly reader: ImageReader;
}

class HttpRegistryCycle implements RegistryCycle {
  readonly #options: CycleOptions;
  readonly #repositories = new Map<string, Repository>();
  readonly #listings = new SharedWork<readonly string[]>('results');
  readonly #answers = new SharedWork<Answer>('results');

  constructor(options: CycleOptions) {
    this.#options = options;
  }

  async answer(need: ImageNeed, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#answers.run(need.key, signal, (shared) => this.#ask(need, shared));
    } catch (error) {
      if (!signal.aborted || isCancelled(error)) throw error;
      const purpose = this.#repository(need).access.purpose({ action: 'ask about' });
      throw registryFailed(purpose, 'cancelled', 'cancelled');
    }
  }

  async #ask(need: ImageNeed, signal: AbortSignal): Promise<Answer> {
    const { access, reader } = this.#repository(need);
    const { query } = need;
    switch (query.kind) {
      case 'tags':
        return { kind: 'tags', tags: await this.#list(access, signal) };
      case 'dated-tags': {
        const {
          facts,
          access: { clock },
        } = this.#options;
        return await dateTags(
          { clock, facts, access, reader },
          query,
          await this.#list(access, signal),
          signal,
        );
      }
      case 'digest':
        return await answerDigest(reader, query, signal);
      case 'labels':
        return await answerLabels(access, reader, query, signal);
    }
  }

  async #list(access: RepositoryAccess, signal: AbortSignal): Promise<readonly string[]> {
    const { limits, quirks } = this.#options;
    return await this.#listings.run(access.key, signal, (shared) =>
      listTags(access, limits, quirks.sizeless, shared),
    );
  }

  #repository(need: ImageNeed): Repository {
    const key = accessKey(need);
    const known = this.#repositories.get(key);
    if (known !== undefined) return known;
    const { access: shared, credentials, facts, limits, quirks } = this.#options;
    const access = new RepositoryAccess(shared, credentials, need);
    const reader = new ImageReader({ access, facts, limits, headless: quirks.headless });
    this.#repositories.set(key, { access, reader });
    return { access, reader };
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof Failed && error.failure.kind === 'registry' && error.failure.code === 'cancelled';
}

async function resolveHost(host: string): Promise<readonly string[]> {
  const addresses = await lookup(host, { all: true });
  return addresses.map(({ address }) => address);
}
