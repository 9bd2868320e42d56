/** What registries do wrong, and what the client makes of it: one failure code each, in bounded time and size. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Fault, type LoggedRequest, sendError, startFakeRegistry } from '../fakes/registry.ts';
import { makeImage, ociIndex, sha256 } from '../fakes/image-content.ts';
import { makeCertificates } from '../fakes/tls.ts';
import { startTokenServer } from '../fakes/token-server.ts';
import type { RegistryHold } from '../../src/ports/observation.ts';
import { makeRealClock, whileTimePasses } from '../fakes/clock.ts';
import {
  aNeed,
  anEndpoint,
  ask,
  datedQuery,
  digestQuery,
  failureOf,
  secretsFrom,
  startBench,
} from './support.ts';

const subject = 'registry.example.test/acme/api';

function always(answer: (response: ServerResponse, request: LoggedRequest) => void): Fault {
  return (request, response) => {
    answer(response, request);
    return true;
  };
}

function json(body: string, headers: Readonly<Record<string, string>> = {}): Fault {
  return always((response) =>
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body),
  );
}

describe('an answer that is no list of tags', () => {
  it.each<{
    readonly name: string;
    readonly fault: Fault;
    readonly code: string;
    readonly says: string;
    readonly asked: number;
  }>([
    {
      name: '401',
      fault: always((r) => sendError(r, 401, 'UNAUTHORIZED', 'log in')),
      code: 'unauthorized',
      says: '401 unauthorized (UNAUTHORIZED: log in)',
      asked: 1,
    },
    {
      name: '403',
      fault: always((r) => sendError(r, 403, 'DENIED', 'no access')),
      code: 'forbidden',
      says: '403 forbidden (DENIED: no access)',
      asked: 2,
    },
    {
      name: '404',
      fault: always((r) => sendError(r, 404, 'NAME_UNKNOWN', 'unknown')),
      code: 'not-found',
      says: '404 not found (NAME_UNKNOWN: unknown)',
      asked: 1,
    },
    {
      name: '429 without Retry-After',
      fault: always((r) => r.writeHead(429).end('slow down')),
      code: 'rate-limited',
      says: '429 too many requests (slow down)',
      asked: 10,
    },
    {
      name: '500',
      fault: always((r) => r.writeHead(500).end()),
      code: 'server-error',
      says: '500 internal server error',
      asked: 3,
    },
    {
      name: '503 with HTML',
      fault: always((r) => r.writeHead(503).end('<html>oops</html>')),
      code: 'server-error',
      says: '503 service unavailable',
      asked: 3,
    },
    {
      name: 'HTML body',
      fault: json('<!DOCTYPE html><html></html>'),
      code: 'malformed',
      says: 'the answer is HTML, not a list of tags',
      asked: 1,
    },
    {
      name: 'truncated JSON',
      fault: json('{"name":"acme/api","tags":["1.0"'),
      code: 'malformed',
      says: 'the answer is not JSON',
      asked: 1,
    },
    {
      name: 'numbers for tags',
      fault: json('{"tags":[1,2]}'),
      code: 'malformed',
      says: 'the answer is not a list of tags',
      asked: 1,
    },
    {
      name: 'errors with status 200',
      fault: json('{"errors":[]}'),
      code: 'malformed',
      says: 'the answer is not a list of tags',
      asked: 1,
    },
    {
      name: 'reset connection',
      fault: always((r) => r.destroy()),
      code: 'network',
      says: '127.0.0.1:',
      asked: 3,
    },
    {
      name: 'body shorter than announced',
      fault: always((r) => {
        r.writeHead(200, { 'content-length': '100' }).write('{');
        setImmediate(() => r.destroy());
      }),
      code: 'network',
      says: 'ERR_HTTP_CONTENT_LENGTH_MISMATCH',
      asked: 3,
    },
  ])('$name: $code', async ({ fault, code, says, asked }) => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.fault = fault;

    const failure = await failureOf(ask(openCycle(), aNeed(endpoint)));

    expect(failure.code).toBe(code);
    expect(failure.message).toContain(`list tags of ${subject}: ${says}`);
    expect(registry.requests).toHaveLength(asked);
  });

  it('is asked for once per cycle, however many want it', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.fault = always((response) => sendError(response, 404, 'NAME_UNKNOWN', 'unknown'));
    const cycle = openCycle();

    await failureOf(ask(cycle, aNeed(endpoint)));
    await failureOf(ask(cycle, aNeed(endpoint, datedQuery)));

    expect(registry.requests).toHaveLength(1);
  });
});

describe('an odd list of tags is taken', () => {
  it.each<{ readonly name: string; readonly fault: Fault; readonly tags: readonly string[] }>([
    { name: 'null', fault: json('{"name":"a","tags":null}'), tags: [] },
    { name: 'absent', fault: json('{"name":"a"}'), tags: [] },
    { name: 'as text (ECR)', fault: json('{"tags":["a"]}', { 'content-type': 'text/plain' }), tags: ['a'] },
    {
      name: 'with repeated and impossible names',
      fault: json('{"tags":["a","a","../b","","c d"]}'),
      tags: ['a'],
    },
    { name: 'with keys of GCR', fault: json('{"child":[],"manifest":{},"tags":["a"]}'), tags: ['a'] },
  ])('$name', async ({ fault, tags }) => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.fault = fault;

    expect(await ask(openCycle(), aNeed(endpoint))).toEqual({ kind: 'tags', tags });
  });
});

describe('pages (#2, #24, 11-36)', () => {
  const twoPages = (link: string): Fault =>
    always((response, { query }) => {
      const isFirst = query.get('last') === null;
      if (isFirst) response.setHeader('link', link);
      response.end(JSON.stringify({ tags: [isFirst ? 'a' : 'b'] }));
    });

  it.each([
    {
      name: 'on another path (JFrog, Nexus)',
      link: '</v2/other/acme/api/tags/list?n=1000&last=a>; rel="next"',
    },
    { name: 'on another host', link: '<https://evil.example/v2/acme/api/tags/list?last=a>; rel="next"' },
    { name: 'without rel', link: '</v2/acme/api/tags/list?last=a>' },
    { name: 'with a page size of zero (GHCR)', link: '</v2/acme/api/tags/list?last=a&n=0>; rel="next"' },
    {
      name: 'with commas in the cursor',
      link: '</v2/acme/api/tags/list?last=a,b>; rel="next", </x>; rel="first"',
    },
  ])('follow a link $name on the own path', async ({ link }) => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.fault = twoPages(link);

    expect(await ask(openCycle(), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['a', 'b'] });
    expect(registry.requests.map(({ path, query }) => `${path} ${query.get('n')}`)).toEqual(
      Array(2).fill('/v2/acme/api/tags/list 1000'),
    );
  });

  it.each([
    { link: '</v2/acme/api/tags/list?n=1000>; rel="next"', says: 'the pages run in a circle' },
    { link: '</v2/acme/api/tags/list>; rel="next"', says: 'the link to the next page cannot be read' },
    { link: 'garbage', says: 'the link to the next page cannot be read' },
  ])('fail on the link $link', async ({ link, says }) => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.fault = json('{"tags":["a"]}', { link });

    expect(await failureOf(ask(openCycle(), aNeed(endpoint)))).toMatchObject({
      code: 'malformed',
      message: `list tags of ${subject}: ${says}`,
    });
  });

  it('without end are cut off as a failure', async () => {
    const { registry, endpoint, openCycle } = await startBench({}, { limits: { maxPages: 20 } });
    let page = 0;
    registry.fault = always((response) => {
      page += 1;
      response.setHeader('link', `</v2/acme/api/tags/list?last=${page}>; rel="next"`);
      response.end(`{"tags":["t${page}"]}`);
    });

    expect(await failureOf(ask(openCycle(), aNeed(endpoint)))).toMatchObject({
      code: 'too-large',
      message: `list tags of ${subject}: more than 20 pages`,
    });
    expect(registry.requests).toHaveLength(20);
  });

  it.each([400, 405])(
    'come without a size from a registry that answers %i to one, known from then on',
    async (status) => {
      const { registry, endpoint, openCycle } = await startBench();
      registry.push('acme/api', 'a', {});
      registry.fault = ({ query }, response) => {
        if (query.has('n')) sendError(response, status, 'UNSUPPORTED', 'n');
        return query.has('n');
      };

      for (let cycle = 0; cycle < 2; cycle += 1) {
        expect(await ask(openCycle(), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['a'] });
      }
      expect(registry.requests.map(({ query }) => query.get('n'))).toEqual(['1000', null, null]);
    },
  );
});

describe('size and time (#12, #24, 11-36)', () => {
  it('an endless body is cut off', async () => {
    const { registry, endpoint, openCycle } = await startBench({}, { limits: { maxPageBytes: 100_000 } });
    registry.fault = always((response) => {
      response.writeHead(200);
      const write = () => {
        while (!response.destroyed && response.write(' '.repeat(10_000)));
        if (!response.destroyed) response.once('drain', write);
      };
      write();
    });

    expect(await failureOf(ask(openCycle(), aNeed(endpoint)))).toMatchObject({
      code: 'too-large',
      message: `list tags of ${subject}: the answer is longer than 100000 bytes`,
    });
  });

  it('fault A6: a list of too many bytes is told', async () => {
    const { registry, endpoint, openCycle } = await startBench({}, { limits: { maxTagBytes: 100_000 } });
    registry.fault = always((response) => {
      response.end(
        JSON.stringify({ tags: Array.from({ length: 1_000 }, (_, i) => `${i}`.padEnd(128, 'x')) }),
      );
    });

    expect(await failureOf(ask(openCycle(), aNeed(endpoint)))).toMatchObject({
      code: 'too-large',
      message: `list tags of ${subject}: more than 100000 bytes of tags`,
    });
  });

  it.each<{ readonly name: string; readonly fault: Fault; readonly says: RegExp }>([
    { name: 'no header', fault: () => true, says: /no answer within 600000 ms/ },
    {
      name: 'a body that stalls',
      fault: always((response) => {
        response.writeHead(200).write('{');
      }),
      says: /the answer stalled for 30000 ms/,
    },
  ])('fault H3: $name ends as a timeout, asked once', async ({ fault, says }) => {
    const limits = { headerTimeoutMs: 600_000, wholeTimeoutMs: 9e9, questionTimeoutMs: 9e9 };
    const { registry, endpoint, openCycle, clock } = await startBench({}, { limits });
    registry.fault = fault;

    const failure = await whileTimePasses(clock, failureOf(ask(openCycle(), aNeed(endpoint))));

    expect(failure.code).toBe('timeout');
    expect(failure.message).toMatch(says);
    expect(registry.requests).toHaveLength(1);
  });

  it('fault H3: a TLS handshake that stalls ends as a timeout', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const { openCycle, clock } = await startBench();
    const { port } = silent.address() as AddressInfo;

    const asked = failureOf(ask(openCycle(), aNeed(anEndpoint(`https://127.0.0.1:${port}`))));

    expect(await whileTimePasses(clock, asked)).toMatchObject({
      code: 'timeout',
      message: `list tags of ${subject}: no answer within 30000 ms`,
    });
  });

  it('fault H3: a body that trickles ends as a timeout', async () => {
    const limits = { headerTimeoutMs: 9e9, bodyIdleMs: 9e9, questionTimeoutMs: 9e9 };
    const { registry, endpoint, openCycle, clock } = await startBench({}, { limits });
    registry.fault = always((response) => {
      response.writeHead(200);
      const again = (): void => {
        if (!response.destroyed) response.write(' ', () => setImmediate(again));
      };
      again();
    });

    expect(await whileTimePasses(clock, failureOf(ask(openCycle(), aNeed(endpoint))))).toMatchObject({
      code: 'timeout',
      message: `list tags of ${subject}: not finished within 120000 ms`,
    });
  });

  it('fault H3: a question that takes too long ends as a timeout, and the next cycle goes on with what it found out', async () => {
    const limits = { headerTimeoutMs: 9e9, wholeTimeoutMs: 9e9 };
    let answered = 0;
    const onRequest = (): void => {
      answered += 1; // the list, the manifest of a and its config: b gets no answer
      if (answered === 3) setImmediate(() => clock.pass(600_000));
    };
    const { registry, endpoint, openCycle, clock } = await startBench({}, { limits, onRequest });
    for (const tag of ['a', 'b']) registry.push('acme/api', tag, { created: '2026-01-01T00:00:00Z' });
    registry.fault = ({ path }) => path.endsWith('/manifests/b');

    expect(await failureOf(ask(openCycle(), aNeed(endpoint, datedQuery)))).toMatchObject({
      code: 'timeout',
      message: `ask about ${subject}: not finished within 10m; the next cycle goes on with what is known`,
    });
    registry.fault = undefined;
    registry.clearLog();
    expect(await ask(openCycle(), aNeed(endpoint, datedQuery))).toMatchObject({
      tags: [{ tag: 'a' }, { tag: 'b' }],
    });
    expect(registry.counts()).toEqual({
      'GET tags/list': 1,
      'HEAD manifests': 1,
      'GET manifests': 1,
      'GET blobs': 1,
    });
  });

  it('an index of very many images is no candidate', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    const child = makeImage({ created: '2026-01-01T00:00:00Z' });
    const entry = { digest: child.digest, platform: { os: 'linux', architecture: 'amd64' } };
    const body = JSON.stringify({ schemaVersion: 2, manifests: Array(1_000).fill(entry) });
    const manifests = { [sha256(body)]: { mediaType: ociIndex, body } };
    registry.load('acme/api', { tags: { a: sha256(body) }, manifests, blobs: {} });

    expect(await ask(openCycle(), aNeed(endpoint, datedQuery))).toMatchObject({
      dropped: [{ tag: 'a', reason: 'too many images in one index' }],
    });
    expect(registry.counts()).toEqual({ 'GET tags/list': 1, 'GET manifests': 1 });
  });

  it('an aborted question fails as cancelled', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    const stop = new AbortController();
    registry.fault = () => {
      stop.abort(new Error('shutting down'));
      return true;
    };

    expect(await failureOf(openCycle().answer(aNeed(endpoint), stop.signal))).toMatchObject({
      code: 'cancelled',
    });
  });

  it('one caller that leaves does not take the answer from another', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.push('acme/api', 'a', {});
    const stop = new AbortController();
    registry.fault = () => {
      stop.abort(new Error('leaves'));
      return false;
    };
    const cycle = openCycle();

    const [left, stayed] = await Promise.allSettled([
      cycle.answer(aNeed(endpoint), stop.signal),
      ask(cycle, aNeed(endpoint)),
    ]);

    expect(left.status).toBe('rejected');
    expect(stayed).toEqual({ status: 'fulfilled', value: { kind: 'tags', tags: ['a'] } });
  });
});

describe('retries (#18)', () => {
  const failing = (times: number, status: number, headers: Readonly<Record<string, string>> = {}): Fault => {
    let left = times;
    return (_request, response) => {
      left -= 1;
      if (left >= 0) response.writeHead(status, headers).end();
      return left >= 0;
    };
  };

  it.each([408, 425, 499, 500, 502, 503, 504])(
    '%i is tried again after one and three seconds',
    async (status) => {
      const { registry, endpoint, openCycle, clock } = await startBench();
      registry.push('acme/api', 'a', {});
      registry.fault = failing(2, status);

      expect(await ask(openCycle(), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['a'] });
      expect(clock.slept).toEqual([1_000, 3_000]);
    },
  );

  it.each([
    { name: 'seconds', value: () => '7', slept: 7_000 },
    { name: 'a date', value: (nowMs: number) => new Date(nowMs + 20_000).toUTCString(), slept: 20_000 },
    { name: 'nonsense', value: () => 'soon', slept: 50 },
    { name: 'X-Retry-After', header: 'x-retry-after', value: () => '40', slept: 40_000 },
  ])('Retry-After in $name is obeyed', async ({ value, slept, header = 'retry-after' }) => {
    const { registry, endpoint, openCycle, clock } = await startBench();
    registry.push('acme/api', 'a', {});
    registry.fault = failing(1, 429, { [header]: value(clock.now()) });

    await ask(openCycle(), aNeed(endpoint));

    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(slept);
  });

  it('a long Retry-After fails at once, and nobody asks that origin until it is over', async () => {
    const holds: RegistryHold[] = [];
    const { registry, endpoint, openCycle, clock } = await startBench(
      {},
      { onHold: (event) => holds.push(event) },
    );
    registry.push('acme/api', 'a', {});
    registry.push('acme/web', 'a', {});
    registry.fault = failing(1, 429, { 'retry-after': '600' });

    expect(await failureOf(ask(openCycle(), aNeed(endpoint)))).toMatchObject({
      code: 'rate-limited',
      message: `list tags of ${subject}: 429 too many requests, retry in 10m`,
      retryAfterMs: 600_000,
    });
    expect(await failureOf(ask(openCycle(), aNeed(endpoint, { kind: 'tags' }, 'acme/web')))).toMatchObject({
      code: 'rate-limited',
    });
    expect(registry.requests).toHaveLength(1);
    clock.pass(600_000);
    expect(await ask(openCycle(), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['a'] });
    expect(holds).toMatchObject([
      { host: registry.host, hold: { code: 'rate-limited', waitMs: 600_000 } },
      { host: registry.host },
    ]);
  });

  it('a host that never answers is left alone after three requests, and asked again later', async () => {
    const holds: RegistryHold[] = [];
    const { registry, endpoint, openCycle } = await startBench({}, { onHold: (event) => holds.push(event) });
    registry.fault = always((response) => response.destroy());
    const cycle = openCycle();
    for (const name of ['a', 'b', 'c']) await failureOf(ask(cycle, aNeed(endpoint, { kind: 'tags' }, name)));
    const asked = registry.requests.length;

    expect(await failureOf(ask(cycle, aNeed(endpoint, { kind: 'tags' }, 'd')))).toMatchObject({
      code: 'network',
      message: expect.stringContaining('not asked'),
    });
    expect(registry.requests).toHaveLength(asked);
    expect(holds).toMatchObject([{ host: registry.host, hold: { code: 'network' } }]);
    registry.fault = undefined;
    registry.push('d', '1', {});
    expect(await ask(openCycle(), aNeed(endpoint, { kind: 'tags' }, 'd'))).toEqual({
      kind: 'tags',
      tags: ['1'],
    });
    expect(holds[1]).toEqual({ host: registry.host });
  });
});

describe('one registry that stalls', () => {
  it('delays no question to another', async () => {
    const stalled = await startFakeRegistry();
    stalled.fault = () => true;
    const { registry, endpoint, openCycle } = await startBench({}, { clock: makeRealClock() });
    onTestFinished(() => stalled.close());
    registry.push('acme/api', 'a', {});
    const cycle = openCycle();
    const stop = new AbortController();

    const waiting = Array.from({ length: 50 }, (_, index) =>
      failureOf(cycle.answer(aNeed(anEndpoint(stalled.url), { kind: 'tags' }, `acme/${index}`), stop.signal)),
    );
    expect(await ask(cycle, aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['a'] });
    stop.abort(new Error('enough'));
    expect(new Set((await Promise.all(waiting)).map(({ code }) => code))).toEqual(new Set(['cancelled']));
  });
});

describe('a lying digest', () => {
  it.each(['digest', 'dated-tags'] as const)('fails a question for %s', async (kind) => {
    const { registry, endpoint, openCycle } = await startBench();
    const digest = registry.push('acme/api', 'a', { created: '2026-01-01T00:00:00Z' });
    registry.fault = ({ path, method }, response) => {
      const lies = method === 'GET' && path.includes('/manifests/');
      if (lies) response.setHeader('docker-content-digest', digest).end('{"schemaVersion":2,"manifests":[]}');
      return lies;
    };

    const failure = await failureOf(
      ask(openCycle(), aNeed(endpoint, kind === 'digest' ? digestQuery('a') : datedQuery)),
    );

    expect(failure.code).toBe('digest-mismatch');
  });

  it('of a config fails too', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.push('acme/api', 'a', { created: '2026-01-01T00:00:00Z' });
    registry.fault = ({ path }, response) => {
      const lies = path.includes('/blobs/');
      if (lies) response.end('{"os":"linux","architecture":"amd64","created":"2030-01-01T00:00:00Z"}');
      return lies;
    };

    expect(await failureOf(ask(openCycle(), aNeed(endpoint, datedQuery)))).toMatchObject({
      code: 'digest-mismatch',
    });
  });

  it('HTML in place of a manifest, with status 200 and no digest, is no fact', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.push('acme/api', 'a', {});
    registry.fault = ({ path }, response) => {
      const lies = path.includes('/manifests/');
      if (lies) response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>');
      return lies;
    };

    expect(await failureOf(ask(openCycle(), aNeed(endpoint, datedQuery)))).toMatchObject({
      code: 'malformed',
    });
  });
});

describe('redirects (#24)', () => {
  const credentials = { kind: 'secret', namespace: 'argocd', name: 'registry', field: 'creds' } as const;
  const secrets = secretsFrom({ 'argocd/registry': { creds: 'robot:hunter2' } });

  it('to another origin carry no credentials', async () => {
    const storage = await startFakeRegistry();
    onTestFinished(() => storage.close());
    const { registry, endpoint, openCycle } = await startBench(
      { auth: { kind: 'basic', users: { robot: 'hunter2' } } },
      {},
      { credentials },
    );
    registry.push('acme/api', 'a', { created: '2026-01-01T00:00:00Z' });
    storage.load('acme/api', makeImage({ created: '2026-01-01T00:00:00Z', comment: 'acme/api:a' }));
    registry.fault = ({ path }, response) => {
      const isBlob = path.includes('/blobs/');
      if (isBlob) response.writeHead(307, { location: `${storage.url}${path}` }).end();
      return isBlob;
    };

    expect(await ask(openCycle(secrets), aNeed(endpoint, datedQuery))).toMatchObject({
      tags: [{ tag: 'a' }],
    });
    expect(storage.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it.each([
    {
      name: 'in a circle',
      locate: () => '/v2/acme/api/tags/list?n=1000',
      says: 'the redirects run in a circle',
    },
    {
      name: 'without end',
      locate: (count: number) => `/v2/acme/api/tags/list?hop=${count}`,
      says: 'more than 5 redirects',
    },
    {
      name: 'to a file',
      locate: () => 'file:///etc/passwd',
      says: 'the redirect to file:// is refused: only https is allowed',
    },
    {
      name: 'to a metadata address',
      locate: () => 'http://169.254.169.254/latest',
      says: 'the redirect to http://169.254.169.254 is refused: it is a link-local address',
    },
    {
      name: 'with a user name',
      locate: () => 'http://user:pass@127.0.0.1/',
      says: 'the redirect to http://127.0.0.1 is refused: it holds a user name',
    },
  ])('$name are refused', async ({ locate, says }) => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.fault = always((response) =>
      response.writeHead(302, { location: locate(registry.requests.length) }).end(),
    );

    expect(await failureOf(ask(openCycle(), aNeed(endpoint)))).toMatchObject({
      code: 'refused',
      message: `list tags of ${subject}: ${says}`,
    });
    expect(registry.requests.length).toBeLessThanOrEqual(6);
  });
});

describe('a token server at a metadata address (#24)', () => {
  it('is never asked', async () => {
    const events: string[] = [];
    const { registry, endpoint, openCycle } = await startBench(
      {},
      { onRequest: ({ host }) => events.push(host) },
    );
    const challenge = { 'www-authenticate': 'Bearer realm="http://169.254.169.254/latest/meta-data"' };
    registry.fault = always((response) => sendError(response, 401, 'UNAUTHORIZED', '', challenge));

    expect(await failureOf(ask(openCycle(), aNeed(endpoint)))).toMatchObject({
      code: 'refused',
      message: `list tags of ${subject}: the token realm http://169.254.169.254 is refused: it is a link-local address`,
    });
    expect(events).toEqual([registry.host]);
  });
});

describe('a registry on https', () => {
  it('may neither redirect to http nor name a token server on http', async () => {
    const tls = makeCertificates();
    const tokens = await startTokenServer();
    const { registry, endpoint, openCycle } = await startBench({ tls }, {}, { caData: tls.ca });
    onTestFinished(async () => {
      await tokens.close();
      tls.remove();
    });
    const failure = async (fault: Fault) => {
      registry.fault = fault;
      return await failureOf(ask(openCycle(), aNeed(endpoint)));
    };
    const challenge = { 'www-authenticate': `Bearer realm="${tokens.realm}"` };

    expect([
      await failure(always((response) => response.writeHead(302, { location: 'http://127.0.0.1/' }).end())),
      await failure(always((response) => sendError(response, 401, 'UNAUTHORIZED', '', challenge))),
    ]).toMatchObject([
      { code: 'refused', message: expect.stringContaining('it leaves https') },
      { code: 'refused', message: expect.stringContaining('the registry itself is https') },
    ]);
    expect(tokens.requests).toEqual([]);
  });
});

it('content keys of the fake are true digests', () => {
  const image = makeImage({});
  for (const [digest, { body }] of Object.entries(image.manifests)) expect(sha256(body)).toBe(digest);
});
