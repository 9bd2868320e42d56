/** The adapter for Argo CD's API keeps the cluster contract, with Kubernetes beside it. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeArgocdCluster } from '../../../src/kube/argocd/argocd-api.ts';
import { makeKubeCluster } from '../../../src/kube/cluster.ts';
import { clusterContract } from '../../contracts/cluster.ts';
import { startArgocdApi } from '../../fakes/argocd-api.ts';
import { type ObjectSeed, startKubeApi } from '../../fakes/kube-api.ts';
import { fakeClock, temporaryFolder } from '../fixtures.ts';

clusterContract({
  name: 'the Argo CD API',
  live: true,
  isLax: true,
  start: async (objects) => {
    const kube = await startKubeApi();
    const argocd = await startArgocdApi({ token: 'let-me-in' });
    onTestFinished(async () => void (await Promise.all([kube.stop(), argocd.stop()])));
    const kubeconfigPath = kube.kubeconfig(join(temporaryFolder(), 'config'));
    const put = (object: ObjectSeed): void => {
      // Argo CD sees all of them, the cluster that is asked beside it no Applications
      argocd.objects.put(object);
      if (object.kind !== 'Application') kube.objects.put(object);
    };
    for (const object of objects) put(object);
    return {
      put: async (object) => put(object),
      make: ({ namePatterns = [], ...settings }) => {
        const shared = { ...settings, namePatterns, clock: fakeClock(), userAgent: 'tidewaiter/test' };
        return makeArgocdCluster({
          ...shared,
          serverAddress: argocd.address,
          plaintext: true,
          insecure: false,
          token: 'let-me-in',
          environment: {},
          kubernetes: makeKubeCluster({ ...shared, kubeconfigPath, environment: {}, kubeEvents: true }),
        });
      },
    };
  },
});
