/** Where a registry may send us, and what it gets to know by that: looked at for the address that is connected to. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { startHttpProxy } from '../fakes/http-proxy.ts';
import { makeImage } from '../fakes/image-content.ts';
import { type FakeRegistry, sendError, startFakeRegistry } from '../fakes/registry.ts';
import { startTokenServer } from '../fakes/token-server.ts';
import { aNeed, ask, datedQuery, failureOf, secretsFrom, startBench } from './support.ts';

const credentials = { kind: 'secret', namespace: 'argocd', name: 'registry', field: 'creds' } as const;
const secrets = secretsFrom({ 'argocd/registry': { creds: 'robot:hunter2' } });
const created = '2026-01-01T00:00:00Z';

async function started(): Promise<FakeRegistry> {
  const server = await startFakeRegistry();
  onTestFinished(() => server.close());
  return server;
}

/** A registry with Basic login that sends blobs on to `location`. */
async function startRedirecting(
  location: (path: string) => string,
  client: Parameters<typeof startBench>[1] = {},
) {
  const bench = await startBench({ auth: { kind: 'basic', users: { robot: 'hunter2' } } }, client, {
    credentials,
  });
  bench.registry.push('acme/api', 'a', { created });
  bench.registry.fault = ({ path }, response) => {
    const isBlob = path.includes('/blobs/');
    if (isBlob) response.writeHead(307, { location: location(path) }).end();
    return isBlob;
  };
  return bench;
}

describe('fault A8: a host that the registry only sent us on to', () => {
  it.each([401, 403])('has no say in how to log in (%i)', async (status) => {
    const storage = await started();
    const { openCycle, endpoint } = await startRedirecting((path) => `${storage.url}${path}`);
    storage.fault = (_request, response) => {
      const challenge = { 'www-authenticate': `Bearer realm="${storage.url}/token",service="x"` };
      sendError(response, status, 'DENIED', 'log in', challenge);
      return true;
    };

    const failure = await failureOf(ask(openCycle(secrets), aNeed(endpoint, datedQuery)));

    expect(storage.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    expect(storage.requests.every(({ path }) => path.includes('/blobs/'))).toBe(true);
    expect(failure.message).toContain(`${storage.host}, where the registry sent us on to, answers ${status}`);
    expect(failure.message).not.toContain('asked with the credentials');
  });

  it('teaches nothing about the registry', async () => {
    const storage = await started();
    const { openCycle, endpoint, registry } = await startRedirecting((path) => `${storage.url}${path}`);
    storage.fault = (_request, response) => {
      sendError(response, 401, 'DENIED', '', { 'www-authenticate': `Bearer realm="${storage.url}/token"` });
      return true;
    };
    await failureOf(ask(openCycle(secrets), aNeed(endpoint, datedQuery)));
    registry.push('acme/web', 'b', { created });

    expect(await ask(openCycle(secrets), aNeed(endpoint, undefined, 'acme/web'))).toEqual({
      kind: 'tags',
      tags: ['b'],
    });
    expect(storage.requests.some(({ path }) => path === '/token')).toBe(false);
  });

  it('fault R9: is named with its own words, in XML too', async () => {
    const storage = await started();
    const { openCycle, endpoint } = await startRedirecting((path) => `${storage.url}${path}`);
    storage.fault = (_request, response) => {
      const xml =
        '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>';
      response.writeHead(403, { 'content-type': 'application/xml' }).end(xml);
      return true;
    };

    expect((await failureOf(ask(openCycle(secrets), aNeed(endpoint, datedQuery)))).message).toContain(
      `${storage.host}, where the registry sent us on to, answers 403 forbidden (AccessDenied: Request has expired)`,
    );
  });
});

describe('fault A9: a token server', () => {
  it('that redirects to another origin is not followed, and what that says goes nowhere', async () => {
    const internal = await started();
    internal.fault = (_request, response) => {
      response.end('{"token":"internal-answer"}');
      return true;
    };
    const tokens = await startTokenServer();
    onTestFinished(() => tokens.close());
    tokens.intercept = (_request, response) => {
      response.writeHead(302, { location: `${internal.url}/internal` }).end();
      return true;
    };
    const { registry, openCycle, endpoint } = await startBench({ auth: { kind: 'bearer', tokens } });

    const failure = await failureOf(ask(openCycle(), aNeed(endpoint)));

    expect(failure).toMatchObject({ code: 'refused' });
    expect(failure.message).toContain(
      `the redirect to ${internal.url} is refused: a token server answers for itself`,
    );
    expect(internal.requests).toEqual([]);
    expect(registry.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it('that redirects within its origin is followed', async () => {
    const tokens = await startTokenServer();
    onTestFinished(() => tokens.close());
    tokens.intercept = ({ url }, response) => {
      const isFirst = url?.startsWith('/token?') ?? false;
      if (isFirst) response.writeHead(302, { location: url?.replace('/token?', '/v2/token?') }).end();
      return isFirst;
    };
    const { registry, openCycle, endpoint } = await startBench({ auth: { kind: 'bearer', tokens } });
    registry.push('acme/api', 'a', {});

    expect(await ask(openCycle(), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['a'] });
  });
});

describe('fault A9: a name', () => {
  const inside = [
    '169.254.169.254',
    '168.63.129.16',
    '100.100.100.200',
    '198.18.0.1',
    'fe80::1',
    '224.0.0.1',
  ];

  it.each(inside)('of %s is no token server', async (address) => {
    const resolve = async () => [address];
    const { registry, openCycle, endpoint } = await startBench({}, { resolve });
    registry.fault = (_request, response) => {
      const challenge = { 'www-authenticate': 'Bearer realm="http://tokens.example.test:1/token"' };
      sendError(response, 401, 'UNAUTHORIZED', '', challenge);
      return true;
    };

    expect(await failureOf(ask(openCycle(), aNeed(endpoint)))).toMatchObject({
      code: 'refused',
      message: expect.stringMatching(
        /the token realm http:\/\/tokens\.example\.test:1 is refused: it is a .* address$/,
      ),
    });
  });

  it.each(inside)('of %s is no storage', async (address) => {
    const resolve = async () => [address];
    const { openCycle, endpoint } = await startRedirecting(() => 'http://storage.example.test:1/x', {
      resolve,
    });

    expect(await failureOf(ask(openCycle(secrets), aNeed(endpoint, datedQuery)))).toMatchObject({
      code: 'refused',
      message: expect.stringMatching(
        /the redirect to http:\/\/storage\.example\.test:1 is refused: it is a .* address$/,
      ),
    });
  });

  it('is connected to at the address that was looked at, however often it changes', async () => {
    const storage = await started();
    storage.load('acme/api', makeImage({ created, comment: 'acme/api:a' }));
    const answers = ['127.0.0.1', '169.254.169.254'];
    const asked: string[] = [];
    const resolve = async (host: string) => {
      asked.push(host);
      return [answers[asked.length - 1] ?? '169.254.169.254'];
    };
    const port = storage.host.split(':')[1];
    const { openCycle, endpoint } = await startRedirecting(
      (path) => `http://storage.example.test:${port}${path}`,
      {
        resolve,
      },
    );

    expect(await ask(openCycle(secrets), aNeed(endpoint, datedQuery))).toMatchObject({
      tags: [{ tag: 'a' }],
    });
    expect(asked).toEqual(['storage.example.test']);
  });

  it('behind a proxy is looked up here too, as far as it is known here', async () => {
    const proxy = await startHttpProxy();
    onTestFinished(() => proxy.close());
    const resolve = async (host: string) =>
      host === 'registry.example.test' ? ['93.184.216.34'] : ['10.0.0.1'];
    const { registry, openCycle, endpoint } = await startBench(
      {},
      { resolve, environment: { HTTP_PROXY: proxy.url } },
    );
    registry.fault = (_request, response) => {
      response.writeHead(302, { location: 'http://internal.example.test:1/' }).end();
      return true;
    };
    const apiUrl = `http://registry.example.test:${registry.host.split(':')[1]}`;

    expect(await failureOf(ask(openCycle(), aNeed({ ...endpoint, apiUrl })))).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('http://internal.example.test:1 is refused: it is a private address'),
    });
    expect(proxy.log).toHaveLength(1);
  });
});

describe('fault A9: a redirect', () => {
  it.each([
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[2002:a9fe:a9fe::1]/',
    'http://[fe80::1]/',
    'http://2852039166/',
    'http://168.63.129.16/',
    'http://255.255.255.255/',
    'http://192.0.0.192/',
  ])('to %s is refused', async (location) => {
    const { openCycle, endpoint } = await startRedirecting(() => location);

    expect(await failureOf(ask(openCycle(secrets), aNeed(endpoint, datedQuery)))).toMatchObject({
      code: 'refused',
    });
  });
});
