/** A fake API server together with the adapter that talks to it, both gone after the test. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Cluster } from '../../src/ports/cluster.ts';
import { type KubeOptions, makeKubeCluster } from '../../src/kube/cluster.ts';
import { type KubeApi, type KubeApiOptions, startKubeApi } from '../fakes/kube-api.ts';
import { fakeClock, type FakeClock, temporaryFolder } from './fixtures.ts';

export interface KubeWorld {
  readonly server: KubeApi;
  readonly cluster: Cluster;
  readonly clock: FakeClock;
  readonly kubeconfigPath: string;
  /** Outcomes of the requests as told to `onRequest`. */
  readonly told: boolean[];
}

export async function kubeWorld(
  api: KubeApiOptions = {},
  options: Partial<KubeOptions> = {},
): Promise<KubeWorld> {
  const server = await startKubeApi(api);
  onTestFinished(() => server.stop());
  const clock = fakeClock();
  const told: boolean[] = [];
  const kubeconfigPath = server.kubeconfig(join(temporaryFolder(), 'config'));
  const cluster = makeKubeCluster({
    kubeconfigPath,
    environment: {},
    argocdNamespace: 'argocd',
    namePatterns: [],
    kubeEvents: true,
    clock,
    userAgent: 'tidewaiter/1.2.3',
    onRequest: ({ ok }) => told.push(ok),
    ...options,
  });
  return { server, cluster, clock, kubeconfigPath, told };
}

export function paths({ requests }: KubeApi): readonly string[] {
  return requests.map(({ method, path }) => `${method} ${path}`);
}
