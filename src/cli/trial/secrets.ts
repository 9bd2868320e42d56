/** Where `test` reads Secrets without manifest files: a cluster that is looked for only when one is needed. */
import { configFailure, Failed } from '../../core/base/outcome.ts';
import type { SecretReader } from '../../ports/cluster.ts';
import { userAgent } from '../process/build-info.ts';
import { systemClock } from '../process/clock.ts';
import type { ProgramIo } from '../process/program-io.ts';
import type { TestValues } from './flag-settings.ts';

export function clusterSecrets(values: TestValues, { environment }: ProgramIo): SecretReader {
  const reader = async () => {
    if (values['disable-kubernetes']) {
      const message = 'these credentials are in a Secret, which --disable-kubernetes rules out';
      throw new Failed(configFailure(`${message}; --applications reads it from manifest files`));
    }
    const { makeKubeCluster } = await import('../../kube/cluster.ts');
    const { kubeconfig: kubeconfigPath } = values;
    const shared = { environment, clock: systemClock, userAgent };
    return makeKubeCluster({ ...shared, kubeconfigPath, namePatterns: [], kubeEvents: false }).openCycle()
      .secrets;
  };
  return {
    secret: async (namespace, name) => (await reader()).secret(namespace, name),
    configMap: async (namespace, name) => (await reader()).configMap(namespace, name),
    argocdSecrets: async (type) => (await reader()).argocdSecrets(type),
  };
}
