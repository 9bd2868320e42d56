/** Authentication: challenges, tokens, credentials and their sources, and how many requests they cost. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SecretReader } from '../../src/ports/cluster.ts';
import type { SecretSource } from '../../src/core/config/keys/secret-source.ts';
import { sendError } from '../fakes/registry.ts';
import { startTokenServer, type TokenServerOptions } from '../fakes/token-server.ts';
import { makeManualClock } from '../fakes/clock.ts';
import { aNeed, ask, datedQuery, digestQuery, failureOf, secretsFrom, startBench } from './support.ts';

const account: SecretSource = { kind: 'secret', namespace: 'argocd', name: 'registry', field: 'creds' };
const secrets = secretsFrom({ 'argocd/registry': { creds: 'robot:hunter2\n' } });

function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

async function startTokens(options: TokenServerOptions = {}) {
  const tokens = await startTokenServer(options);
  onTestFinished(() => tokens.close());
  return tokens;
}

describe('Bearer', () => {
  it('#4 costs one refusal and one token per repository and token life, without credentials too', async () => {
    const tokens = await startTokens({ lifeSeconds: 300 });
    const { registry, endpoint, openCycle } = await startBench({ auth: { kind: 'bearer', tokens } });
    registry.push('acme/api', '1.0', { created: '2026-01-01T00:00:00Z' });

    for (let cycle = 0; cycle < 3; cycle += 1) await ask(openCycle(), aNeed(endpoint, datedQuery));

    expect(tokens.requests).toEqual([
      {
        method: 'GET',
        scopes: ['repository:acme/api:pull'],
        service: 'registry.test',
        user: '',
        status: 200,
      },
    ]);
    expect(registry.requests.filter(({ headers }) => headers.authorization === undefined)).toHaveLength(1);
  });

  it('fault H4: answers a second challenge, of a registry that wants another scope for the token it has got', async () => {
    const tokens = await startTokens();
    const { registry, endpoint, openCycle } = await startBench();
    registry.push('acme/api', '1.0', {});
    const wanted = ['repository:acme/api:pull', 'repository:acme/api:metadata_read'];
    registry.fault = (_request, response) => {
      const scope = wanted.shift();
      if (scope === undefined) return false;
      sendError(response, 401, 'UNAUTHORIZED', 'authentication required', {
        'www-authenticate': `Bearer realm="${tokens.realm}",service="${tokens.service}",scope="${scope}"`,
      });
      return true;
    };

    expect(await ask(openCycle(), aNeed(endpoint, { kind: 'tags' }))).toEqual({
      kind: 'tags',
      tags: ['1.0'],
    });
    expect(tokens.requests).toHaveLength(2);
  });

  it('knows the challenge of a registry for its other repositories', async () => {
    const tokens = await startTokens();
    const { registry, endpoint, openCycle } = await startBench(
      { auth: { kind: 'bearer', tokens } },
      { clock: makeManualClock() },
    );
    const repositories = Array.from({ length: 10 }, (_, index) => `acme/app-${index}`);
    for (const repository of repositories) registry.push(repository, '1.0', {});
    const cycle = openCycle();

    await Promise.all(
      repositories.map((repository) => ask(cycle, aNeed(endpoint, { kind: 'tags' }, repository))),
    );

    expect(tokens.requests).toHaveLength(10);
    expect(registry.counts()).toEqual({ 'GET tags/list': 11 });
  });

  it('gets one token where many questions about one repository come at once', async () => {
    const tokens = await startTokens();
    const { registry, endpoint, openCycle } = await startBench({ auth: { kind: 'bearer', tokens } });
    for (const tag of ['a', 'b', 'c', 'd']) registry.push('acme/api', tag, {});
    const cycle = openCycle();

    await Promise.all(['a', 'b', 'c', 'd'].map((tag) => ask(cycle, aNeed(endpoint, digestQuery(tag)))));

    expect(tokens.requests).toHaveLength(1);
  });

  it('gets a new token after nine tenths of the life of the old one', async () => {
    const tokens = await startTokens({ lifeSeconds: 100 });
    const { registry, endpoint, openCycle, clock } = await startBench({ auth: { kind: 'bearer', tokens } });
    registry.push('acme/api', '1.0', {});

    await ask(openCycle(), aNeed(endpoint));
    clock.pass(89_000);
    await ask(openCycle(), aNeed(endpoint));
    expect(tokens.requests).toHaveLength(1);
    clock.pass(1_000);
    await ask(openCycle(), aNeed(endpoint));
    expect(tokens.requests).toHaveLength(2);
  });

  it('gets a new token when the old one is refused early', async () => {
    const tokens = await startTokens({ lifeSeconds: 3600 });
    const { registry, endpoint, openCycle } = await startBench({ auth: { kind: 'bearer', tokens } });
    registry.push('acme/api', '1.0', {});
    await ask(openCycle(), aNeed(endpoint));
    tokens.revokeAll();

    await ask(openCycle(), aNeed(endpoint));

    expect(tokens.requests).toHaveLength(2);
  });

  it('#7 asks for the actions that the challenge adds to ours (ACR)', async () => {
    const tokens = await startTokens();
    const { registry, endpoint, openCycle } = await startBench();
    registry.push('acme/api', '1.0', {});
    const wanted = 'repository:acme/api:pull,metadata_read';
    registry.fault = ({ headers }, response) => {
      if (tokens.accepts(headers.authorization?.slice(7) ?? '', wanted)) return false;
      const challenge = `Bearer realm="${tokens.realm}",service="acr",scope="repository:acme/api:metadata_read"`;
      sendError(response, 401, 'UNAUTHORIZED', 'no', { 'www-authenticate': challenge });
      return true;
    };

    await ask(openCycle(), aNeed(endpoint));

    expect(tokens.requests.map(({ scopes }) => scopes)).toEqual([[wanted]]);
  });

  it('#30 is chosen where Basic is offered in the same line (Forgejo)', async () => {
    const tokens = await startTokens({ users: { robot: 'hunter2' } });
    const { registry, endpoint, openCycle } = await startBench({}, {}, { credentials: account });
    registry.push('acme/api', '1.0', {});
    registry.fault = ({ headers }, response) => {
      if (headers.authorization?.startsWith('Bearer ')) return false;
      const challenge = `Bearer realm="${tokens.realm}",service="container_registry",scope="*", Basic realm="Forgejo"`;
      sendError(response, 401, 'UNAUTHORIZED', 'no', { 'www-authenticate': challenge });
      return true;
    };

    await ask(openCycle(secrets), aNeed(endpoint));

    expect(tokens.requests.map(({ user }) => user)).toEqual(['robot']);
  });

  it.each([
    { refreshToken: 'refresh-1', methods: ['POST 200'] },
    { refreshToken: undefined, methods: ['POST 404', 'GET 200'] },
  ])('exchanges an identity token by OAuth2, or falls back: $methods', async ({ refreshToken, methods }) => {
    const tokens = await startTokens(refreshToken === undefined ? {} : { refreshToken });
    const source: SecretSource = { kind: 'pullsecret', namespace: 'argocd', name: 'pull' };
    const { registry, endpoint, openCycle } = await startBench(
      { auth: { kind: 'bearer', tokens } },
      {},
      { credentials: source },
    );
    registry.push('acme/api', '1.0', {});
    const config = {
      auths: {
        [registry.host]: { auth: Buffer.from('robot:x').toString('base64'), identitytoken: 'refresh-1' },
      },
    };

    await ask(
      openCycle(secretsFrom({ 'argocd/pull': { '.dockerconfigjson': JSON.stringify(config) } })),
      aNeed(endpoint),
    );

    expect(tokens.requests.map(({ method, status }) => `${method} ${status}`)).toEqual(methods);
  });
});

describe('a registry that changes its mind', () => {
  it.each<{ readonly name: string; readonly fault: (response: ServerResponse) => unknown }>([
    {
      name: 'names a realm that is refused',
      fault: (response) =>
        sendError(response, 401, 'UNAUTHORIZED', 'log in', {
          'www-authenticate': 'Bearer realm="http://169.254.169.254/token",service="x"',
        }),
    },
    {
      name: 'names a realm where nobody is',
      fault: (response) =>
        sendError(response, 401, 'UNAUTHORIZED', 'log in', {
          'www-authenticate': 'Bearer realm="http://127.0.0.1:1/token",service="x"',
        }),
    },
  ])('and $name is believed anew by the next cycle', async ({ fault }) => {
    const tokens = await startTokens();
    const { registry, endpoint, openCycle, clock } = await startBench({ auth: { kind: 'bearer', tokens } });
    registry.push('acme/api', '1.0', {});
    registry.fault = (_request, response) => {
      fault(response);
      return true;
    };
    await failureOf(ask(openCycle(), aNeed(endpoint)));
    await failureOf(ask(openCycle(), aNeed(endpoint)));

    registry.fault = undefined;
    const withTokens = await ask(openCycle(), aNeed(endpoint));
    clock.pass(3_600_000);
    tokens.intercept = (_request, response) => {
      response.writeHead(500).end();
      return true;
    };
    registry.auth = undefined;
    const withoutAny = await ask(openCycle(), aNeed(endpoint));

    expect([withTokens, withoutAny]).toEqual(Array(2).fill({ kind: 'tags', tags: ['1.0'] }));
  });

  it('is not asked for a second token where its realm gave none', async () => {
    const tokens = await startTokens({ users: { robot: 'other' } });
    const { registry, endpoint, openCycle } = await startBench({ auth: { kind: 'bearer', tokens } });
    const robot = aNeed(endpoint, undefined, undefined, account);
    await failureOf(ask(openCycle(secrets), robot));

    await failureOf(ask(openCycle(secrets), robot));

    expect(tokens.requests).toHaveLength(2);
    expect(registry.requests).toHaveLength(2);
  });
});

describe('Basic', () => {
  it('is sent at once when the registry asked for it before', async () => {
    const { registry, endpoint, openCycle } = await startBench(
      { auth: { kind: 'basic', users: { robot: 'hunter2' } } },
      {},
      { credentials: account },
    );
    registry.push('acme/api', '1.0', {});

    await ask(openCycle(secrets), aNeed(endpoint));
    await ask(openCycle(secrets), aNeed(endpoint));

    expect(registry.counts()).toEqual({ 'GET tags/list': 3 });
  });

  it('without credentials fails as unauthorized', async () => {
    const { registry, endpoint, openCycle } = await startBench({ auth: { kind: 'basic', users: {} } });
    registry.push('acme/api', '1.0', {});

    expect(await failureOf(ask(openCycle(), aNeed(endpoint)))).toMatchObject({
      code: 'unauthorized',
      message:
        'list tags of registry.example.test/acme/api: 401 unauthorized (UNAUTHORIZED: authentication required); asked without credentials',
      login: '',
    });
  });
});

describe('#6 a registry whose root is open', () => {
  it('gets credentials for the repositories that ask for them', async () => {
    const { registry, endpoint, openCycle } = await startBench(
      { auth: { kind: 'basic', users: { robot: 'hunter2' } } },
      {},
      { credentials: account },
    );
    registry.push('acme/api', '1.0', {});
    registry.fault = ({ path }, response) => {
      if (path === '/v2/') response.writeHead(200).end('{}');
      return path === '/v2/';
    };

    expect(await ask(openCycle(secrets), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['1.0'] });
    expect(registry.counts()).toEqual({ 'GET tags/list': 2 });
  });
});

describe('a registry that hides private repositories behind 404', () => {
  it('is asked for a challenge at its root, once', async () => {
    const tokens = await startTokens({ users: { robot: 'hunter2' } });
    const { registry, endpoint, openCycle } = await startBench(
      { auth: { kind: 'bearer', tokens } },
      {},
      { credentials: account },
    );
    registry.push('acme/api', '1.0', {});
    registry.fault = ({ path, headers }, response) => {
      const hides = path !== '/v2/' && headers.authorization === undefined;
      if (hides) sendError(response, 404, 'NAME_UNKNOWN', 'unknown');
      return hides;
    };

    await ask(openCycle(secrets), aNeed(endpoint));
    await ask(openCycle(secrets), aNeed(endpoint));

    expect(registry.counts()).toEqual({ 'GET tags/list': 3, 'GET /v2/': 1 });
  });
});

describe('a registry that forbids without a challenge what it has not asked about', () => {
  it('gives its challenge at its root, for an anonymous token too', async () => {
    const tokens = await startTokens();
    const { registry, endpoint, openCycle } = await startBench({ auth: { kind: 'bearer', tokens } });
    registry.push('acme/api', '1.0', {});
    registry.fault = ({ path, headers }, response) => {
      const forbids = path !== '/v2/' && headers.authorization === undefined;
      if (forbids) sendError(response, 403, 'DENIED', 'Unauthenticated request.');
      return forbids;
    };

    expect(await ask(openCycle(), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['1.0'] });
    expect(registry.counts()).toEqual({ 'GET tags/list': 2, 'GET /v2/': 1 });
  });
});

describe('credentials', () => {
  it('#22, 11-S8 of an image come before those of its endpoint, which are then not even read', async () => {
    const tokens = await startTokens({ users: { robot: 'hunter2' } });
    const broken: SecretSource = { kind: 'env', name: 'UNSET' };
    const { registry, endpoint, openCycle } = await startBench(
      { auth: { kind: 'bearer', tokens } },
      {},
      { credentials: broken },
    );
    registry.push('acme/api', '1.0', {});

    expect(await ask(openCycle(secrets), aNeed(endpoint, { kind: 'tags' }, 'acme/api', account))).toEqual({
      kind: 'tags',
      tags: ['1.0'],
    });
  });

  it('#11 of two entries with one address stay apart', async () => {
    const users = { one: 'p', two: 'p' };
    const { registry, endpoint, openCycle } = await startBench({ auth: { kind: 'basic', users } });
    registry.push('acme/api', '1.0', {});
    const cycle = openCycle(secretsFrom({ 'argocd/logins': { one: 'one:p', two: 'two:p' } }));
    const needs = ['one', 'two'].map((field) =>
      aNeed({ ...endpoint, credentials: { kind: 'secret', namespace: 'argocd', name: 'logins', field } }),
    );

    await Promise.all(needs.map((need) => ask(cycle, need)));

    const sent = new Set(registry.requests.map(({ headers }) => headers.authorization));
    expect(sent).toEqual(new Set([undefined, basic('one:p'), basic('two:p')]));
  });

  it('11-S7 are sent as a pair: an empty password of an image is not that of the endpoint', async () => {
    const { registry, endpoint, openCycle } = await startBench(
      { auth: { kind: 'basic', users: { robot: '' } } },
      {},
      { credentials: account },
    );
    registry.push('acme/api', '1.0', {});
    const own: SecretSource = { ...account, name: 'own' };
    const both = secretsFrom({ 'argocd/registry': { creds: 'other:p' }, 'argocd/own': { creds: 'robot:' } });

    await ask(openCycle(both), aNeed(endpoint, { kind: 'tags' }, 'acme/api', own));

    expect(registry.requests.at(-1)?.headers.authorization).toBe(basic('robot:'));
  });

  it('#22 of an image are read once per cycle', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    for (const name of ['acme/a', 'acme/b']) registry.push(name, '1.0', {});
    let reads = 0;
    const counted: SecretReader = {
      ...secrets,
      secret: (namespace, name) => {
        reads += 1;
        return secrets.secret(namespace, name);
      },
    };
    const cycle = openCycle(counted);

    await Promise.all(
      ['acme/a', 'acme/b'].map((name) => ask(cycle, aNeed(endpoint, { kind: 'tags' }, name, account))),
    );

    expect(reads).toBe(1);
  });

  it('#5 are read again once when they are refused', async () => {
    const tokens = await startTokens({ users: { robot: 'old' }, lifeSeconds: 60 });
    const { registry, endpoint, openCycle, clock } = await startBench(
      { auth: { kind: 'bearer', tokens } },
      {},
      { credentials: account },
    );
    registry.push('acme/api', '1.0', {});
    await ask(openCycle(secretsFrom({ 'argocd/registry': { creds: 'robot:old' } })), aNeed(endpoint));
    tokens.setPassword('robot', 'new');
    clock.pass(60_000);

    const answer = await ask(
      openCycle(secretsFrom({ 'argocd/registry': { creds: 'robot:new' } })),
      aNeed(endpoint),
    );

    expect(answer).toEqual({ kind: 'tags', tags: ['1.0'] });
    expect(tokens.requests.map(({ status }) => status)).toEqual([200, 401, 200]);
  });

  it('#5 are read again when ECR says that the password ran out', async () => {
    const { registry, endpoint, openCycle } = await startBench(
      { auth: { kind: 'basic', users: { AWS: 'new' } } },
      {},
      { credentials: account },
    );
    registry.push('acme/api', '1.0', {});
    registry.auth = { kind: 'basic', users: { AWS: 'old' } };
    await ask(openCycle(secretsFrom({ 'argocd/registry': { creds: 'AWS:old' } })), aNeed(endpoint));
    registry.auth = { kind: 'basic', users: { AWS: 'new' } };
    registry.fault = ({ headers }, response) => {
      const isOld = headers.authorization === `Basic ${Buffer.from('AWS:old').toString('base64')}`;
      if (isOld)
        sendError(
          response,
          403,
          'DENIED',
          'Your authorization token has expired. Reauthenticate and try again.',
        );
      return isOld;
    };

    expect(
      await ask(openCycle(secretsFrom({ 'argocd/registry': { creds: 'AWS:new' } })), aNeed(endpoint)),
    ).toEqual({ kind: 'tags', tags: ['1.0'] });
  });

  it('of an endpoint are kept until credsexpire', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-script-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'login');
    writeFileSync(path, `#!/bin/sh\necho run >> ${folder}/runs\necho robot:hunter2\n`);
    chmodSync(path, 0o755);
    const credentials: SecretSource = { kind: 'ext', path };
    const users = { robot: 'hunter2' };
    const { registry, endpoint, openCycle, clock } = await startBench(
      { auth: { kind: 'basic', users } },
      {},
      { credentials, credentialsExpireMs: 3_600_000 },
    );
    registry.push('acme/api', '1.0', {});

    await ask(openCycle(), aNeed(endpoint));
    await ask(openCycle(), aNeed(endpoint));
    expect(readFileSync(join(folder, 'runs'), 'utf8')).toBe('run\n');
    clock.pass(3_600_000);
    await ask(openCycle(), aNeed(endpoint));
    expect(readFileSync(join(folder, 'runs'), 'utf8')).toBe('run\nrun\n');
  });

  it.each<{ readonly row: string; readonly source: SecretSource; readonly says: string }>([
    {
      row: 'K-29',
      source: { kind: 'secret', namespace: 'a', name: 'none', field: 'f' },
      says: 'secret:a/none#f: there is no such Secret',
    },
    {
      row: 'K-29',
      source: { kind: 'secret', namespace: 'argocd', name: 'registry', field: 'f' },
      says: 'secret:argocd/registry#f: the Secret has no such field',
    },
    {
      row: 'K-29',
      source: { kind: 'pullsecret', namespace: 'argocd', name: 'registry' },
      says: 'pullsecret:argocd/registry: the Secret has no field .dockerconfigjson',
    },
    {
      row: 'a name that objects inherit',
      source: { kind: 'secret', namespace: 'argocd', name: 'registry', field: 'constructor' },
      says: 'secret:argocd/registry#constructor: the Secret has no such field',
    },
    {
      row: 'a name that objects inherit',
      source: { kind: 'env', name: 'constructor' },
      says: 'env:constructor: the variable is not set',
    },
    { row: 'K-25', source: { kind: 'env', name: 'UNSET' }, says: 'env:UNSET: the variable is not set' },
    {
      row: 'K-25',
      source: { kind: 'env', name: 'SECRET' },
      says: 'env:SECRET: credentials must have the form <user>:<password>; there is no ":"',
    },
    {
      row: 'K-14, K-28',
      source: { kind: 'ext', path: 'relative/path' },
      says: 'ext:relative/path: the path must be absolute',
    },
    {
      row: 'K-28',
      source: { kind: 'ext', path: '/nonexistent/login' },
      says: 'ext:/nonexistent/login: cannot be run: ENOENT',
    },
  ])('$row that cannot be had fail with the name of their source: $says', async ({ source, says }) => {
    const { endpoint, openCycle } = await startBench({}, { environment: { SECRET: 'hunter2' } });

    expect(
      await failureOf(ask(openCycle(secrets), aNeed(endpoint, { kind: 'tags' }, 'acme/api', source))),
    ).toMatchObject({
      code: 'credentials',
      message: `list tags of registry.example.test/acme/api: credentials from ${says}`,
    });
  });
});

describe("fault A10: a Secret of Argo CD's own", () => {
  const labels = { 'argocd.argoproj.io/secret-type': 'cluster' };
  const values = { config: 'robot:hunter2', '.dockerconfigjson': '{}' };
  const reader = {
    ...secretsFrom(),
    secret: async (namespace: string, name: string) => ({ namespace, name, labels, type: 'Opaque', values }),
  };

  it.each<SecretSource>([
    { kind: 'secret', namespace: 'argocd', name: 'cluster-prod', field: 'config' },
    { kind: 'pullsecret', namespace: 'argocd', name: 'repo' },
  ])('is not sent to a registry because an annotation names it: $kind', async (source) => {
    const { registry, endpoint, openCycle } = await startBench({
      auth: { kind: 'basic', users: { robot: 'hunter2' } },
    });

    const failure = await failureOf(
      ask(openCycle(reader), aNeed(endpoint, { kind: 'tags' }, 'acme/api', source)),
    );

    expect(failure).toMatchObject({
      code: 'credentials',
      message: expect.stringContaining(
        "the Secret has the label argocd.argoproj.io/secret-type, it is one of Argo CD's; make one for the registry",
      ),
    });
    expect(failure.message).not.toContain('hunter2');
    expect(registry.requests).toEqual([]);
  });

  it('may be named by registries.conf, which tenants do not write', async () => {
    const credentials: SecretSource = { kind: 'secret', namespace: 'argocd', name: 'repo', field: 'config' };
    const { registry, endpoint, openCycle } = await startBench(
      { auth: { kind: 'basic', users: { robot: 'hunter2' } } },
      {},
      { credentials },
    );
    registry.push('acme/api', '1.0', {});

    expect(await ask(openCycle(reader), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['1.0'] });
  });
});

describe('refusals', () => {
  it('that repeat make the client ask more rarely, until the credentials change', async () => {
    const { registry, endpoint, openCycle, clock } = await startBench({
      auth: { kind: 'basic', users: { robot: 'right' } },
    });
    registry.push('acme/api', '1.0', {});
    const askAs = (creds: string) =>
      ask(
        openCycle(secretsFrom({ 'argocd/registry': { creds } })),
        aNeed(endpoint, { kind: 'tags' }, 'acme/api', account),
      );

    await failureOf(askAs('robot:wrong'));
    await failureOf(askAs('robot:wrong'));
    clock.pass(30_000);
    expect(await failureOf(askAs('robot:wrong'))).toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('not asked after several refusals'),
    });
    const asked = registry.requests.length;
    await failureOf(askAs('robot:wrong'));
    expect(registry.requests).toHaveLength(asked);
    expect(await askAs('robot:right')).toEqual({ kind: 'tags', tags: ['1.0'] });
  });

  it('11-S4 never show a credential, even if the registry repeats what it was sent', async () => {
    const tokens = await startTokens({ users: { robot: 'hunter2' } });
    const { registry, endpoint, openCycle } = await startBench(
      { auth: { kind: 'bearer', tokens } },
      {},
      { credentials: account },
    );
    registry.push('acme/api', '1.0', {});
    const cycle = openCycle(secrets);
    const messages: string[] = [];
    registry.fault = ({ headers }, response) => {
      if (headers.authorization === undefined) return false;
      sendError(response, 403, 'DENIED', `you sent ${headers.authorization} \u001b[31mred\nline`);
      return true;
    };
    messages.push((await failureOf(ask(cycle, aNeed(endpoint)))).message);
    tokens.intercept = (request, response) => {
      response.writeHead(403).end(`hunter2 ${request.headers.authorization}`);
      return true;
    };
    tokens.revokeAll();
    messages.push(
      (await failureOf(ask(openCycle(secrets), aNeed(endpoint, digestQuery('1.0'), 'acme/other')))).message,
    );

    expect(messages).toEqual([
      'list tags of registry.example.test/acme/api: 403 forbidden (DENIED: you sent Bearer *** red line); asked with the credentials from secret:argocd/registry#creds',
      `get digest of registry.example.test/acme/other:1.0: get token from ${new URL(tokens.realm).host}: 403 forbidden (*** Basic ***); asked with the credentials from secret:argocd/registry#creds`,
    ]);
  });
});
