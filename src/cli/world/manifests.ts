/** Manifest files before there is a world: what settings and the command `test` read of them. */
import type { ClusterCycle } from '../../ports/cluster.ts';
import type { RunSettings } from '../settings/run-settings.ts';

/** Throws `Failed` where a path is not there. */
export async function openManifests(
  paths: readonly string[],
  argocdNamespace?: string,
): Promise<ClusterCycle> {
  const { makeFileCluster } = await import('../../kube/files/files.ts');
  const named = argocdNamespace === undefined ? {} : { argocdNamespace };
  return makeFileCluster({ paths, ...named, namePatterns: [] }).openCycle();
}

/** undefined where Applications come from a cluster. */
export function manifestsOf({ source, argocdNamespace }: RunSettings) {
  return source.kind === 'files' ? () => openManifests(source.paths, argocdNamespace) : undefined;
}
