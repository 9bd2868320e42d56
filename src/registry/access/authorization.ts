/** What requests to one repository carry to be let in: challenges answered, tokens kept. */
import { Failed } from '../../core/base/outcome.ts';
import type { RegistryCredential } from '../../core/config/keys/secret-source.ts';
import type { RegistryEndpoint } from '../../core/registries/endpoint.ts';
import { SharedWork } from '../../net/flight.ts';
import type { Purpose } from '../requests/error.ts';
import type { Reply } from '../requests/wire.ts';
import { parseChallenges } from './challenge.ts';
import { type BearerScheme, chooseScheme, type KnownSchemes, offersBasic, type Scheme } from './schemes.ts';
import { basicValue, fetchToken, mergeScopes, secretsOf, type Token, type TokenSource } from './token.ts';

export interface AuthorizationOptions extends TokenSource {
  readonly schemes: KnownSchemes;
  readonly endpoint: RegistryEndpoint;
  readonly repository: string;
  readonly credential: RegistryCredential | undefined;
}

/** What a request can be sent with on the ground of earlier challenges. */
export type KnownAuthorization =
  | { readonly kind: 'none' }
  | { readonly kind: 'header'; readonly value: string }
  /** The realm gave no token. */
  | { readonly kind: 'failed'; readonly realm: string; readonly error: Failed };

export class Authorization {
  readonly #options: AuthorizationOptions;
  readonly #tokens = new SharedWork<Token>('nothing');
  #scopes: readonly string[];
  #token: Token | undefined;
  #isLoginSent = false;

  constructor(options: AuthorizationOptions) {
    this.#options = options;
    this.#scopes = [`repository:${options.repository}:pull`];
  }

  /** Whether the credential went to the registry or its token server. */
  get isLoginSent(): boolean {
    return this.#isLoginSent;
  }

  /** A request with this header goes out. */
  sends(authorization: string | undefined): void {
    if (authorization?.startsWith('Basic ')) this.#isLoginSent = true;
  }

  /** Texts that must stay out of messages. */
  get secrets(): readonly string[] {
    return [...secretsOf(this.#options.credential), this.#token?.value ?? ''];
  }

  /** A realm that gave no token a moment ago is not asked again. */
  throwIfSame(known: KnownAuthorization, reply: Reply): void {
    if (known.kind !== 'failed' || this.#canLogIn(reply)) return;
    if (isBearerOf(this.#chosenScheme(reply), known.realm)) throw known.error;
  }

  /** Basic, beside whatever else is offered. */
  #canLogIn({ challenges }: Reply): boolean {
    return this.basic !== undefined && offersBasic(parseChallenges(challenges));
  }

  /** Remembers for the registry how it wants to be asked. */
  learn(reply: Reply): void {
    const { schemes, endpoint } = this.#options;
    if (!isRefused(reply)) return schemes.learnOpen(endpoint.apiUrl);
    const chosen = this.#chosenScheme(reply);
    if (chosen !== undefined) schemes.learn(endpoint.apiUrl, chosen);
  }

  #chosenScheme({ challenges, reach }: Reply) {
    return chooseScheme(parseChallenges(challenges), reach, this.#options.credential !== undefined);
  }

  /** The header that the registry will want, from earlier challenges. `takesBasic`: it has taken the login unasked. */
  async known(purpose: Purpose, takesBasic: boolean, signal: AbortSignal): Promise<KnownAuthorization> {
    const { schemes, endpoint } = this.#options;
    const scheme = schemes.get(endpoint.apiUrl);
    if (scheme?.kind === 'bearer') return await this.#knownBearer(scheme, purpose, signal);
    const value = scheme?.kind === 'basic' || takesBasic ? this.basic : undefined;
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
  async answer(
    reply: Reply,
    refused: string | undefined,
    isFirst: boolean,
    purpose: Purpose,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const scheme = this.#chosenScheme(reply);
    if (scheme === undefined) return undefined;
    if (scheme.kind === 'basic') return refused === this.basic ? undefined : this.basic;
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
      return this.basic;
    }
  }

  /** The login as it is configured; absent where none is. */
  get basic(): string | undefined {
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

function mayHaveMoved({ failure }: Failed): boolean {
  return failure.kind === 'registry' && failure.code !== 'cancelled' && failure.code !== 'rate-limited';
}

/** ECR's word for a password that ran out; it comes without a challenge. */
const expiredPassword = 'authorization token has expired';

/** Refused for want of another login; also as ECR says it. */
export function isRefused({ status, challenges, body }: Reply): boolean {
  if (status === 401) return true;
  return status === 403 && (challenges.length > 0 || body.includes(expiredPassword));
}
