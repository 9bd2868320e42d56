/** Bearer tokens: the request to a challenge's realm, and how long its answer is good. */
import * as z from 'zod';
import type { Clock } from '../../ports/clock.ts';
import type { RegistryEndpoint } from '../../core/registries/endpoint.ts';
import type { RegistryCredential } from '../../core/config/keys/secret-source.ts';
import { parseJson } from '../../core/base/json.ts';
import { type Purpose, quoteBody, registryFailed, statusFailed } from '../requests/error.ts';
import type { Http, HttpRequest } from '../requests/http.ts';
import type { RegistryLimits } from '../requests/limits.ts';
import { checkRealm, type GuardedUrl } from '../requests/origin.ts';
import type { Reach } from '../../net/reach.ts';
import { retryAfterIn } from '../requests/retry.ts';
import type { Reply } from '../requests/wire.ts';

export interface Token {
  readonly value: string;
  /** Milliseconds since 1970; nine tenths of its life, so that none runs out on its way. */
  readonly usableUntilMs: number;
}

export interface TokenRequest {
  readonly purpose: Purpose;
  readonly endpoint: RegistryEndpoint;
  readonly credential: RegistryCredential | undefined;
  readonly realm: string;
  /** Where who named the realm may send us to. */
  readonly reach: Reach;
  readonly service: string | undefined;
  /** Each `repository:<name>:<actions>`. */
  readonly scopes: readonly string[];
}

export interface TokenSource {
  readonly http: Http;
  readonly clock: Clock;
  readonly limits: RegistryLimits;
  /** Told whether a token that is wanted is at hand. */
  readonly onToken?: (isKnown: boolean) => void;
}

/** Named in OAuth2 requests, where servers log it. */
const clientId = 'tidewaiter';

/** A life that is shorter, or not stated, counts as this. Source: distribution, token authentication. */
const shortestLifeSeconds = 60;

const tokenAnswer = z.object({
  access_token: z.string().nullish(),
  token: z.string().nullish(),
  expires_in: z.number().nullish().catch(null),
});

/**
 * Gets a token. An identity token is exchanged by OAuth2 POST, where the server knows that; anything else is a GET
 * with Basic credentials, or without any. Throws `Failed`: "unauthorized" for credentials that the server refuses.
 */
export async function fetchToken(
  source: TokenSource,
  request: TokenRequest,
  signal: AbortSignal,
): Promise<Token> {
  const { endpoint, purpose } = request;
  const realm = checkRealm(request.realm, new URL(endpoint.apiUrl), request.reach, purpose);
  const asking: Purpose = { ...purpose, action: `${purpose.action}: get token from ${realm.url.host}` };
  const startedMs = source.clock.now();
  const reply = await requestToken(source, { ...request, purpose: asking }, realm, signal);
  if (reply.status !== 200) {
    const quote = quoteBody(reply.body, secretsOf(request.credential));
    throw statusFailed(asking, reply.status, quote, retryAfterIn(reply.headers, source.clock.now()));
  }
  return readToken(reply.body, startedMs, asking);
}

/** Everything that must not appear in a message. */
export function secretsOf(credential: RegistryCredential | undefined): readonly string[] {
  if (credential === undefined) return [];
  const { password, identityToken = '' } = credential;
  return [identityToken, basicValue(credential), password].filter((secret) => secret !== '');
}

/** The value behind `Basic `. */
export function basicValue({ username, password }: RegistryCredential): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

/** Scopes travel in a URL, and every challenge may add some. */
const maxScopeLength = 2_000;

/**
 * Our scopes together with those that a challenge asks for (some registries want more actions than `pull`),
 * actions of one resource joined. Ours alone where that would become too long.
 */
export function mergeScopes(own: readonly string[], challenged = ''): readonly string[] {
  const actions = new Map<string, Set<string>>();
  for (const scope of [...own, ...challenged.split(' ')]) {
    const colon = scope.lastIndexOf(':');
    if (colon <= 0) continue;
    const resource = scope.slice(0, colon);
    const known = actions.get(resource) ?? new Set<string>();
    for (const action of scope.slice(colon + 1).split(',')) known.add(action);
    actions.set(resource, known);
  }
  const merged = Array.from(actions, ([resource, wanted]) => `${resource}:${[...wanted].join(',')}`);
  return merged.join(' ').length > maxScopeLength ? own : merged;
}

async function requestToken(
  source: TokenSource,
  request: TokenRequest,
  realm: GuardedUrl,
  signal: AbortSignal,
): Promise<Reply> {
  const { credential } = request;
  if (credential?.identityToken !== undefined) {
    const reply = await source.http.send(
      exchangeRequest(source, request, realm, credential.identityToken),
      signal,
    );
    if (reply.status !== 404 && reply.status !== 405) return reply;
  }
  return await source.http.send(plainRequest(source, request, realm), signal);
}

function exchangeRequest(
  { limits }: TokenSource,
  { purpose, endpoint, service, scopes }: TokenRequest,
  realm: GuardedUrl,
  identityToken: string,
): HttpRequest {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: clientId,
    scope: scopes.join(' '),
  });
  if (service !== undefined) form.set('service', service);
  form.set('refresh_token', identityToken);
  return {
    purpose,
    method: 'POST',
    ...realm,
    staysAtOrigin: true,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    maxBytes: limits.maxTokenBytes,
    tls: endpoint,
  };
}

function plainRequest(
  { limits }: TokenSource,
  { purpose, endpoint, service, scopes, credential }: TokenRequest,
  realm: GuardedUrl,
): HttpRequest {
  const url = new URL(realm.url);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  return {
    purpose,
    method: 'GET',
    url,
    guard: realm.guard,
    staysAtOrigin: true,
    headers: { accept: 'application/json' },
    maxBytes: limits.maxTokenBytes,
    tls: endpoint,
    ...(credential === undefined ? {} : { authorization: `Basic ${basicValue(credential)}` }),
  };
}

function readToken(body: Buffer, startedMs: number, purpose: Purpose): Token {
  const answer = tokenAnswer.safeParse(parseJson(body.toString('utf8')));
  const value = answer.data?.access_token || answer.data?.token;
  if (!value) throw registryFailed(purpose, 'malformed', 'the answer holds no token');
  if (!/^[\x21-\x7e]+$/.test(value))
    throw registryFailed(purpose, 'malformed', 'the token holds odd characters');
  const lifeSeconds = Math.max(answer.data?.expires_in ?? 0, shortestLifeSeconds);
  return { value, usableUntilMs: startedMs + lifeSeconds * 900 };
}
