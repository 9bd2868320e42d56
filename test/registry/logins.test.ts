/** A login that is configured is used, whatever the registry says of it, and only then it is said that it was. */
import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type LoggedRequest, sendError } from '../fakes/registry.ts';
import { startTokenServer } from '../fakes/token-server.ts';
import { aNeed, ask, failureOf, secretsFrom, startBench } from './support.ts';

const credentials = { kind: 'secret', namespace: 'argocd', name: 'registry', field: 'creds' } as const;
const secrets = secretsFrom({ 'argocd/registry': { creds: 'robot:hunter2' } });
const basic = `Basic ${Buffer.from('robot:hunter2').toString('base64')}`;

/** A registry that asks nobody to log in, and answers `anonymous` to whoever does not, or wrongly. */
async function startSilent(
  anonymous: (response: ServerResponse, request: LoggedRequest) => void,
  isRight = ({ headers }: LoggedRequest) => headers.authorization === basic,
) {
  const bench = await startBench({}, {}, { credentials });
  for (const tag of ['public', 'private']) bench.registry.push('acme/api', tag, {});
  bench.registry.fault = (request, response) => {
    if (request.path === '/v2/' || isRight(request)) return false;
    anonymous(response, request);
    return true;
  };
  const sent = () => bench.registry.requests.map(({ headers }) => headers.authorization);
  return { ...bench, sent };
}

describe('fault R5: a registry that asks for no login', () => {
  it.each([401, 403, 404])(
    'and hides behind %i is asked with the login that is configured',
    async (status) => {
      const { openCycle, endpoint, sent, registry } = await startSilent((response) =>
        sendError(response, status, 'NO', ''),
      );

      expect(await ask(openCycle(secrets), aNeed(endpoint))).toEqual({
        kind: 'tags',
        tags: ['public', 'private'],
      });
      registry.clearLog();
      expect(await ask(openCycle(secrets), aNeed(endpoint))).toMatchObject({ tags: ['public', 'private'] });
      expect(sent()).toEqual([basic]);
    },
  );

  it('and shows a part of the tags shows the others to the login', async () => {
    const { openCycle, endpoint } = await startSilent((response) => response.end('{"tags":["public"]}'));

    expect(await ask(openCycle(secrets), aNeed(endpoint))).toEqual({
      kind: 'tags',
      tags: ['public', 'private'],
    });
  });

  it('and takes no login is read without', async () => {
    const { openCycle, endpoint, registry, sent } = await startSilent(
      (response, { headers }) => {
        if (headers.authorization === undefined) response.end('{"tags":["public"]}');
        else sendError(response, 401, 'UNAUTHORIZED', 'what login?');
      },
      () => false,
    );

    expect(await ask(openCycle(secrets), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['public'] });
    registry.clearLog();
    expect(await ask(openCycle(secrets), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['public'] });
    expect(sent()).toEqual([undefined]);
  });

  it('is told as asked with the login only where it was sent', async () => {
    const { openCycle, endpoint, sent } = await startSilent(
      (response) => sendError(response, 404, 'NAME_UNKNOWN', 'unknown'),
      () => false,
    );

    const { message } = await failureOf(ask(openCycle(secrets), aNeed(endpoint)));

    expect(message).toContain('asked with the credentials from secret:argocd/registry#creds');
    expect(sent()).toContain(basic);
  });

  it('is not sent what was refused with a challenge that we cannot answer', async () => {
    const { openCycle, endpoint, sent } = await startSilent((response) =>
      sendError(response, 401, 'NO', '', { 'www-authenticate': 'Negotiate' }),
    );

    const { message } = await failureOf(ask(openCycle(secrets), aNeed(endpoint)));

    expect(message).toContain('asked without the credentials from secret:argocd/registry#creds');
    expect(sent()).not.toContain(basic);
  });
});

describe('fault R9: a registry that offers Bearer and Basic', () => {
  async function startBoth(realm: string) {
    const bench = await startBench({}, { limits: { tries: 1 } }, { credentials });
    bench.registry.push('acme/api', 'a', {});
    bench.registry.fault = ({ headers }, response) => {
      if (headers.authorization === basic) return false;
      const offers = `Bearer realm="${realm}",service="x", Basic realm="y"`;
      sendError(response, 401, 'UNAUTHORIZED', '', { 'www-authenticate': offers });
      return true;
    };
    return bench;
  }

  it.each([500, 404, 200])('is asked by Basic where its token server is dead (%i)', async (status) => {
    const tokens = await startTokenServer();
    onTestFinished(() => tokens.close());
    tokens.intercept = (_request, response) => {
      response.writeHead(status).end('no token');
      return true;
    };
    const { openCycle, endpoint, registry } = await startBoth(tokens.realm);

    expect(await ask(openCycle(secrets), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['a'] });
    registry.clearLog();
    expect(await ask(openCycle(secrets), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['a'] });
    expect(registry.requests).toHaveLength(1);
  });

  it('is not sent a password twice that its token server refuses', async () => {
    const tokens = await startTokenServer({ users: { robot: 'another' } });
    onTestFinished(() => tokens.close());
    const { openCycle, endpoint, registry } = await startBoth(tokens.realm);

    expect(await failureOf(ask(openCycle(secrets), aNeed(endpoint)))).toMatchObject({ code: 'unauthorized' });
    expect(registry.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });
});

it('fault R9: a byte order mark before JSON is passed over', async () => {
  const { openCycle, endpoint, registry } = await startBench();
  registry.fault = (_request, response) => {
    response.end('\uFEFF{"tags":["a"]}');
    return true;
  };

  expect(await ask(openCycle(), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['a'] });
});
