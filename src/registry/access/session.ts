/** Requests to one repository with one credential: challenges answered, tokens kept. */
import type { RegistryEndpoint } from '../../core/registries/endpoint.ts';
import type { RegistryCredential } from '../../core/config/keys/secret-source.ts';
import { Failed } from '../../core/base/outcome.ts';
import { parseChallenges } from './challenge.ts';
import { describeStatus, type Purpose, quoteBody, registryFailed, statusFailed } from './error.ts';
import { SharedWork } from '../../net/flight.ts';
import type { HttpRequest } from './http.ts';
import { retryAfterIn } from './retry.ts';
import { type BearerScheme, chooseScheme, type KnownSchemes, offersBasic, type Scheme } from './schemes.ts';
import { basicValue, fetchToken, mergeScopes, secretsOf, type Token, type TokenSource } from './token.ts';
import type { RegistryWarnings } from './warnings.ts';
import type { Reply } from './wire.ts';

export interface SessionOptions extends TokenSource {
  readonly schemes: KnownSchemes;
  readonly warnings: RegistryWarnings;
  readonly endpoint: RegistryEndpoint;
  readonly repository: string;
  readonly credential: RegistryCredential | undefined;
}

export type ApiRequest = Pick<
  HttpRequest,
  'purpose' | 'method' | 'url' | 'headers' | 'maxBytes' | 'account' | 'kind'
>;

/** ECR's word for a password that ran out; it comes without a challenge. */
const expiredPassword = 'authorization token has expired';

/** What a request can be sent with on the ground of earlier challenges. */
type KnownAuthorization =
  | { readonly kind: 'none' }
  | { readonly kind: 'header'; readonly value: string }
  /** The realm gave no token. */
  | { readonly kind: 'failed'; readonly realm: string; readonly error: Failed };

/**
 * Sends requests with what is known about the registry's authentication, and answers its challenges. There is no
 * ping: the first request is the probe. Source: registry.md 5.2.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #tokens = new SharedWork<Token>('nothing');
  #scopes: readonly string[];
  #token: Token | undefined;
  #isRootOpen = false;
  /** What came of a login that nobody had asked for. */
  #unasked: 'untried' | 'taken' | 'refused' = 'untried';
  #isLoginSent = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#scopes = [`repository:${options.repository}:pull`];
  }

  /** Whether the credential went to the registry or its token server. */
  get isLoginSent(): boolean {
    return this.#isLoginSent;
  }

  /** The answer, whatever its status, but 401 and 403: those are thrown as `Failed`. */
  async send(request: ApiRequest, signal: AbortSignal): Promise<Reply> {
    const { schemes, endpoint } = this.#options;
    return await schemes.contact(endpoint.apiUrl, signal, async (contacted) => {
      const reply = await this.#sendAnswering(request, signal, contacted);
      if (isRefused(reply) || reply.status === 403) throw this.failure(request.purpose, reply);
      return reply;
    });
  }

  /** What a reply's status means, in the registry's own words without any credential. */
  failure(purpose: Purpose, reply: Reply): Failed {
    const retryAfterMs = retryAfterIn(reply.headers, this.#options.clock.now());
    return statusFailed(purpose, reply.status, quoteBody(reply.body, this.#secrets), retryAfterMs);
  }

  get #secrets(): readonly string[] {
    return [...secretsOf(this.#options.credential), this.#token?.value ?? ''];
  }

  async #sendAnswering(request: ApiRequest, signal: AbortSignal, contacted: () => void): Promise<Reply> {
    const known = await this.#knownAuthorization(request.purpose, signal);
    let authorization = known.kind === 'header' ? known.value : undefined;
    let reply = await this.#sendWith(authorization, request, signal);
    this.#learn(reply);
    contacted();
    for (const isFirst of [true, false]) {
      if (!isRefused(reply)) break;
      this.#throwIfSame(known, reply);
      const next = await this.#answer(reply, authorization, isFirst, request.purpose, signal);
      if (next === undefined) break;
      authorization = next;
      reply = await this.#sendWith(authorization, request, signal);
    }
    if (authorization !== undefined) return reply;
    if (this.#mayHide(reply)) {
      if (known.kind === 'failed') throw known.error;
      const answered = await this.#sendUnasked(request, signal);
      if (answered !== undefined) return answered;
    }
    return (await this.#sendLoginUnasked(reply, request, signal)) ?? reply;
  }

  /**
   * Some registries ask nobody to log in, and show more to whoever does: a login that is configured is offered once.
   * undefined: it makes nothing better.
   */
  async #sendLoginUnasked(
    anonymous: Reply,
    request: ApiRequest,
    signal: AbortSignal,
  ): Promise<Reply | undefined> {
    const basic = this.#basic();
    const isOpen = anonymous.challenges.length === 0 && (isFine(anonymous) || isRefusal(anonymous));
    if (
      basic === undefined ||
      !isOpen ||
      this.#unasked !== 'untried' ||
      this.#options.credential?.identityToken
    )
      return undefined;
    let reply = await this.#sendWith(basic, request, signal);
    if (isRefused(reply)) {
      const authorization = await this.#answer(reply, basic, true, request.purpose, signal);
      if (authorization !== undefined) reply = await this.#sendWith(authorization, request, signal);
    }
    const isTaken = isFine(reply) || (reply.status === 404 && !isFine(anonymous));
    if (isTaken || isRefusal(reply)) this.#unasked = isTaken ? 'taken' : 'refused';
    return isTaken || !isFine(anonymous) ? reply : undefined;
  }

  /** A realm that gave no token a moment ago is not asked again. */
  #throwIfSame(known: KnownAuthorization, reply: Reply): void {
    if (known.kind !== 'failed' || this.#canLogIn(reply)) return;
    if (isBearerOf(this.#chosenScheme(reply), known.realm)) throw known.error;
  }

  /** Basic, beside whatever else is offered. */
  #canLogIn({ challenges }: Reply): boolean {
    return this.#basic() !== undefined && offersBasic(parseChallenges(challenges));
  }

  /** Some registries answer 404 or 403 where they should ask for credentials or a token. */
  #mayHide({ status, headers }: Reply): boolean {
    if (this.#isRootOpen || retryAfterIn(headers, 0) !== undefined) return false;
    return status === 403 || (status === 404 && this.#options.credential !== undefined);
  }

  /** Gets from the registry's root the challenge that the repository did not give. */
  async #sendUnasked(request: ApiRequest, signal: AbortSignal): Promise<Reply | undefined> {
    const root = new URL(`${this.#options.endpoint.apiUrl}/v2/`);
    const probe: ApiRequest = {
      ...request,
      method: 'GET',
      url: root,
      maxBytes: this.#options.limits.maxTokenBytes,
      kind: 'free',
    };
    const challenged = await this.#sendWith(undefined, probe, signal);
    this.#isRootOpen = !isRefused(challenged);
    if (this.#isRootOpen) return undefined;
    this.#learn(challenged);
    const authorization = await this.#answer(challenged, undefined, true, request.purpose, signal);
    return authorization === undefined ? undefined : await this.#sendWith(authorization, request, signal);
  }

  async #sendWith(
    authorization: string | undefined,
    request: ApiRequest,
    signal: AbortSignal,
  ): Promise<Reply> {
    const { http, endpoint } = this.#options;
    const { limitPerSecond } = endpoint;
    if (authorization?.startsWith('Basic ')) this.#isLoginSent = true;
    const reply = await http.send(
      {
        ...request,
        tls: endpoint,
        ...(limitPerSecond === undefined ? {} : { limitPerSecond }),
        ...(authorization === undefined ? {} : { authorization }),
      },
      signal,
    );
    const isOwn = reply.url.origin === new URL(endpoint.apiUrl).origin;
    if (!isOwn && (reply.status === 401 || reply.status === 403))
      throw this.#strangerFailed(request.purpose, reply);
    if (isOwn) this.#options.warnings.take(request.purpose.host, reply.headers.warning, this.#secrets);
    return reply;
  }

  /** A host that the registry sent us on to has neither a say in how to log in, nor was it told our login. */
  #strangerFailed(purpose: Purpose, { status, url, body }: Reply): Failed {
    const quote = quoteBody(body, secretsOf(this.#options.credential));
    const said = quote === '' ? '' : ` (${quote})`;
    const detail = `${url.host}, where the registry sent us on to, answers ${describeStatus(status)}${said}`;
    return registryFailed(purpose, 'server-error', detail);
  }

  #learn(reply: Reply): void {
    const { schemes, endpoint } = this.#options;
    if (!isRefused(reply)) return schemes.learnOpen(endpoint.apiUrl);
    const chosen = this.#chosenScheme(reply);
    if (chosen !== undefined) schemes.learn(endpoint.apiUrl, chosen);
  }

  #chosenScheme({ challenges, reach }: Reply) {
    return chooseScheme(parseChallenges(challenges), reach, this.#options.credential !== undefined);
  }

  /** The header that the registry will want, from earlier challenges. */
  async #knownAuthorization(purpose: Purpose, signal: AbortSignal): Promise<KnownAuthorization> {
    const { schemes, endpoint } = this.#options;
    const scheme = schemes.get(endpoint.apiUrl);
    if (scheme?.kind === 'bearer') return await this.#knownBearer(scheme, purpose, signal);
    const value = scheme?.kind === 'basic' || this.#unasked === 'taken' ? this.#basic() : undefined;
    return value === undefined ? { kind: 'none' } : { kind: 'header', value };
  }

  /** Where the realm of an earlier challenge gives no token, the registry may have another one by now, or none. */
  async #knownBearer(
    scheme: BearerScheme,
    purpose: Purpose,
    signal: AbortSignal,
  ): Promise<KnownAuthorization> {
    try {
      return { kind: 'header', value: await this.#bearer(scheme, purpose, signal) };
    } catch (error) {
      if (!(error instanceof Failed) || !mayHaveMoved(error)) throw error;
      const { schemes, endpoint } = this.#options;
      schemes.forget(endpoint.apiUrl, scheme);
      return { kind: 'failed', realm: scheme.realm, error };
    }
  }

  /** Another header than the one that was refused; absent where there is none to try. */
  async #answer(
    reply: Reply,
    refused: string | undefined,
    isFirst: boolean,
    purpose: Purpose,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const scheme = this.#chosenScheme(reply);
    if (scheme === undefined) return undefined;
    if (scheme.kind === 'basic') return refused === this.#basic() ? undefined : this.#basic();
    const scopes = mergeScopes(this.#scopes, scheme.scope);
    const wantsMore = scopes.join(' ') !== this.#scopes.join(' ');
    // A token that was got for this very request and scope will not become better.
    if (!isFirst && !wantsMore) return undefined;
    this.#scopes = scopes;
    if (wantsMore || refused === `Bearer ${this.#token?.value}`) this.#token = undefined;
    try {
      return await this.#bearer(scheme, purpose, signal);
    } catch (error) {
      if (!isDeadRealm(error) || !this.#canLogIn(reply)) throw error;
      const { schemes, endpoint } = this.#options;
      schemes.learn(endpoint.apiUrl, { kind: 'basic' });
      return this.#basic();
    }
  }

  #basic(): string | undefined {
    const { credential } = this.#options;
    return credential === undefined ? undefined : `Basic ${basicValue(credential)}`;
  }

  async #bearer(scheme: BearerScheme, purpose: Purpose, signal: AbortSignal): Promise<string> {
    const { clock, onToken } = this.#options;
    const isKnown = this.#token !== undefined && this.#token.usableUntilMs > clock.now();
    onToken?.(isKnown);
    if (this.#token === undefined || !isKnown) {
      const scopes = this.#scopes;
      if (this.#options.credential !== undefined) this.#isLoginSent = true;
      this.#token = await this.#tokens.run(scopes.join(' '), signal, (shared) =>
        fetchToken(this.#options, { ...this.#options, ...scheme, purpose, scopes }, shared),
      );
    }
    return `Bearer ${this.#token.value}`;
  }
}

function isBearerOf(scheme: Scheme | undefined, realm: string): boolean {
  return scheme?.kind === 'bearer' && scheme.realm === realm;
}

/** No word about the login itself: another way to log in may do. */
function isDeadRealm(error: unknown): boolean {
  if (!(error instanceof Failed) || error.failure.kind !== 'registry') return false;
  return !['unauthorized', 'forbidden', 'cancelled', 'rate-limited'].includes(error.failure.code);
}

const isFine = ({ status }: Reply): boolean => status >= 200 && status < 300;
const isRefusal = ({ status }: Reply): boolean => status === 401 || status === 403 || status === 404;

function mayHaveMoved({ failure }: Failed): boolean {
  return failure.kind === 'registry' && failure.code !== 'cancelled' && failure.code !== 'rate-limited';
}

function isRefused({ status, challenges, body }: Reply): boolean {
  if (status === 401) return true;
  return status === 403 && (challenges.length > 0 || body.includes(expiredPassword));
}
