/** Asking an authority for a token: signed assertions, checked answers, failures that name the authority. */

import type { KeyObject } from 'node:crypto';
import { createPrivateKey, sign } from 'node:crypto';
import type * as z from 'zod';
import type { GitCode } from '../core/base/outcome.ts';
import { Failed } from '../core/base/outcome.ts';
import { parseJson } from '../core/base/json.ts';
import { ExchangeFault } from '../net/exchange.ts';
import type { HttpRoute, SendRequest, SideReply, SideRequest } from '../net/side-request.ts';

/** Who asks, for which repository, and by which way. */
export interface TokenRequest {
  readonly send: SendRequest;
  /** The way to a host, with the authorities known for it. */
  readonly routeTo: (hostname: string) => Promise<HttpRoute>;
  /** `owner/name` of the repository at a forge. */
  readonly repositoryPath: string;
  readonly displayUrl: string;
  /** The Secret, for messages. */
  readonly source: string;
  readonly signal: AbortSignal;
}

/** Sends and checks; throws `Failed` (git) that names the host, the status and the Secret. */
export async function askAuthority<T>(
  request: TokenRequest,
  what: string,
  message: SideRequest,
  schema: z.ZodType<T>,
): Promise<T> {
  const host = URL.parse(message.url)?.host;
  if (host === undefined) throw tokenFailed(request, 'credentials', `${what}: the address is no URL`);
  const start = `${what} from ${host}`;
  const reply = await send(request, start, message);
  if (reply.status >= 400)
    throw tokenFailed(request, codeOf(reply.status), `${start}: status ${reply.status}`);
  const parsed = schema.safeParse(parseJson(reply.body));
  if (!parsed.success)
    throw tokenFailed(request, 'network', `${start}: the answer is not of the expected form`);
  return parsed.data;
}

async function send(request: TokenRequest, start: string, message: SideRequest): Promise<SideReply> {
  try {
    const route = await request.routeTo(new URL(message.url).hostname);
    return await request.send(message, route, request.signal);
  } catch (error) {
    if (request.signal.aborted) throw tokenFailed(request, 'cancelled', `${start}: cancelled`);
    if (error instanceof ExchangeFault) throw tokenFailed(request, 'network', `${start}: ${error.message}`);
    throw error;
  }
}

function codeOf(status: number): GitCode {
  return status < 500 && status !== 429 ? 'authentication' : 'network';
}

export function tokenFailed(request: TokenRequest, code: GitCode, message: string): Failed {
  const repo = request.displayUrl;
  return new Failed({
    kind: 'git',
    code,
    message: `log in to ${repo}: ${message} (${request.source})`,
    repo,
  });
}

/** Reads a PEM key; throws `Failed` that names the field and never shows the key. */
export function readSigningKey(request: TokenRequest, field: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw tokenFailed(request, 'credentials', `field ${field} holds no usable private key`);
  }
}

/** A compact JWT signed with RS256 (RFC 7515, RFC 7519). */
export function signJwt(claims: Readonly<Record<string, string | number>>, key: KeyObject): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const content = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}
