/** Connections: certificates, proxies, pace, and the events of requests. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeRealClock } from '../fakes/clock.ts';
import { startHttpProxy } from '../fakes/http-proxy.ts';
import { startSocksProxy } from '../fakes/socks-proxy.ts';
import { type Certificates, makeCertificates } from '../fakes/tls.ts';
import type { RegistryRequest } from '../../src/ports/observation.ts';
import { aNeed, anEndpoint, ask, failureOf, startBench } from './support.ts';

function certificates(...names: readonly string[]): Certificates {
  const made = makeCertificates(...names);
  onTestFinished(() => made.remove());
  return made;
}

async function proxy() {
  const started = await startHttpProxy();
  onTestFinished(() => started.close());
  return started;
}

describe('certificates', () => {
  it.each<{ readonly name: string; readonly trust: (tls: Certificates) => Parameters<typeof startBench> }>([
    { name: 'ca_data', trust: (tls) => [{ tls }, {}, { caData: tls.ca }] },
    { name: 'ca_file', trust: (tls) => [{ tls }, {}, { caFile: tls.caPath }] },
    { name: 'SSL_CERT_FILE', trust: (tls) => [{ tls }, { environment: { SSL_CERT_FILE: tls.caPath } }] },
    {
      name: 'SSL_CERT_DIR',
      trust: (tls) => [{ tls }, { environment: { SSL_CERT_DIR: dirname(tls.caPath) } }],
    },
    {
      name: 'NODE_EXTRA_CA_CERTS',
      trust: (tls) => [{ tls }, { environment: { NODE_EXTRA_CA_CERTS: tls.caPath } }],
    },
    { name: 'insecure', trust: (tls) => [{ tls }, {}, { insecure: true }] },
  ])('of an own authority are trusted by $name', async ({ trust }) => {
    const { registry, endpoint, openCycle } = await startBench(...trust(certificates()));
    registry.push('acme/api', 'a', {});

    expect(await ask(openCycle(), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['a'] });
  });

  it('of an unknown authority are refused without a second try', async () => {
    const events: RegistryRequest[] = [];
    const { endpoint, openCycle } = await startBench(
      { tls: certificates() },
      { onRequest: (event) => events.push(event) },
    );

    expect(await failureOf(ask(openCycle(), aNeed(endpoint)))).toMatchObject({ code: 'tls' });
    expect(events).toHaveLength(1);
  });

  it('for another host are refused', async () => {
    const tls = certificates();
    const { registry, openCycle } = await startBench({ tls });
    const endpoint = anEndpoint(registry.url.replace('127.0.0.1', '127.0.0.2'), { caData: tls.ca });

    expect((await failureOf(ask(openCycle(), aNeed(endpoint)))).code).toMatch(/tls|network/);
  });

  it.each([
    {
      endpoint: { caFile: '/nonexistent/ca.pem' },
      says: 'ca_file /nonexistent/ca.pem cannot be read: ENOENT',
    },
    { endpoint: { caData: 'no pem' }, says: 'ca_data holds no PEM certificate' },
  ])('that cannot be had fail: $says', async ({ endpoint: entry, says }) => {
    const { openCycle } = await startBench();
    const endpoint = anEndpoint('https://127.0.0.1:1', entry);

    expect(await failureOf(ask(openCycle(), aNeed(endpoint)))).toMatchObject({
      code: 'tls',
      message: expect.stringContaining(says),
    });
  });

  it('#11 that one registry trusts are not trusted for another at the same time', async () => {
    const tls = certificates();
    const { registry, endpoint, openCycle } = await startBench({ tls }, {}, { caData: tls.ca });
    registry.push('acme/api', 'a', {});
    const cycle = openCycle();

    await ask(cycle, aNeed(endpoint));
    expect(await failureOf(ask(cycle, aNeed(anEndpoint(registry.url))))).toMatchObject({ code: 'tls' });
  });
});

describe('proxies', () => {
  it('carry http requests, and credentials of theirs stay out of messages', async () => {
    const { url, log } = await proxy();
    const environment = { HTTP_PROXY: url.replace('http://', 'http://user:pa55word@') };
    const { registry, openCycle } = await startBench({}, { environment });
    registry.push('acme/api', 'a', {});
    const port = registry.host.split(':')[1];

    expect(await ask(openCycle(), aNeed(anEndpoint(`http://registry.example.test:${port}`)))).toEqual({
      kind: 'tags',
      tags: ['a'],
    });
    expect(log).toEqual([`GET http://registry.example.test:${port}/v2/acme/api/tags/list?n=1000`]);
  });

  it('carry https connections, with the own authority inside, on one connection', async () => {
    const { url, log } = await proxy();
    const tls = certificates('registry.example.test');
    const { registry, openCycle } = await startBench(
      { tls, pageSize: 1 },
      { environment: { https_proxy: url } },
    );
    for (const tag of ['a', 'b', 'c']) registry.push('acme/api', tag, {});
    const port = registry.host.split(':')[1];
    const endpoint = anEndpoint(`https://registry.example.test:${port}`, { caData: tls.ca });

    expect(await ask(openCycle(), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['a', 'b', 'c'] });
    expect(log).toEqual([`CONNECT registry.example.test:${port}`]);
  });

  it('fault A16: get whole URLs on kept connections too', async () => {
    const { url, log } = await proxy();
    const { registry, openCycle } = await startBench({ pageSize: 1 }, { environment: { HTTP_PROXY: url } });
    for (const tag of ['a', 'b', 'c']) registry.push('acme/api', tag, {});
    const origin = `http://registry.example.test:${registry.host.split(':')[1]}`;

    expect(await ask(openCycle(), aNeed(anEndpoint(origin)))).toEqual({
      kind: 'tags',
      tags: ['a', 'b', 'c'],
    });
    expect(log).toHaveLength(3);
    expect(log.every((line) => line.startsWith(`GET ${origin}/v2/acme/api/tags/list?`))).toBe(true);
  });

  it.each(['socks5', 'socks5h', 'socks'])('of %s carry http and https, and look names up', async (scheme) => {
    const socks = await startSocksProxy();
    onTestFinished(() => socks.close());
    const tls = certificates('registry.example.test');
    const environment = { HTTP_PROXY: `${scheme}://${socks.host}`, HTTPS_PROXY: `${scheme}://${socks.host}` };
    for (const options of [{}, { tls }]) {
      const { registry, openCycle } = await startBench(options, { environment });
      registry.push('acme/api', 'a', {});
      const apiUrl = registry.url.replace('127.0.0.1', 'registry.example.test');

      expect(await ask(openCycle(), aNeed(anEndpoint(apiUrl, { caData: tls.ca })))).toEqual({
        kind: 'tags',
        tags: ['a'],
      });
      expect(socks.log.at(-1)).toBe(`name registry.example.test:${registry.host.split(':')[1]}`);
    }
  });

  it('of another scheme are named', async () => {
    const environment = { HTTP_PROXY: 'ftp://user:pa55word@127.0.0.1:1' };
    const { openCycle } = await startBench({}, { environment, limits: { tries: 1 } });

    const { message } = await failureOf(ask(openCycle(), aNeed(anEndpoint('http://registry.example.test'))));

    expect(message).toContain('the proxy has the scheme ftp; allowed are http, https, socks5 and socks5h');
    expect(message).not.toContain('pa55word');
  });

  it('that refuse the way to a host are no answer of that host', async () => {
    const refusing = createServer().on('connect', (_request, socket) =>
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'),
    );
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void refusing.close());
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${(refusing.address() as AddressInfo).port}` };
    const { openCycle } = await startBench({}, { environment, limits: { tries: 1 } });

    expect(
      await failureOf(ask(openCycle(), aNeed(anEndpoint('https://registry.example.test')))),
    ).toMatchObject({
      code: 'network',
      message: expect.stringContaining(
        'the proxy answered 403 when asked for a way to registry.example.test',
      ),
    });
  });

  it('are passed by for hosts in NO_PROXY', async () => {
    const { url, log } = await proxy();
    const environment = { HTTP_PROXY: url, NO_PROXY: 'example.test' };
    const { openCycle } = await startBench({}, { environment, limits: { tries: 1 } });

    expect(
      await failureOf(ask(openCycle(), aNeed(anEndpoint('http://registry.example.test:1')))),
    ).toMatchObject({ code: 'network' });
    expect(log).toEqual([]);
  });

  it('that are down fail as a network failure without their password', async () => {
    const { openCycle } = await startBench(
      {},
      { environment: { HTTP_PROXY: 'http://user:pa55word@127.0.0.1:1' }, limits: { tries: 1 } },
    );

    const failure = await failureOf(ask(openCycle(), aNeed(anEndpoint('http://registry.example.test'))));

    expect(failure.code).toBe('network');
    expect(failure.message).not.toContain('pa55word');
  });
});

describe('pace', () => {
  it('#12 keeps at most ten requests to a host under way', async () => {
    const { registry, endpoint, openCycle } = await startBench({ latencyMs: 20 }, { clock: makeRealClock() });
    let open = 0;
    let most = 0;
    registry.fault = (_request, response) => {
      open += 1;
      most = Math.max(most, open);
      response.on('close', () => {
        open -= 1;
      });
      return false;
    };
    const names = Array.from({ length: 60 }, (_, index) => `acme/${index}`);
    for (const name of names) registry.push(name, 'a', {});
    const cycle = openCycle();

    await Promise.all(names.map((name) => ask(cycle, aNeed(endpoint, { kind: 'tags' }, name))));

    expect(most).toBeLessThanOrEqual(10);
  });
});

describe('events', () => {
  it('tell of each exchange', async () => {
    const events: RegistryRequest[] = [];
    const { registry, endpoint, openCycle } = await startBench(
      {},
      { onRequest: (event) => events.push(event) },
    );
    registry.push('acme/api', 'a', {});
    const answers = [500, undefined, 200];
    registry.fault = (_request, response) => {
      const status = answers.shift();
      if (status === 200) return false;
      if (status === undefined) response.destroy();
      else response.writeHead(status).end();
      return true;
    };

    await ask(openCycle(), aNeed(endpoint));

    const host = registry.host;
    expect(events).toMatchObject([
      { host, ok: false, status: 500 },
      { host, ok: false },
      { host, ok: true, status: 200 },
    ]);
    const asked = { registry: host, repository: 'acme/api', method: 'GET' };
    expect(events).toMatchObject(events.map(() => ({ ...asked, path: '/v2/acme/api/tags/list' })));
    expect(registry.requests.every(({ headers }) => headers['user-agent'] === 'tidewaiter/test')).toBe(true);
  });
});
