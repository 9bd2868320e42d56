/** One cycle's access to one repository: the right credential, and requests relative to the repository. */
import { createHash } from 'node:crypto';
import type { ImageNeed } from '../../core/decide/needs.ts';
import { Failed } from '../../core/base/outcome.ts';
import type { RegistryCredential } from '../../core/config/keys/secret-source.ts';
import { type CycleCredentials, loginOf } from './credentials.ts';
import { type Purpose, registryFailed, withLogin } from '../requests/error.ts';
import type { Stopwatch } from '../pace/stopwatch.ts';
import type { Http } from '../requests/http.ts';
import { Refusals } from '../requests/refusals.ts';
import { type ApiRequest, Session } from './session.ts';
import type { AccessOptions } from './shared.ts';
import type { Reply } from '../requests/wire.ts';

export interface RepositoryRequest extends Pick<ApiRequest, 'method' | 'maxBytes' | 'share'> {
  /** What is done, without the repository: `list tags of`. The repository follows, then `subject`. */
  readonly action: string;
  /** `:1.2`, `@sha256:…`; absent: the repository itself. */
  readonly subject?: string;
  /** Below the repository: `manifests/1.2`. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly accept: string;
  /** A 404 is thrown too, and counts as a refusal: the repository itself is missing. */
  readonly mustExist?: true;
}

export interface RepositoryReply extends Reply {
  /** The failure that this reply means if its status is not one that the caller expects. */
  failure(): Failed;
}

type Owner = Pick<ImageNeed, 'endpoint' | 'repository' | 'credentials'>;

export class RepositoryAccess {
  readonly owner: Owner;
  /** Equal for equal registry entry, repository and source of credentials; no secret inside. */
  readonly key: string;
  /** The same for what is known of tags: settings that change neither who is asked nor who asks do not count. */
  readonly factsKey: string;
  readonly #options: AccessOptions;
  readonly #credentials: CycleCredentials;
  readonly #refusals: Refusals;
  #account = '';

  constructor(options: AccessOptions, credentials: CycleCredentials, owner: Owner) {
    this.#options = options;
    this.#refusals = new Refusals(options.backoff);
    this.#credentials = credentials;
    this.owner = owner;
    this.key = accessKey(owner);
    const { endpoint, repository } = owner;
    this.factsKey = hash(JSON.stringify([endpoint.apiUrl, repository, loginOf(owner)]));
  }

  purpose({ action, subject = '' }: Pick<RepositoryRequest, 'action' | 'subject'>): Purpose {
    const { endpoint, repository } = this.owner;
    const host = URL.parse(endpoint.apiUrl)?.host ?? endpoint.apiUrl;
    const shown = endpoint.prefix.split('/')[0] || host;
    return { action: `${action} ${shown}/${repository}${subject}`, host, repository };
  }

  /** What the repository costs in time, but for waiting. */
  stopwatch(): Stopwatch {
    return this.#options.http.stopwatch(this.purpose({ action: 'ask about' }));
  }

  /** A question about the repository is answered: now it is the turn of others. */
  finished(): void {
    this.#options.http.finished(this.purpose({ action: 'ask about' }), this.#origin());
  }

  /** The quota of manifests by GET, with what helps where it is too little; absent where the registry told of none. */
  grant(): ReturnType<Http['grant']> {
    return this.#options.http.grant(this.purpose({ action: 'ask about' }), this.#origin(), this.#account);
  }

  #origin(): string {
    return URL.parse(this.owner.endpoint.apiUrl)?.origin ?? '';
  }

  /**
   * The answer, whatever its status, but 401 and 403. Where the credential is refused its source is read once more.
   * Throws `Failed`; after repeated refusals without asking.
   */
  async send(request: RepositoryRequest, signal: AbortSignal): Promise<RepositoryReply> {
    const purpose = this.purpose(request);
    const sent = this.#toApi(request, purpose);
    const credential = await this.#credentials.current(this.owner, purpose, signal);
    try {
      return await this.#sendAs(credential, sent, request, signal);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const renewed = await this.#credentials.renewed(this.owner, purpose, signal);
      if (fingerprint(renewed) === fingerprint(credential)) throw error;
      return await this.#sendAs(renewed, sent, request, signal);
    }
  }

  async #sendAs(
    credential: RegistryCredential | undefined,
    request: ApiRequest,
    { path, mustExist }: Pick<RepositoryRequest, 'path' | 'mustExist'>,
    signal: AbortSignal,
  ): Promise<RepositoryReply> {
    const [content = ''] = path.split('/');
    const login = loginOf(this.owner);
    const key = `${this.key} ${fingerprint(credential)}`;
    const asked = { content, key, login };
    this.#refusals.requireAskable(request.purpose, asked);
    const session = this.#session(key, credential);
    const account = credential === undefined ? '' : fingerprint(credential);
    this.#account = account;
    try {
      const reply = await session.send({ ...request, account }, signal);
      if (mustExist === true && reply.status === 404) throw session.failure(request.purpose, reply);
      if (reply.status < 400) this.#refusals.succeeded(asked);
      return { ...reply, failure: () => session.failure(request.purpose, reply) };
    } catch (error) {
      if (!(isRefusal(error) || isMissing(error))) throw error;
      const asWhom = session.isLoginSent
        ? `asked with the credentials from ${login}`
        : `asked without ${login === '' ? 'credentials' : `the credentials from ${login}, which were not asked for`}`;
      const told = withLogin(error, login, `; ${asWhom}`);
      this.#refusals.refused(asked, told);
      throw told;
    }
  }

  #session(key: string, credential: RegistryCredential | undefined): Session {
    const { sessions } = this.#options;
    const known = sessions.get(key);
    if (known !== undefined) return known;
    const { endpoint, repository } = this.owner;
    const session = new Session({ ...this.#options, endpoint, repository, credential });
    sessions.set(key, session);
    return session;
  }

  #toApi({ method, maxBytes, share, path, query, accept }: RepositoryRequest, purpose: Purpose): ApiRequest {
    const { endpoint, repository } = this.owner;
    const steps = repository.split('/');
    if (steps.some((step) => step === '' || step === '.' || step === '..')) {
      throw registryFailed(purpose, 'refused', 'this is no repository name');
    }
    const url = URL.parse(`${endpoint.apiUrl}/v2/${steps.map(encodeURIComponent).join('/')}/${path}`);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw registryFailed(purpose, 'refused', `api_url ${endpoint.apiUrl} is no http or https URL`);
    }
    if (query !== undefined) url.search = query.toString();
    const kind = method === 'GET' && path.startsWith('manifests/') ? 'counted' : 'free';
    return { purpose, method, url, headers: { accept }, maxBytes, share, kind };
  }
}

export function accessKey({ endpoint, repository, credentials }: Owner): string {
  return hash(JSON.stringify([endpoint, repository, credentials ?? null]));
}

function isRefusal(error: unknown): error is Failed {
  if (!(error instanceof Failed) || error.failure.kind !== 'registry') return false;
  return error.failure.code === 'unauthorized' || error.failure.code === 'forbidden';
}

function isMissing(error: unknown): error is Failed {
  return error instanceof Failed && error.failure.kind === 'registry' && error.failure.code === 'not-found';
}

/** Tells credentials apart without holding them. */
function fingerprint(credential: RegistryCredential | undefined): string {
  if (credential === undefined) return 'anonymous';
  const { username, password, identityToken = '' } = credential;
  return hash(JSON.stringify([username, password, identityToken]));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
