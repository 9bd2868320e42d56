/** Argo CD's REST API: addresses, tokens, conflicts told in words, and what goes without Kubernetes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { adviceFor } from '../../../src/core/report/advice.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Cluster, LivePatch } from '../../../src/ports/cluster.ts';
import {
  type ArgocdOptions,
  argocdServerBase,
  makeArgocdCluster,
} from '../../../src/kube/argocd/argocd-api.ts';
import { type ArgocdApi, type ArgocdApiOptions, startArgocdApi } from '../../fakes/argocd-api.ts';
import { startHttpProxy } from '../../fakes/http-proxy.ts';
import { hasOpenssl, makeCertificate } from '../certificates.ts';
import {
  anApplication,
  byName,
  type FakeClock,
  failureOf,
  fakeClock,
  never,
  temporaryFolder,
  theOne,
} from '../fixtures.ts';

interface ArgocdWorld {
  readonly server: ArgocdApi;
  readonly cluster: Cluster;
  readonly clock: FakeClock;
  readonly told: boolean[];
}

async function argocdWorld(
  api: ArgocdApiOptions = {},
  options: Partial<ArgocdOptions> = {},
): Promise<ArgocdWorld> {
  const server = await startArgocdApi(api);
  onTestFinished(() => server.stop());
  const clock = fakeClock();
  const told: boolean[] = [];
  const cluster = makeArgocdCluster({
    serverAddress: server.address,
    plaintext: api.tls === undefined,
    insecure: false,
    token: 't',
    kubernetes: null,
    namePatterns: [],
    clock,
    environment: {},
    userAgent: 'tidewaiter/1.2.3',
    onRequest: ({ ok }) => told.push(ok),
    ...options,
  });
  return { server, cluster, clock, told };
}

const kustomize = (tag: string) => ({ kustomize: { images: [`acme/web:${tag}`] } });
const shop = anApplication('shop');

const setImage: LivePatch = (live) => {
  const { spec } = live as { spec: { source: { kustomize?: { images: string[] } } } };
  if (spec.source.kustomize?.images[0] === 'acme/web:2') return [];
  const guard = { op: 'test', path: '/spec/source/kustomize', value: spec.source.kustomize ?? null } as const;
  return [guard, { op: 'add', path: '/spec/source/kustomize', value: kustomize('2').kustomize }];
};

async function patchShop({ cluster, server }: ArgocdWorld): Promise<unknown> {
  const cycle = cluster.openCycle();
  const app = theOne((await cycle.applications(never)).applications);
  server.requests.length = 0;
  return cycle.patchApplication(app, setImage, never);
}

describe('the Argo CD API', () => {
  it('is asked once for the list, with token and selector', async () => {
    const world = await argocdWorld(
      { objects: [shop], token: 't' },
      { labelSelector: 'team=a', applicationNamespace: 'team-a' },
    );

    await world.cluster.openCycle().applications(never);

    expect(theOne(world.server.requests)).toMatchObject({
      method: 'GET',
      path: '/api/v1/applications',
      query: { selector: 'team=a', appNamespace: 'team-a' },
      headers: { authorization: 'Bearer t', 'user-agent': 'tidewaiter/1.2.3' },
    });
    expect(world.told).toEqual([true]);
  });

  it('gives an empty list as null', async () => {
    const { cluster } = await argocdWorld();

    expect((await cluster.openCycle().applications(never)).applications).toEqual([]);
  });

  it('fault A6: lists also where a proxy compresses what was wanted as it is, and after an answer that broke off', async () => {
    const world = await argocdWorld({ objects: [shop] });
    const plain = JSON.stringify({ items: [shop, anApplication('web')] });
    const answers = [
      { status: 200, headers: { 'content-length': '9999' }, body: plain.slice(0, -40) },
      { status: 200, headers: { 'content-encoding': 'gzip' }, body: gzipSync(plain) },
    ];
    world.server.before = () => answers.shift();

    expect((await world.cluster.openCycle().applications(never)).applications).toMatchObject([
      { name: 'shop' },
      { name: 'web' },
    ]);
    expect(world.server.requests.map(({ headers }) => headers['accept-encoding'])).toEqual([
      'identity',
      'identity',
    ]);
  });

  it.each([
    { body: '{"metadata":{}}', says: 'the answer is no list' },
    { body: '{"items":[{"metadata":]}', says: 'item 1 of the list is no JSON' },
  ])('fault A6: an answer of $body is told', async ({ body, says }) => {
    const world = await argocdWorld();
    world.server.before = () => ({ status: 200, body });

    expect(await failureOf(world.cluster.openCycle().applications(never))).toMatchObject({
      message: `list Applications of the Argo CD API: ${says}`,
    });
  });

  it('patches with a JSON patch in an envelope', async () => {
    const world = await argocdWorld({ objects: [anApplication('shop', { namespace: 'team-a' })] });

    expect(await patchShop(world)).toBe('patched');

    const [read, patch] = world.server.requests;
    expect(read).toMatchObject({ path: '/api/v1/applications/shop', query: { appNamespace: 'team-a' } });
    expect(patch).toMatchObject({
      method: 'PATCH',
      path: '/api/v1/applications/shop',
      query: { appNamespace: 'team-a' },
    });
    const { patch: operations, ...envelope } = JSON.parse(patch?.body ?? '') as { patch: string };
    expect(envelope).toEqual({ name: 'shop', appNamespace: 'team-a', patchType: 'json' });
    expect(JSON.parse(operations)).toEqual(setImage(anApplication('shop')));
  });

  it('computes anew when a test fails, which comes as a 500 with words', async () => {
    const world = await argocdWorld({ objects: [shop] });
    let changed = false;
    world.server.before = ({ method }) => {
      if (method === 'PATCH' && !changed) {
        changed = true;
        const { spec } = shop as unknown as { spec: { source: object } };
        world.server.objects.put({
          ...shop,
          spec: { ...spec, source: { ...spec.source, ...kustomize('1') } },
        });
      }
      return undefined;
    };

    expect(await patchShop(world)).toBe('patched');
    expect(world.server.requests.map(({ method }) => method)).toEqual(['GET', 'PATCH', 'GET', 'PATCH']);
    expect(world.clock.slept).toEqual([125]);
  });

  it('fault D4: knows "Too many conflicts" as a race', async () => {
    const world = await argocdWorld({ objects: [shop] });
    const body = JSON.stringify({ error: 'Too many conflicts', code: 2, message: 'Too many conflicts' });
    let refused = 0;
    world.server.before = ({ method }) =>
      method === 'PATCH' && refused++ < 2 ? { status: 500, body } : undefined;

    expect(await patchShop(world)).toBe('patched');
    expect(refused).toBe(3);
  });

  it('says that an Application is gone or not allowed', async () => {
    const world = await argocdWorld({ objects: [shop] });
    const cycle = world.cluster.openCycle();
    const app = theOne((await cycle.applications(never)).applications);
    world.server.objects.remove('applications', 'argocd', 'shop');

    const failure = await failureOf(cycle.patchApplication(app, setImage, never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'forbidden' });
    expect(adviceFor(failure)).toContain('it was deleted meanwhile, or the account of the token lacks');
  });

  it.each([
    ['a wrong token', 'aa.wrong.cc', 'invalid session'],
    ['garbage', 'wrong', 'no session information'],
    ['no token', '', 'no session information'],
  ])('says how to give a token after %s', async (_, token, words) => {
    const { cluster } = await argocdWorld({ token: 'right' }, { token });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'unauthorized' });
    expect(failure.message).toContain(words);
    expect(adviceFor(failure)).toContain('give a valid token with ARGOCD_TOKEN or --argocd-auth-token');
    expect(failure.message).not.toContain('wrong');
  });

  it('that stumbles is asked again', async () => {
    const world = await argocdWorld({ objects: [shop] });
    let answers = 0;
    world.server.before = () => (answers++ < 2 ? { status: 503 } : undefined);

    expect((await world.cluster.openCycle().applications(never)).applications).toHaveLength(1);
    expect(world.told).toEqual([false, false, true]);
  });

  it('that is gone: the connection is refused', async () => {
    const world = await argocdWorld();
    await world.server.stop();

    const failure = await failureOf(world.cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'network' });
    expect(failure.message).toContain('nothing listens on 127.0.0.1:');
  });

  it('that redirects does not get the token followed', async () => {
    const elsewhere = await argocdWorld();
    const world = await argocdWorld();
    const location = `http://${elsewhere.server.address}/api/v1/applications`;
    world.server.before = () => ({ status: 307, headers: { location } });

    const failure = await failureOf(world.cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ code: 'malformed' });
    expect(failure.message).toContain('a redirect, which is not followed');
    expect(elsewhere.server.requests).toEqual([]);
  });
});

describe('fault D6: what the real server refuses', () => {
  it('an Application of a namespace that is not enabled is not in the list, and cannot be patched', async () => {
    const objects = [
      shop,
      anApplication('crm', { namespace: 'team-a' }),
      anApplication('pay', { namespace: 'team-b' }),
    ];
    const world = await argocdWorld({ objects, enabledNamespaces: ['team-a'] });
    const cycle = world.cluster.openCycle();
    const { applications } = await cycle.applications(never);

    expect(byName(applications)).toEqual(['argocd/shop', 'team-a/crm']);
    const pay = { ...theOne(applications.slice(0, 1)), namespace: 'team-b', name: 'pay' };
    const failure = await failureOf(cycle.patchApplication(pay, setImage, never));
    expect(failure).toMatchObject({ code: 'forbidden' });
    expect(failure.message).toContain("namespace 'team-b' is not permitted");
  });

  it.each([
    ['an unknown project', { projects: [] }, 'app is not allowed in project', 'GET'],
    ['an unknown cluster', { clusters: [] }, 'cluster "https://kubernetes.default.svc" not found', 'PATCH'],
  ])('%s is told in its words, and asked once', async (_, api, words, last) => {
    const world = await argocdWorld({ objects: [shop], ...api });

    const failure = await failureOf(patchShop(world));

    expect(failure.message).toContain(words);
    expect(failure.message).toContain('400');
    expect(world.server.requests.at(-1)?.method).toBe(last);
    expect(world.clock.slept).toEqual([]);
  });

  it('a policy without "update" is told with the rule that lacks', async () => {
    const world = await argocdWorld({ objects: [shop], denies: (action) => action === 'update' });

    const failure = await failureOf(patchShop(world));

    expect(failure).toMatchObject({ code: 'forbidden' });
    expect(failure.message).toContain('permission denied: applications, update, default/shop, sub: updater');
    expect(adviceFor(failure)).toContain('allow action "update"');
  });

  it('a policy without "get" leaves the Application out', async () => {
    const world = await argocdWorld({ objects: [shop], denies: () => true });

    expect((await world.cluster.openCycle().applications(never)).applications).toEqual([]);
  });

  it('lists carry empty structs, and are read all the same', async () => {
    const bare = { ...shop };
    delete (bare as { status?: unknown }).status;
    const world = await argocdWorld({ objects: [bare] });

    const [app] = (await world.cluster.openCycle().applications(never)).applications;

    expect(app).toMatchObject({ name: 'shop', sourceKind: 'single' });
  });
});

describe('the address of the server', () => {
  it('may have a path and a scheme', async () => {
    const server = await startArgocdApi({ rootPath: '/argocd', objects: [shop] });
    onTestFinished(() => server.stop());
    const { cluster } = await argocdWorld({}, { serverAddress: `https://${server.address}/argocd/` });

    expect(byName((await cluster.openCycle().applications(never)).applications)).toEqual(['argocd/shop']);
  });

  it('fault D4: without the path that the server is mounted at is told what is missing', async () => {
    const server = await startArgocdApi({ rootPath: '/argocd', objects: [shop] });
    onTestFinished(() => server.stop());
    const { cluster } = await argocdWorld({}, { serverAddress: server.address });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({
      kind: 'kube',
      code: 'not-found',
      advice:
        'if server.rootpath is set in argocd-cmd-params-cm, the address needs it: --argocd-server-addr <host>/<path>',
    });
  });

  it.each([
    ['', false, 'https://argocd-server.gitops'],
    ['', true, 'http://argocd-server.gitops'],
    ['argocd.example.com', false, 'https://argocd.example.com'],
    ['argocd.example.com:8443/', false, 'https://argocd.example.com:8443'],
    ['http://argocd.example.com/root/path//', false, 'https://argocd.example.com/root/path'],
    ['[fd00::1]:80', true, 'http://[fd00::1]'],
  ])('%j (plaintext %s) -> %s', (address, plaintext, expected) => {
    expect(argocdServerBase(address, plaintext, 'gitops')).toBe(expected);
  });

  it.each(['user:secret@host', 'host name', 'host?a=b', 'host:port', '/'])('%j is refused', (address) => {
    expect(() => argocdServerBase(address, true, 'argocd')).toThrow(
      '--argocd-server-addr: expected host, host:port or host:port/path',
    );
  });
});

describe('the token', () => {
  it('fault D4: may end with a line break, as files do', async () => {
    const { cluster } = await argocdWorld(
      { token: 'let-me-in', objects: [shop] },
      { token: 'let-me-in\r\n' },
    );

    expect((await cluster.openCycle().applications(never)).applications).toHaveLength(1);
  });

  it.each(['let\nme-in', 'let me-in', 'let-m\u00e9-in'])(
    'fault D4: that is none is told (%j)',
    async (token) => {
      const wanted = 'the token of the Argo CD API (ARGOCD_TOKEN, --argocd-auth-token) holds a line break';

      await expect(argocdWorld({}, { token })).rejects.toThrow(wanted);
    },
  );
});

describe('fault H2: proxies', () => {
  it('of the environment carry requests', async () => {
    const proxy = await startHttpProxy();
    onTestFinished(() => proxy.close());
    const server = await startArgocdApi({ objects: [shop] });
    onTestFinished(() => server.stop());
    const port = server.address.split(':')[1];
    const { cluster } = await argocdWorld(
      {},
      { serverAddress: `argocd.example.test:${port}`, environment: { HTTP_PROXY: proxy.url } },
    );

    expect((await cluster.openCycle().applications(never)).applications).toHaveLength(1);
    expect(proxy.log).toEqual([
      expect.stringContaining(`GET http://argocd.example.test:${port}/api/v1/applications`),
    ]);
  });
});

describe.skipIf(!hasOpenssl)('fault H2: certificates of the Argo CD API (skipped: needs openssl)', () => {
  it.each<{
    readonly name: string;
    readonly environment: (folder: string) => Readonly<Record<string, string>>;
  }>([
    { name: 'SSL_CERT_FILE', environment: (folder) => ({ SSL_CERT_FILE: join(folder, 'ca.pem') }) },
    { name: 'SSL_CERT_DIR', environment: (folder) => ({ SSL_CERT_DIR: folder }) },
    {
      name: 'NODE_EXTRA_CA_CERTS',
      environment: (folder) => ({ NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') }),
    },
  ])('are trusted by $name', async ({ environment }) => {
    const tls = makeCertificate('argocd-server');
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'ca.pem'), tls.cert);
    const { cluster } = await argocdWorld({ tls, objects: [shop] }, { environment: environment(folder) });

    expect((await cluster.openCycle().applications(never)).applications).toHaveLength(1);
  });

  it('that cannot be read are named', async () => {
    const tls = makeCertificate('argocd-server');
    const { cluster } = await argocdWorld({ tls }, { environment: { SSL_CERT_FILE: '/nonexistent/ca.pem' } });

    expect(await failureOf(cluster.openCycle().applications(never))).toMatchObject({
      kind: 'kube',
      code: 'tls',
      message: expect.stringContaining('SSL_CERT_FILE /nonexistent/ca.pem cannot be read: ENOENT'),
    });
  });
});

describe.skipIf(!hasOpenssl)('TLS of the Argo CD API (skipped: needs openssl)', () => {
  it('is verified', async () => {
    const { cluster } = await argocdWorld({ tls: makeCertificate('argocd-server') });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'tls' });
  });

  it('is not verified with --argocd-insecure', async () => {
    const tls = makeCertificate('argocd-server');
    const { cluster } = await argocdWorld({ tls, objects: [shop] }, { insecure: true });

    expect((await cluster.openCycle().applications(never)).applications).toHaveLength(1);
  });
});

describe('without Kubernetes', () => {
  it.each([
    ['argocd', {}],
    ['gitops', { argocdNamespace: 'gitops' }],
  ])("Argo CD's namespace is %s", async (expected, set) => {
    const { cluster } = await argocdWorld({}, set);

    expect(cluster.openCycle().argocdNamespace).toBe(expected);
  });

  it('Secrets and ConfigMaps are refused with advice', async () => {
    const { secrets } = (await argocdWorld()).cluster.openCycle();

    const failures = await Promise.all([
      failureOf(secrets.secret('argocd', 'creds')),
      failureOf(secrets.configMap('argocd', 'argocd-cm')),
      failureOf(secrets.argocdSecrets('repository')),
    ]);

    expect(failures.map(({ kind }) => kind)).toEqual(['config', 'config', 'config']);
    expect(failures[0]?.message).toBe(
      'read Secret argocd/creds: Kubernetes is switched off by --disable-kubernetes; ' +
        'use env: or ext: for credentials of registries, and write-back-method argocd',
    );
  });

  it('an update leaves no Event, and fails nowhere', async () => {
    const { cluster } = await argocdWorld({ objects: [shop] });
    const cycle = cluster.openCycle();
    const app = theOne((await cycle.applications(never)).applications);

    await expect(cycle.recordUpdate(app, [], never)).resolves.toBeUndefined();
  });
});

describe('fault D4: advice speaks of what the Argo CD API knows', () => {
  const foreign = /kubeconfig|\bRole\b|ClusterRole|service account/;

  it.each([400, 401, 403, 404, 415, 500])('a list that is answered with %d', async (status) => {
    const { server, cluster } = await argocdWorld({ objects: [shop] });
    server.before = () => ({ status });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(adviceFor(failure) ?? '').not.toMatch(foreign);
  });

  it.each([400, 401, 403, 404, 409, 415, 500])('a patch that is answered with %d', async (status) => {
    const world = await argocdWorld({ objects: [shop] });
    world.server.before = ({ method }) => (method === 'PATCH' ? { status } : undefined);

    const failure = await failureOf(patchShop(world));

    expect(adviceFor(failure) ?? '').not.toMatch(foreign);
  });
});

describe('operate 2.0, a refresh through the Argo CD API', () => {
  async function refreshShop({ cluster, server }: ArgocdWorld): Promise<() => Promise<void>> {
    const cycle = cluster.openCycle();
    const app = theOne((await cycle.applications(never)).applications);
    server.requests.length = 0;
    return () => cycle.refreshApplication(app, never);
  }

  it('asks for the Application as the command line of Argo CD does', async () => {
    const world = await argocdWorld({ objects: [shop] });

    await (await refreshShop(world))();

    const { method, path, query } = theOne(world.server.requests);
    expect(`${method} ${path}`).toBe('GET /api/v1/applications/shop');
    expect(query).toEqual({ appNamespace: 'argocd', refresh: 'normal' });
  });

  it('waits no longer than a moment for Argo CD to have looked', async () => {
    const world = await argocdWorld({ objects: [shop], looks: false });
    const refresh = await refreshShop(world);
    const { promise: arrived, resolve } = Promise.withResolvers<void>();
    world.server.before = () => {
      resolve();
      return undefined;
    };

    const done = refresh();
    await arrived;
    world.clock.pass(5000);

    await expect(done).resolves.toBeUndefined();
    expect(world.server.requests).toHaveLength(1);
  });

  it('that is refused says so', async () => {
    const world = await argocdWorld({ objects: [shop] });
    const refresh = await refreshShop(world);
    world.server.before = () => ({ status: 403, body: '{"message":"permission denied"}' });

    const failure = await failureOf(refresh());

    expect(failure.message).toBe('ask Argo CD to refresh Applications by its API: 403 permission denied');
    expect(adviceFor(failure)).toContain('action "get"');
  });
});

describe('operate 2.0, annotations through the Argo CD API', () => {
  it('are merged into the Application', async () => {
    const world = await argocdWorld({ objects: [shop] });
    const cycle = world.cluster.openCycle();
    const app = theOne((await cycle.applications(never)).applications);

    await cycle.annotateApplication(app, { fresh: 'z' }, never);
    await cycle.annotateApplication(app, { fresh: null, other: 'a' }, never);

    const stored = world.server.objects.get('applications', 'argocd', 'shop');
    expect(stored?.metadata['annotations']).toEqual({
      ...(shop.metadata['annotations'] as object),
      other: 'a',
    });
  });
});

describe('fault C12: ImageUpdater resources', () => {
  it('are asked for in Kubernetes, where it is there', async () => {
    const { cluster: beside } = await argocdWorld();
    const kubernetes = { ...beside, hasImageUpdaters: async () => true };
    const { cluster } = await argocdWorld({}, { kubernetes });

    expect([await beside.hasImageUpdaters?.(never), await cluster.hasImageUpdaters?.(never)]).toEqual([
      false,
      true,
    ]);
  });
});

describe('other updaters', () => {
  it('are those that Kubernetes tells of, where it is there', async () => {
    const sign = { kind: 'lease', lease: 'argocd/c21b75f2.argoproj.io', holder: 'other' } as const;
    const { cluster: beside } = await argocdWorld();
    const kubernetes = { ...beside, otherUpdaters: async () => [sign] };
    const { cluster } = await argocdWorld({}, { kubernetes });

    expect([await beside.otherUpdaters?.(never), await cluster.otherUpdaters?.(never)]).toEqual([[], [sign]]);
  });
});
