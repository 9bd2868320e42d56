/** One small HTTP exchange next to git's own: tokens, and where a server sends on to. No redirect, no retry, bounded. */
import got, { RequestError } from 'got';
import { ProxyAgent } from 'proxy-agent';
import type { ProxyFor } from '../../net/proxy-rules.ts';

/** How a host is reached and trusted; the same for git and for what is asked beside it. */
export interface HttpRoute {
  /** PEM texts trusted instead of Node's own list; absent: Node's own list. */
  readonly authorities?: readonly string[];
  readonly insecure: boolean;
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
  readonly proxyFor: ProxyFor;
}

export interface WebRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface WebReply {
  readonly status: number;
  readonly location?: string;
  readonly body: string;
}

/** Injected so that the credentials can be tested without a network. */
export type SendRequest = (request: WebRequest, route: HttpRoute, signal: AbortSignal) => Promise<WebReply>;

/** No answer came; the message names what happened and holds neither header nor body. */
export class WebRequestError extends Error {}

const timeoutMs = 15_000; // as long as 0.18 waits for a token
const maxBytes = 1024 * 1024;

/** Throws `WebRequestError`, or the signal's reason. */
export const sendWebRequest: SendRequest = async (request, route, signal) => {
  const agent = proxyAgent(route.proxyFor(request.url), route);
  const tooLong = new AbortController();
  const sending = got(request.url, {
    method: request.method,
    headers: { ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
    https: tlsOptions(route),
    ...(agent === undefined ? {} : { agent: { http: agent, https: agent } }),
    signal: AbortSignal.any([signal, tooLong.signal]),
    timeout: { request: timeoutMs },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
  });
  void sending.on('downloadProgress', ({ transferred }) => {
    if (transferred > maxBytes) tooLong.abort();
  });
  try {
    const { statusCode: status, headers, body } = await sending;
    return headers.location === undefined ? { status, body } : { status, body, location: headers.location };
  } catch (error) {
    signal.throwIfAborted();
    if (tooLong.signal.aborted) throw new WebRequestError(`the answer is longer than ${maxBytes} bytes`);
    // got's own error holds the request with its credentials, so it never goes on.
    if (error instanceof RequestError) throw new WebRequestError(`${error.code} ${error.message}`.trim());
    throw error;
  } finally {
    agent?.destroy();
  }
};

function tlsOptions(route: HttpRoute) {
  const { authorities, clientCertificate } = route;
  return {
    rejectUnauthorized: !route.insecure,
    ...(authorities === undefined ? {} : { certificateAuthority: [...authorities] }),
    ...(clientCertificate === undefined
      ? {}
      : { certificate: clientCertificate.certificate, key: clientCertificate.key }),
  };
}

function proxyAgent(proxy: string, route: HttpRoute): ProxyAgent | undefined {
  if (proxy === '') return undefined;
  return new ProxyAgent({ getProxyForUrl: () => proxy, rejectUnauthorized: !route.insecure });
}
