/** Fetches credentials from their sources: those of an image once per cycle, those of an endpoint when needed. */
import { isAbsolute } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../ports/clock.ts';
import type { KeyedTexts, SecretReader } from '../../ports/cluster.ts';
import { findDockerCredential } from '../../core/registries/docker-config.ts';
import type { ImageNeed } from '../../core/decide/needs.ts';
import { Failed, type Outcome } from '../../core/base/outcome.ts';
import { textUnder } from '../../core/base/json.ts';
import type { RegistryEndpoint } from '../../core/registries/endpoint.ts';
import {
  type RegistryCredential,
  type SecretSource,
  secretSourceText,
  splitUserPassword,
} from '../../core/config/keys/secret-source.ts';
import { type Purpose, registryFailed, withLogin } from '../requests/error.ts';
import { SharedWork } from '../../net/flight.ts';
import type { RunScript } from './script.ts';

export interface CredentialOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly runScript: RunScript;
}

/** What a source gave; a Docker config answers differently for each repository. */
type Material =
  | { readonly kind: 'pair'; readonly credential: RegistryCredential }
  | { readonly kind: 'docker'; readonly json: string; readonly form: '.dockerconfigjson' | '.dockercfg' };

interface Kept {
  readonly material: Material;
  readonly fetchedAtMs: number;
}

type Owner = Pick<ImageNeed, 'endpoint' | 'repository' | 'credentials'>;

/** Credentials of endpoints, kept from cycle to cycle until they expire or are refused. */
export class EndpointCredentials {
  readonly #kept = new LRUCache<string, Kept>({ max: 10_000 });

  get(endpoint: RegistryEndpoint, nowMs: number): Material | undefined {
    const kept = this.#kept.get(endpointKey(endpoint));
    if (kept === undefined) return undefined;
    const lifeMs = endpoint.credentialsExpireMs ?? Number.POSITIVE_INFINITY;
    return lifeMs > 0 && nowMs - kept.fetchedAtMs >= lifeMs ? undefined : kept.material;
  }

  set(endpoint: RegistryEndpoint, material: Material, nowMs: number): void {
    this.#kept.set(endpointKey(endpoint), { material, fetchedAtMs: nowMs });
  }
}

/** One cycle's view: every source is read at most once, and once more where a registry refused what it gave. */
export class CycleCredentials {
  readonly #options: CredentialOptions;
  readonly #secrets: SecretReader;
  readonly #endpoints: EndpointCredentials;
  readonly #reads = new SharedWork<Material>('results');

  constructor(options: CredentialOptions, secrets: SecretReader, endpoints: EndpointCredentials) {
    this.#options = options;
    this.#secrets = secrets;
    this.#endpoints = endpoints;
  }

  /**
   * The image's own credentials, else the endpoint's; absent: anonymous.
   * Throws `Failed` "credentials" that names the source, never its content.
   */
  async current(
    owner: Owner,
    purpose: Purpose,
    signal: AbortSignal,
  ): Promise<RegistryCredential | undefined> {
    return await this.#credential(owner, purpose, async (source) => {
      return this.#keptFor(owner) ?? (await this.#read(owner, source, signal));
    });
  }

  /** The same, read anew if what there is was kept from an earlier cycle. */
  async renewed(
    owner: Owner,
    purpose: Purpose,
    signal: AbortSignal,
  ): Promise<RegistryCredential | undefined> {
    return await this.#credential(owner, purpose, (source) => this.#read(owner, source, signal));
  }

  async #credential(
    owner: Owner,
    purpose: Purpose,
    read: (source: SecretSource) => Promise<Material>,
  ): Promise<RegistryCredential | undefined> {
    const source = owner.credentials ?? owner.endpoint.credentials;
    if (source === undefined) return undefined;
    try {
      return pick(await read(source), owner);
    } catch (error) {
      if (!(error instanceof SourceProblem)) throw error;
      const login = secretSourceText(source);
      const detail = `credentials from ${login}: ${error.message}`;
      throw withLogin(registryFailed(purpose, 'credentials', detail), login);
    }
  }

  #keptFor({ credentials, endpoint }: Owner): Material | undefined {
    return credentials === undefined
      ? this.#endpoints.get(endpoint, this.#options.clock.monotonicMs())
      : undefined;
  }

  async #read(owner: Owner, source: SecretSource, signal: AbortSignal): Promise<Material> {
    const isEndpoint = owner.credentials === undefined;
    const key = isEndpoint ? `endpoint ${endpointKey(owner.endpoint)}` : `image ${JSON.stringify(source)}`;
    return await this.#reads.run(key, signal, async (shared) => {
      const material = await this.#fetch(source, isEndpoint, shared);
      if (isEndpoint) this.#endpoints.set(owner.endpoint, material, this.#options.clock.monotonicMs());
      return material;
    });
  }

  async #fetch(source: SecretSource, isEndpoint: boolean, signal: AbortSignal): Promise<Material> {
    switch (source.kind) {
      case 'pullsecret':
        return readDockerConfig(await this.#secret(source, isEndpoint));
      case 'secret': {
        const text = textUnder((await this.#secret(source, isEndpoint)).values, source.field);
        if (text === undefined) throw new SourceProblem('the Secret has no such field');
        return pair(splitUserPassword(text, 'secret'));
      }
      case 'env': {
        const text = textUnder(this.#options.environment, source.name) ?? '';
        if (text === '') throw new SourceProblem('the variable is not set');
        return pair(splitUserPassword(text, 'env'));
      }
      case 'ext':
        return pair(splitUserPassword(await this.#run(source, signal), 'ext'));
    }
  }

  /** Argo CD's own Secrets hold logins of clusters and repositories: no annotation has them sent to a registry. */
  async #secret(
    source: Extract<SecretSource, { namespace: string }>,
    isEndpoint: boolean,
  ): Promise<KeyedTexts> {
    let found: KeyedTexts | null;
    try {
      found = await this.#secrets.secret(source.namespace, source.name);
    } catch (error) {
      if (error instanceof Failed) throw new SourceProblem(error.message);
      throw error;
    }
    if (found === null) throw new SourceProblem('there is no such Secret');
    if (!isEndpoint && Object.hasOwn(found.labels, argocdSecretLabel)) {
      throw new SourceProblem(
        `the Secret has the label ${argocdSecretLabel}, it is one of Argo CD's; make one for the registry`,
      );
    }
    return found;
  }

  async #run(source: Extract<SecretSource, { kind: 'ext' }>, signal: AbortSignal): Promise<string> {
    if (!isAbsolute(source.path)) throw new SourceProblem('the path must be absolute');
    try {
      return await this.#options.runScript(source.path, signal);
    } catch (error) {
      throw new SourceProblem(error instanceof Error ? error.message : 'cannot be run');
    }
  }
}

const argocdSecretLabel = 'argocd.argoproj.io/secret-type';

function endpointKey(endpoint: RegistryEndpoint): string {
  return JSON.stringify(endpoint);
}

/** Why a source gave nothing; the failure of each image that wanted it says so. */
class SourceProblem extends Error {}

function pair(split: Outcome<RegistryCredential>): Material {
  if (!split.ok) throw new SourceProblem(split.failure.message);
  return { kind: 'pair', credential: split.value };
}

function readDockerConfig({ values }: KeyedTexts): Material {
  for (const form of ['.dockerconfigjson', '.dockercfg'] as const) {
    const json = values[form];
    if (json !== undefined) return { kind: 'docker', json, form };
  }
  throw new SourceProblem('the Secret has no field .dockerconfigjson');
}

function pick(material: Material, { endpoint, repository }: Owner): RegistryCredential {
  if (material.kind === 'pair') return material.credential;
  const found = findDockerCredential(material.json, material.form, endpoint, repository);
  if (!found.ok) throw new SourceProblem(found.failure.message);
  return found.value;
}

/** Where the credentials for an image come from, as in the configuration; "" for none. */
export function loginOf({ credentials, endpoint }: Owner): string {
  const source = credentials ?? endpoint.credentials;
  return source === undefined ? '' : secretSourceText(source);
}
