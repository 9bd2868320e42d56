/** What `run` says at its start of resources that it does not read. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type Fault,
  type KubeApiOptions,
  type ObjectSeed,
  type Rule,
  startKubeApi,
} from '../fakes/kube-api.ts';
import { runInProcess, temporaryFolder } from './start-program.ts';

async function runOnce(options: KubeApiOptions, faults: readonly Fault[] = []) {
  const kube = await startKubeApi(options);
  onTestFinished(() => kube.stop());
  kube.faults.push(...faults);
  const folder = temporaryFolder();
  const kubeconfig = kube.kubeconfig(join(folder, 'kubeconfig'), { namespace: 'argocd' });
  const flags = [
    '--once',
    '--loglevel=debug',
    '--registries-conf-path=',
    `--cache-dir=${join(folder, 'cache')}`,
  ];
  return await runInProcess(['run', ...flags, `--kubeconfig=${kubeconfig}`]);
}

const isDiscovery = ({ path }: { readonly path: string }) => path.startsWith('/apis/argocd-image-updater.');
const passedOver = /^.*level=warning .*ImageUpdater resources.*passed over.*$/gm;

describe('fault C12: a cluster with ImageUpdater resources', () => {
  it('is told of once, with what to do', async () => {
    const { code, stdout } = await runOnce({ hasImageUpdaters: true });

    expect(code).toBe(0);
    const lines = stdout.match(passedOver) ?? [];
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('advice="write what they say as annotations of the Applications');
  });

  it('is not told of where there is none', async () => {
    const { code, stdout } = await runOnce({});

    expect(code).toBe(0);
    expect(stdout).not.toContain('ImageUpdater');
  });

  it('is told of at level debug where the server refuses to say', async () => {
    const refused: Fault = { when: isDiscovery, respond: { kind: 'status', status: 403 } };
    const { code, stdout } = await runOnce({ hasImageUpdaters: true }, [refused]);

    expect(code).toBe(0);
    expect(stdout).not.toMatch(passedOver);
    expect(stdout).toMatch(/level=debug .*ImageUpdater resources is not known.*403/);
  });
});

const other = /^.*level=warning .*Another image updater.*$/gm;

function anEvent(atMs: number): ObjectSeed {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'shop.17a', namespace: 'argocd' },
    involvedObject: { kind: 'Application', namespace: 'argocd', name: 'shop' },
    reason: 'ImagesUpdated',
    source: { component: 'ArgocdImageUpdater' },
    lastTimestamp: new Date(atMs).toISOString(),
  };
}

describe('another updater in the namespace', () => {
  const lease: ObjectSeed = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'c21b75f2.argoproj.io', namespace: 'argocd' },
    spec: {
      holderIdentity: 'old-updater',
      leaseDurationSeconds: 15,
      renewTime: '2200-01-01T00:00:00.000000Z',
    },
  };

  it('is told of once a sign, with what to do', async () => {
    const { code, stdout } = await runOnce({ objects: [lease, anEvent(Date.parse('2200-01-01T00:00:00Z'))] });

    expect(code).toBe(0);
    const lines = stdout.match(other) ?? [];
    expect(lines).toEqual([
      expect.stringContaining('holder=old-updater lease=argocd/c21b75f2.argoproj.io'),
      expect.stringContaining('event_of=argocd/shop'),
    ]);
    for (const line of lines) expect(line).toContain('scale the other one to zero');
  });

  it('is not known, at level debug, where the roles of 0.18 do not let it be looked for', async () => {
    const rules: readonly Rule[] = [
      { apiGroups: ['argoproj.io'], resources: ['applications'], verbs: ['get', 'list', 'update', 'patch'] },
      { apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['get', 'list', 'watch'] },
    ];
    const { code, stdout } = await runOnce({ objects: [lease], rules });

    expect(code).toBe(0);
    expect(stdout).not.toMatch(other);
    expect(stdout).toMatch(/level=debug .*another image updater works in this namespace is not known.*403/);
  });
});
