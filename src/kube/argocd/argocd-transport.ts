/** Carries requests to Argo CD's REST API: bearer token, kept connections, bounded answers, no redirects. */
import { makeAnswer } from '../api/answer.ts';
import type { Transport } from '../api/exchange.ts';
import type { Clock } from '../../ports/clock.ts';
import { Connections } from '../../net/connections.ts';
import { exchange, ExchangeFault } from '../../net/exchange.ts';
import { readProxies } from '../../net/proxy.ts';
import type { Environment } from '../../net/trust.ts';

export interface ArgocdTransportOptions {
  /** `https://argocd-server.argocd`, without slash at the end. */
  readonly base: string;
  /** The certificate is not verified. */
  readonly insecure: boolean;
  readonly token: string;
  readonly userAgent: string;
  /** Proxy variables, SSL_CERT_FILE and such. */
  readonly environment: Environment;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
}

const connectionsToServer = 8;

export function makeArgocdTransport(options: ArgocdTransportOptions): Transport {
  const { base, insecure, token, userAgent, environment, clock, requestTimeoutMs: ms } = options;
  const proxyFor = readProxies(environment);
  const connections = new Connections({ environment, perHost: connectionsToServer, proxyFor });
  const authorization = token === '' ? '' : `Bearer ${token}`;
  const headers = {
    accept: 'application/json',
    'user-agent': userAgent,
    ...(authorization === '' ? {} : { authorization }),
  };
  const times = { headerMs: ms, idleMs: ms, wholeMs: ms };
  return async ({ method, path, body, contentType, maxBodyBytes: maxBytes, sink }, signal) => {
    const url = new URL(base + path);
    const request = {
      method,
      url,
      headers: { ...headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
      ...(body === undefined ? {} : { body }),
      maxBytes,
      sink,
    };
    try {
      const agent = await connections.agent(url, { insecure });
      const reply = await exchange(request, agent, times, clock, signal);
      return makeAnswer(reply, reply.body.toString('utf8'), authorization);
    } catch (error) {
      if (!(error instanceof ExchangeFault) || error.code !== 'too-large') throw error;
      return makeAnswer({ status: 200, headers: {} }, null, authorization);
    }
  };
}
