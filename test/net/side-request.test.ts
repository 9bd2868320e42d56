import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readProxies } from '../../src/git/login/proxy.ts';
import { ExchangeFault } from '../../src/net/exchange.ts';
import { makeSendRequest } from '../../src/net/side-request.ts';
import { makeRealClock } from '../fakes/clock.ts';
import { startHttpProxy } from '../fakes/http-proxy.ts';
import { makeCertificates } from '../fakes/tls.ts';

async function serve(answer: RequestListener) {
  const certificates = makeCertificates();
  const { cert, key, ca } = certificates;
  const server = createServer({ cert, key }, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    certificates.remove();
  });
  const request = {
    method: 'POST',
    url: `https://localhost:${(server.address() as AddressInfo).port}/token`,
    headers: { authorization: 'Bearer jwt-s3cret' },
    body: 'secret=hush',
  } as const;
  return { request, ca };
}

const never = new AbortController().signal;
const send = makeSendRequest({}, makeRealClock());
const direct = { tls: { insecure: false }, proxyFor: () => '' };
const trusting = (pem: string) => ({ ...direct, tls: { insecure: false, added: { pem, from: 'a test' } } });

describe('a request beside git', () => {
  it('trusts the given authorities, and only them', async () => {
    const { request, ca } = await serve((incoming, response) => response.end(incoming.headers.authorization));

    const reply = await send(request, trusting(ca), never);
    const distrusted = expect(send(request, direct, never)).rejects.toThrow(ExchangeFault);
    const unchecked = await send(request, { ...direct, tls: { insecure: true } }, never);

    expect(reply).toEqual({ status: 200, body: 'Bearer jwt-s3cret' });
    await distrusted;
    expect(unchecked.status).toBe(200);
  });

  it('may be a POST without a body', async () => {
    const { request, ca } = await serve(({ headers }, response) => response.end(headers['content-length']));
    const { body: _, ...bare } = request;

    expect(await send(bare, trusting(ca), never)).toEqual({ status: 200, body: '0' });
  });

  it('goes through a proxy, with the same trust', async () => {
    const proxy = await startHttpProxy();
    onTestFinished(async () => await proxy.close());
    const { request, ca } = await serve((_, response) => response.end('ok'));
    const route = { tls: { insecure: false }, proxyFor: () => proxy.url };

    const reply = await send(request, { ...route, tls: trusting(ca).tls }, never);
    const distrusted = expect(send(request, route, never)).rejects.toThrow(ExchangeFault);

    expect(reply.body).toBe('ok');
    expect(proxy.log[0]).toMatch(/^CONNECT localhost:/);
    await distrusted;
  });

  it('tells of a redirect, and does not follow it', async () => {
    const { request, ca } = await serve((_, response) => {
      response.writeHead(302, { location: 'https://elsewhere.example/' }).end();
    });

    expect(await send(request, trusting(ca), never)).toEqual({
      status: 302,
      body: '',
      location: 'https://elsewhere.example/',
    });
  });

  it('reads no more than a token can be long, and shows no secret when it fails', async () => {
    const { request, ca } = await serve((_, response) => {
      response.write(Buffer.alloc(2 * 1024 * 1024, 'x'));
    });

    const error: unknown = await send(request, trusting(ca), never).catch((reason: unknown) => reason);

    expect(String(error)).toContain('longer than 1048576 bytes');
    expect(JSON.stringify(error) + String(error)).not.toMatch(/s3cret|hush/);
  });

  it('ends with the signal', async () => {
    const arrived = Promise.withResolvers<void>();
    const { request, ca } = await serve(() => arrived.resolve());
    const abort = new AbortController();
    const sending = send(request, trusting(ca), abort.signal);
    await arrived.promise;

    abort.abort(new Error('enough'));

    await expect(sending).rejects.toThrow('enough');
  });
});

describe('the proxy of a host', () => {
  const environment = {
    http_proxy: 'plain:1',
    https_proxy: 'http://secure:2',
    no_proxy: 'own.example, .lan,h:8443 10.0.0.0/8',
  };

  it.each([
    ['http://x.example/', 'http://plain:1'],
    ['https://x.example/', 'http://secure:2'],
    ['https://own.example/', ''],
    ['https://deep.own.example/', ''],
    ['https://notown.example/', 'http://secure:2'],
    ['https://a.lan/', ''],
    ['https://h:8443/', ''],
    ['https://h/', 'http://secure:2'],
    ['https://lan/', ''],
    ['https://10.1.2.3/', ''],
    ['http://localhost/', 'http://plain:1'],
  ])('of the environment for %s is %j', (url, proxy) => {
    expect(readProxies({ proxy: '', noProxy: '' }, environment)(url)).toBe(proxy);
  });

  it.each([
    ['', 'http://mine:3'],
    ['other', 'http://mine:3'],
    ['x.example', ''],
    ['*', ''],
  ])('of a Secret with noProxy %j is %j', (noProxy, proxy) => {
    const proxyFor = readProxies({ proxy: 'http://mine:3', noProxy }, { ...environment, no_proxy: '*' });

    expect(proxyFor('https://x.example/')).toBe(proxy);
  });
});
