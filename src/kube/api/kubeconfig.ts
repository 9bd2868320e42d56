/** Finds the cluster to talk to: kubeconfig files by kubectl's rules, else the pod's service account. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Cluster } from '@kubernetes/client-node';
import { configFailure, Failed } from '../../core/base/outcome.ts';
import { type CapturingKubeConfig, capturingConfig } from './capturing-config.ts';
import { withEnvironment } from './cluster-defaults.ts';
import { nonEmpty } from './filters.ts';
import { type Kubeconfig, mergeKubeconfigs, readKubeconfig } from './kubeconfig-file.ts';
import { type Environment, readServiceAccount, standardServiceAccountFolder } from './service-account.ts';

export interface ClusterSource {
  /** `--kubeconfig`: this file and no other. */
  readonly path?: string;
  readonly environment: Environment;
  /** Where the pod's token, CA and namespace are mounted, if not at the standard place. */
  readonly serviceAccountFolder?: string;
}

export interface ClusterConfig {
  readonly config: CapturingKubeConfig;
  /** Namespace of the context, or of the pod; absent where neither names one. */
  readonly namespace?: string;
}

/**
 * Order as in client-go: the given file; else the files of KUBECONFIG; else `~/.kube/config`; else the pod.
 * Throws `Failed` (config) where nothing usable is found.
 */
export function loadClusterConfig(source: ClusterSource): ClusterConfig {
  const files = kubeconfigFiles(source);
  const kubeconfig = mergeKubeconfigs(files.map(readKubeconfig));
  const folder = source.serviceAccountFolder ?? standardServiceAccountFolder;
  const account = readServiceAccount(source.environment, folder);
  if (kubeconfig.clusters.length > 0 || source.path !== undefined) {
    return withNamespace(fromKubeconfig(kubeconfig, files, source.environment), account?.namespace);
  }
  if (account === undefined) {
    const advice = 'give --kubeconfig, set KUBECONFIG, or run inside a cluster';
    throw new Failed(configFailure(`no Kubernetes cluster to talk to: ${advice}`));
  }
  const cluster = withEnvironment(account.cluster, source.environment);
  return withNamespace({ config: capturingConfig(cluster, account.user) }, account.namespace);
}

function kubeconfigFiles({ path, environment }: ClusterSource): readonly string[] {
  if (path !== undefined) return [path];
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((one) => one !== '');
  if (listed.length > 0) return listed.filter((one) => existsSync(one));
  const home = nonEmpty(environment['HOME']) ?? nonEmpty(environment['USERPROFILE']);
  const standard = home === undefined ? [] : [join(home, '.kube', 'config')];
  return standard.filter((one) => existsSync(one));
}

function fromKubeconfig(
  kubeconfig: Kubeconfig,
  files: readonly string[],
  environment: Environment,
): ClusterConfig {
  const from = `kubeconfig ${files.join(', ')}`;
  const { clusters, users, contexts, currentContext } = kubeconfig;
  const context = contexts.find(({ name }) => name === currentContext);
  if (context === undefined) {
    throw new Failed(configFailure(`${from}: current-context "${currentContext}" is no context of it`));
  }
  const cluster = clusters.find(({ name }) => name === context.cluster);
  if (cluster === undefined || !isWebAddress(cluster)) {
    const wanted = 'names no cluster of it with an http or https address';
    throw new Failed(configFailure(`${from}: context "${context.name}" ${wanted}`));
  }
  // without any user client-node would leave out the CA too
  const user = users.find(({ name }) => name === context.user) ?? { name: context.user };
  const config = capturingConfig(withEnvironment(cluster, environment), user);
  return withNamespace({ config }, nonEmpty(context.namespace));
}

function isWebAddress({ server }: Cluster): boolean {
  return /^https?:\/\//.test(server) && URL.canParse(server);
}

/** The namespace that is there already stays. */
function withNamespace(found: ClusterConfig, namespace: string | undefined): ClusterConfig {
  return found.namespace !== undefined || namespace === undefined ? found : { ...found, namespace };
}
