/** Carries requests to Argo CD's REST API: bearer token, kept connections, bounded answers, no redirects. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got from 'got';
import { boundedText, makeAnswer } from '../api/answer.ts';
import type { Transport } from '../api/exchange.ts';

export interface ArgocdTransportOptions {
  /** `https://argocd-server.argocd`, without slash at the end. */
  readonly base: string;
  /** The certificate is not verified. */
  readonly insecure: boolean;
  readonly token: string;
  readonly userAgent: string;
}

export function makeArgocdTransport({ base, insecure, token, userAgent }: ArgocdTransportOptions): Transport {
  const authorization = token === '' ? '' : `Bearer ${token}`;
  const client = got.extend({
    agent: { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) },
    https: { rejectUnauthorized: !insecure },
    followRedirect: false, // the token is for this address
    throwHttpErrors: false,
    retry: { limit: 0 }, // who asks knows whether a request may be repeated
    headers: {
      accept: 'application/json',
      'user-agent': userAgent,
      ...(authorization === '' ? {} : { authorization }),
    },
  });
  return async (request, signal) => {
    const stream = client.stream(base + request.path, {
      method: request.method,
      signal,
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.contentType === undefined ? {} : { headers: { 'content-type': request.contentType } }),
    });
    const text = await boundedText(stream, request.maxBodyBytes);
    const response = stream.response;
    if (response === undefined) throw new Error('the answer has no head');
    return makeAnswer({ status: response.statusCode, headers: response.headers }, text, authorization);
  };
}
