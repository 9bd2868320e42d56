/** The Lease in a Kubernetes API, and what is said where it cannot be had. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeKubeLease } from '../../../src/kube/updaters/lease.ts';
import { leaseContract } from '../../contracts/lease.ts';
import { type KubeApi, type KubeApiOptions, startKubeApi } from '../../fakes/kube-api.ts';
import { fakeClock, failureOf, never, temporaryFolder } from '../fixtures.ts';

let shared: KubeApi;
beforeAll(async () => {
  shared = await startKubeApi();
});
afterAll(() => shared.stop());

function connect(
  server: KubeApi,
  name: string,
  context: { readonly namespace?: string } = { namespace: 'argocd' },
) {
  const path = server.kubeconfig(join(temporaryFolder(), 'config'), context);
  return makeKubeLease({
    source: { path, environment: {} },
    name,
    clock: fakeClock(),
    userAgent: 'tidewaiter/1.2.3',
  });
}

leaseContract('the strict API server', (name) => connect(shared, name));

async function serverWith(options: KubeApiOptions): Promise<KubeApi> {
  const server = await startKubeApi(options);
  onTestFinished(() => server.stop());
  return server;
}

describe('a Lease', () => {
  it.each([
    ['get', (lease: ReturnType<typeof connect>) => lease.read(never)],
    ['create', (lease: ReturnType<typeof connect>) => lease.create(recordOf('a'), never)],
    ['patch', (lease: ReturnType<typeof connect>) => lease.replace('1', recordOf('a'), never)],
  ])('without the verb %s: names verb, resource and namespace', async (verb, act) => {
    const server = await serverWith({ rules: [] });

    const failure = await failureOf(act(connect(server, 'updater.example.com')));

    expect(failure).toMatchObject({
      code: 'forbidden',
      resource: 'leases.coordination.k8s.io argocd/updater.example.com',
      advice: `allow verb "${verb}" on "leases" of API group "coordination.k8s.io" in namespace "argocd" by a Role`,
    });
  });

  it('keeps what others have written beside its own fields', async () => {
    const server = await serverWith({
      objects: [
        {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name: 'updater', namespace: 'argocd', labels: { team: 'sre' } },
          spec: { holderIdentity: 'other', leaseDurationSeconds: 15 },
        },
      ],
    });
    const lease = connect(server, 'updater');
    const found = await lease.read(never);

    await lease.replace(found?.version ?? '', recordOf('us'), never);

    expect(server.objects.get('leases', 'argocd', 'updater')).toMatchObject({
      metadata: { labels: { team: 'sre' } },
      spec: { holderIdentity: 'us' },
    });
  });

  it('needs a namespace, which outside of a cluster nobody else may name', async () => {
    const server = await serverWith({});

    expect(() => connect(server, 'updater', {})).toThrow(
      '--leader-election: no namespace for the Lease; outside of a cluster --leader-election-namespace has to name one',
    );
  });
});

function recordOf(holder: string) {
  return { holder, durationSeconds: 15, acquiredAtMs: 0, renewedAtMs: 0, transitions: 0 };
}
