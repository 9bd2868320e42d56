/** The Kubernetes adapter keeps the cluster contract. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeKubeCluster } from '../../src/kube/cluster.ts';
import { clusterContract } from '../contracts/cluster.ts';
import { startKubeApi } from '../fakes/kube-api.ts';
import { fakeClock, temporaryFolder } from './fixtures.ts';

clusterContract({
  name: 'a Kubernetes API server',
  live: true,
  isLax: true,
  start: async (objects) => {
    const server = await startKubeApi({ objects, token: 'let-me-in' });
    onTestFinished(() => server.stop());
    const kubeconfigPath = server.kubeconfig(join(temporaryFolder(), 'config'));
    return {
      put: async (object) => void server.objects.put(object),
      make: ({ namePatterns = [], ...settings }) =>
        makeKubeCluster({
          ...settings,
          namePatterns,
          kubeconfigPath,
          environment: {},
          kubeEvents: true,
          clock: fakeClock(),
          userAgent: 'tidewaiter/test',
        }),
    };
  },
});
