/** Compressed answers, of which proxies make some on their own: read like any other, bounded, and never fatal. */
import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { codingName, codings, compress, type Coding } from '../fakes/compression.ts';
import { type FakeRegistry, sendError, startFakeRegistry } from '../fakes/registry.ts';
import { startTokenServer, type TokenServer } from '../fakes/token-server.ts';
import {
  aNeed,
  anEndpoint,
  ask,
  type Bench,
  datedQuery,
  digestQuery,
  failureOf,
  secretsFrom,
  startBench,
} from './support.ts';

const credentials = { kind: 'secret', namespace: 'argocd', name: 'registry', field: 'creds' } as const;
const secrets = secretsFrom({ 'argocd/registry': { creds: 'robot:hunter2' } });

interface Scene extends Bench {
  readonly tokens: TokenServer;
  readonly digest: string;
}

const largest = 1 << 20;
const limits = { maxPageBytes: largest, maxManifestBytes: largest, maxConfigBytes: largest };

/** A registry behind a token server, with one image. */
async function startScene(): Promise<Scene> {
  const tokens = await startTokenServer({ users: { robot: 'hunter2' } });
  onTestFinished(() => tokens.close());
  const bench = await startBench({ auth: { kind: 'bearer', tokens } }, { limits }, { credentials });
  const digest = bench.registry.push('acme/api', 'a', { created: '2026-01-01T00:00:00Z' });
  return { ...bench, tokens, digest };
}

/** Who sends what: each is one of the answers that a question needs. */
const places = ['401', 'token', 'list', 'manifest', 'blob'] as const;
type Place = (typeof places)[number];

/** Sends `body` instead of what belongs there. */
function replaceAt(
  { registry, tokens }: Scene,
  place: Place,
  send: (response: ServerResponse, status: number, headers: Readonly<Record<string, string>>) => void,
): void {
  tokens.intercept = (_request, response) => {
    if (place === 'token') send(response, 200, {});
    return place === 'token';
  };
  registry.fault = ({ path, headers }, response) => {
    if (headers.authorization === undefined) {
      if (place !== '401') return false;
      send(response, 401, { 'www-authenticate': `Bearer realm="${tokens.realm}",service="registry.test"` });
      return true;
    }
    const isIts =
      (place === 'list' && path.endsWith('/tags/list')) ||
      (place === 'manifest' && path.includes('/manifests/')) ||
      (place === 'blob' && path.includes('/blobs/'));
    if (isIts) send(response, 200, {});
    return isIts;
  };
}

describe.each(codings)('fault R1: answers in %s', (coding) => {
  it('of registry and token server are read like plain ones', async () => {
    const { registry, tokens, endpoint, openCycle, digest } = await startScene();
    registry.coding = coding;
    tokens.coding = coding;
    const cycle = openCycle(secrets);

    expect(await ask(cycle, aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['a'] });
    expect(await ask(cycle, aNeed(endpoint, datedQuery))).toMatchObject({ tags: [{ tag: 'a' }] });
    expect(await ask(cycle, aNeed(endpoint, digestQuery('a')))).toMatchObject({ digest });
    expect(tokens.requests).toHaveLength(1);
  });

  it('that refuse are quoted', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.coding = coding;

    expect((await failureOf(ask(openCycle(), aNeed(endpoint)))).message).toContain(
      '404 not found (NAME_UNKNOWN: repository name not known to registry)',
    );
  });

  it.each(places)('that end in the middle of a %s are a failure of the network', async (place) => {
    const scene = await startScene();
    const whole = compress(coding, JSON.stringify({ token: 'x'.repeat(500), tags: ['a'], filler: places }));
    replaceAt(scene, place, (response, status, headers) => {
      response.writeHead(status, {
        ...headers,
        'content-encoding': codingName(coding),
        'content-length': whole.length,
      });
      response.write(whole.subarray(0, whole.length - 8), () => response.destroy());
    });

    expect(await failureOf(ask(scene.openCycle(secrets), aNeed(scene.endpoint, datedQuery)))).toMatchObject({
      code: 'network',
    });
  });
});

describe.each(codings.filter((coding) => coding !== 'identity'))(
  'fault R1: bytes that are no %s',
  (coding) => {
    it.each(places)('fail the question where a %s should be', async (place) => {
      const scene = await startScene();
      replaceAt(scene, place, (response, status, headers) =>
        response
          .writeHead(status, { ...headers, 'content-encoding': codingName(coding) })
          .end('{"not": "compressed"}'),
      );

      expect(await failureOf(ask(scene.openCycle(secrets), aNeed(scene.endpoint, datedQuery)))).toMatchObject(
        {
          code: 'network',
          message: expect.stringContaining('the compressed answer is broken, or ends too early'),
        },
      );
    });
  },
);

const bombs = new Map<Coding, Buffer>();

/** More than any answer may have, in a few bytes. */
function bombOf(coding: Coding): Buffer {
  const made = bombs.get(coding) ?? compress(coding, Buffer.alloc(2 * largest, ' '));
  bombs.set(coding, made);
  return made;
}

describe.each(codings.filter((coding) => coding !== 'identity'))('fault R1: a bomb in %s', (coding) => {
  it.each(places.slice(1))('as %s is too large', async (place) => {
    const scene = await startScene();
    replaceAt(scene, place, (response, status, headers) =>
      response.writeHead(status, { ...headers, 'content-encoding': codingName(coding) }).end(bombOf(coding)),
    );

    expect(await failureOf(ask(scene.openCycle(secrets), aNeed(scene.endpoint, datedQuery)))).toMatchObject({
      code: 'too-large',
    });
  });

  it('around a challenge is left unread, and the challenge answered', async () => {
    const scene = await startScene();
    replaceAt(scene, '401', (response, status, headers) =>
      response.writeHead(status, { ...headers, 'content-encoding': codingName(coding) }).end(bombOf(coding)),
    );

    expect(await ask(scene.openCycle(secrets), aNeed(scene.endpoint))).toEqual({ kind: 'tags', tags: ['a'] });
  });
});

describe('fault R1: what cannot be read', () => {
  const failWith = async (coding: string): Promise<string> => {
    const registry: FakeRegistry = await startFakeRegistry();
    onTestFinished(() => registry.close());
    const { openCycle } = await startBench();
    registry.fault = (_request, response) => {
      response.writeHead(200, { 'content-encoding': coding }).end('{"tags":[]}');
      return true;
    };
    return (await failureOf(ask(openCycle(), aNeed(anEndpoint(registry.url))))).message;
  };

  it.each(['compress', 'exi', '\u00ff', 'constructor'])('says so for the coding %s', async (coding) => {
    expect(await failWith(coding)).toContain('compressed in a way that was not asked for');
  });

  it('says so for a coding within a coding within a coding within a coding', async () => {
    expect(await failWith('gzip, gzip, gzip, gzip')).toContain('compressed more than 3 times');
  });

  it('is no list of tags where it is an error', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.fault = (_request, response) => {
      response.setHeader('content-encoding', 'compress');
      sendError(response, 403, 'DENIED', 'no');
      return true;
    };

    expect(await failureOf(ask(openCycle(), aNeed(endpoint)))).toMatchObject({ code: 'network' });
  });
});
