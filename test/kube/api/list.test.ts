/** Listing through the API server: pages, expired snapshots, size, memory. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { anApplication, aSecret, byName, failureOf, imageList, never, theOne } from '../fixtures.ts';
import { kubeWorld } from '../worlds.ts';

function manyApplications(count: number) {
  return Array.from({ length: count }, (_, index) => anApplication(`app-${String(index).padStart(5, '0')}`));
}

describe('listing Applications', () => {
  it('asks for pages of 500, without a resource version', async () => {
    const { server, cluster } = await kubeWorld({ objects: manyApplications(1100) });

    const { applications } = await cluster.openCycle().applications(never);

    expect(new Set(byName(applications)).size).toBe(1100);
    expect(server.requests.map(({ path }) => path)).toEqual(
      Array(3).fill('/apis/argoproj.io/v1alpha1/applications'),
    );
    expect(server.requests.map(({ query }) => query['limit'])).toEqual(['500', '500', '500']);
    expect(server.requests.every(({ query }) => !('resourceVersion' in query))).toBe(true);
  });

  it('gives one state of the cluster, whatever changes between the pages', async () => {
    const { server, cluster } = await kubeWorld({ objects: manyApplications(600) });
    const act = (): void => {
      server.objects.remove('applications', 'argocd', 'app-00550');
      server.objects.put(anApplication('zzz'));
    };
    server.faults.push({
      when: ({ query }) => 'continue' in query,
      times: 1,
      respond: { kind: 'before', act },
    });

    const { applications } = await cluster.openCycle().applications(never);

    expect(byName(applications)).toContain('argocd/app-00550');
    expect(byName(applications)).not.toContain('argocd/zzz');
  });

  it('starts once more when the snapshot expires between two pages, and lists nothing twice', async () => {
    const { server, cluster } = await kubeWorld({ objects: manyApplications(1200) });
    const act = (): void => server.expireLists();
    server.faults.push({
      when: () => server.requests.length === 3,
      times: 1,
      respond: { kind: 'before', act },
    });

    const { applications } = await cluster.openCycle().applications(never);

    expect(applications).toHaveLength(1200);
    expect(server.requests.map(({ status }) => status)).toEqual([200, 200, 410, 200, 200, 200]);
  });

  it('fails when the snapshot expires again', async () => {
    const { server, cluster } = await kubeWorld({ objects: manyApplications(600) });
    const act = (): void => server.expireLists();
    server.faults.push({
      when: ({ query }) => 'continue' in query,
      times: 2,
      respond: { kind: 'before', act },
    });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'gone', resource: 'applications.argoproj.io' });
  });

  it('asks for smaller pages where one is too large', async () => {
    const ballast = 'x'.repeat(100_000);
    const objects = manyApplications(200).map((app) => ({ ...app, status: { note: ballast } }));
    const { server, cluster } = await kubeWorld({ objects });

    const { applications } = await cluster.openCycle().applications(never);

    expect(applications).toHaveLength(200);
    expect(server.requests.map(({ query }) => query['limit'])).toEqual([
      '500',
      '125',
      ...Array<string>(7).fill('32'),
    ]);
  });

  it('fault D5: reads 300 with 60 KB of status each in pages of a few MiB', async () => {
    const status = { sourceType: 'Helm', note: 'x'.repeat(60_000) };
    const { server, cluster } = await kubeWorld({
      objects: manyApplications(300).map((app) => ({ ...app, status })),
    });

    const { applications } = await cluster.openCycle().applications(never);

    expect(applications).toHaveLength(300);
    expect(server.requests.map(({ query }) => query['limit'])).toEqual([
      '500',
      '125',
      ...Array<string>(10).fill('32'),
    ]);
  });

  it('passes the label selector on, and tells the words of a server that refuses it', async () => {
    const { cluster } = await kubeWorld({}, { labelSelector: 'team in' });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'invalid' });
    expect(failure.message).toBe(
      "list Applications in all namespaces: 400 unable to parse requirement: found 'team in'",
    );
  });

  it('keeps little of 5000 large Applications', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const note = 'lorem ipsum '.repeat(500);
    const status = { sourceType: 'Helm', history: [{ note }], summary: { images: ['acme/web:1.0.0'] } };
    const annotations = {
      [imageList]: 'web=acme/web',
      'kubectl.kubernetes.io/last-applied-configuration': note,
    };
    const objects = manyApplications(5000).map((app) => ({
      ...app,
      metadata: { ...app.metadata, annotations },
      status,
    }));
    const { server, cluster } = await kubeWorld({ objects });
    collectGarbage();
    const before = process.memoryUsage().heapUsed;

    const { applications } = await cluster.openCycle().applications(never);

    server.expireLists();
    collectGarbage();
    const kept = process.memoryUsage().heapUsed - before;
    expect(applications).toHaveLength(5000);
    expect(kept).toBeLessThan(20 << 20); // of 60 MB that came
  });
});

describe("listing Argo CD's Secrets", () => {
  it('reads all pages, each type once per cycle', async () => {
    const label = { 'argocd.argoproj.io/secret-type': 'repository' };
    const objects = Array.from({ length: 700 }, (_, index) => aSecret(`repo-${index}`, { url: 'u' }, label));
    const { server, cluster } = await kubeWorld({ objects });
    const { secrets } = cluster.openCycle();

    const both = await Promise.all([
      secrets.argocdSecrets('repository'),
      secrets.argocdSecrets('repository'),
    ]);

    expect(both.map((found) => found.length)).toEqual([700, 700]);
    expect(server.requests).toHaveLength(2);
    expect(server.requests[0]).toMatchObject({
      path: '/api/v1/namespaces/argocd/secrets',
      query: { labelSelector: 'argocd.argoproj.io/secret-type=repository', limit: '500' },
    });
  });

  it('forgets what it had when the snapshot expires', async () => {
    const label = { 'argocd.argoproj.io/secret-type': 'repo-creds' };
    const objects = Array.from({ length: 600 }, (_, index) => aSecret(`creds-${index}`, { url: 'u' }, label));
    const { server, cluster } = await kubeWorld({ objects });
    const act = (): void => server.expireLists();
    server.faults.push({
      when: ({ query }) => 'continue' in query,
      times: 1,
      respond: { kind: 'before', act },
    });

    const found = await cluster.openCycle().secrets.argocdSecrets('repo-creds');

    expect(found).toHaveLength(600);
  });
});

describe('Secrets of a cycle', () => {
  it('are read once each, also when there is none', async () => {
    const { server, cluster } = await kubeWorld({ objects: [aSecret('creds', { a: 'b' })] });
    const { secrets } = cluster.openCycle();
    const ask = () => [secrets.secret('argocd', 'creds'), secrets.secret('argocd', 'none')];

    const answers = await Promise.all([...ask(), ...ask()]);
    await Promise.all(ask());

    expect(answers.map((answer) => answer?.name)).toEqual(['creds', undefined, 'creds', undefined]);
    expect(server.requests).toHaveLength(2);
  });

  it('are not confused with ConfigMaps of the same name', async () => {
    const { cluster } = await kubeWorld({ objects: [aSecret('same', { a: 'b' })] });
    const { secrets } = cluster.openCycle();

    expect(await secrets.secret('argocd', 'same')).not.toBeNull();
    expect(await secrets.configMap('argocd', 'same')).toBeNull();
  });

  it('that cannot be read fail alike for everybody who asks in the cycle', async () => {
    const { server, cluster } = await kubeWorld({ rules: [] });
    const { secrets } = cluster.openCycle();

    const failures = await Promise.all([
      failureOf(secrets.secret('argocd', 'creds')),
      failureOf(secrets.secret('argocd', 'creds')),
    ]);

    expect(failures.map((failure) => failure.kind === 'kube' && failure.code)).toEqual([
      'forbidden',
      'forbidden',
    ]);
    expect(theOne(server.requests).status).toBe(403);
  });
});
