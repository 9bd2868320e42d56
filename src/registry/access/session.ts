/** Requests to one repository with one credential. */
import type { Failed } from '../../core/base/outcome.ts';
import { describeStatus, type Purpose, quoteBody, registryFailed, statusFailed } from '../requests/error.ts';
import type { HttpRequest } from '../requests/http.ts';
import { retryAfterIn } from '../requests/retry.ts';
import type { Reply } from '../requests/wire.ts';
import { Authorization, type AuthorizationOptions, isRefused } from './authorization.ts';
import { secretsOf } from './token.ts';
import type { RegistryWarnings } from './warnings.ts';

export interface SessionOptions extends AuthorizationOptions {
  readonly warnings: RegistryWarnings;
}

export type ApiRequest = Pick<
  HttpRequest,
  'purpose' | 'method' | 'url' | 'headers' | 'maxBytes' | 'share' | 'account' | 'kind'
>;

/**
 * Sends requests with what is known about the registry's authentication, and answers its challenges. There is no
 * ping: the first request is the probe. Source: registry.md 5.2.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #authorization: Authorization;
  #isRootOpen = false;
  /** What came of a login that nobody had asked for. */
  #unasked: 'untried' | 'taken' | 'refused' = 'untried';

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#authorization = new Authorization(options);
  }

  /** Whether the credential went to the registry or its token server. */
  get isLoginSent(): boolean {
    return this.#authorization.isLoginSent;
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
    return statusFailed(
      purpose,
      reply.status,
      quoteBody(reply.body, this.#authorization.secrets),
      retryAfterMs,
    );
  }

  async #sendAnswering(request: ApiRequest, signal: AbortSignal, contacted: () => void): Promise<Reply> {
    const known = await this.#authorization.known(request.purpose, this.#unasked === 'taken', signal);
    let authorization = known.kind === 'header' ? known.value : undefined;
    let reply = await this.#sendWith(authorization, request, signal);
    this.#authorization.learn(reply);
    contacted();
    for (const isFirst of [true, false]) {
      if (!isRefused(reply)) break;
      this.#authorization.throwIfSame(known, reply);
      const next = await this.#authorization.answer(reply, authorization, isFirst, request.purpose, signal);
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
    const basic = this.#authorization.basic;
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
      const authorization = await this.#authorization.answer(reply, basic, true, request.purpose, signal);
      if (authorization !== undefined) reply = await this.#sendWith(authorization, request, signal);
    }
    const isTaken = isFine(reply) || (reply.status === 404 && !isFine(anonymous));
    if (isTaken || isRefusal(reply)) this.#unasked = isTaken ? 'taken' : 'refused';
    return isTaken || !isFine(anonymous) ? reply : undefined;
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
    this.#authorization.learn(challenged);
    const authorization = await this.#authorization.answer(
      challenged,
      undefined,
      true,
      request.purpose,
      signal,
    );
    return authorization === undefined ? undefined : await this.#sendWith(authorization, request, signal);
  }

  async #sendWith(
    authorization: string | undefined,
    request: ApiRequest,
    signal: AbortSignal,
  ): Promise<Reply> {
    const { http, endpoint } = this.#options;
    const { limitPerSecond } = endpoint;
    this.#authorization.sends(authorization);
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
    if (isOwn)
      this.#options.warnings.take(request.purpose.host, reply.headers.warning, this.#authorization.secrets);
    return reply;
  }

  /** A host that the registry sent us on to has neither a say in how to log in, nor was it told our login. */
  #strangerFailed(purpose: Purpose, { status, url, body }: Reply): Failed {
    const quote = quoteBody(body, secretsOf(this.#options.credential));
    const said = quote === '' ? '' : ` (${quote})`;
    const detail = `${url.host}, where the registry sent us on to, answers ${describeStatus(status)}${said}`;
    return registryFailed(purpose, 'server-error', detail);
  }
}

const isFine = ({ status }: Reply): boolean => status >= 200 && status < 300;
const isRefusal = ({ status }: Reply): boolean => status === 401 || status === 403 || status === 404;
