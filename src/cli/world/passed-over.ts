/** What a cluster holds that is meant for the updater and that nobody reads. */
import { settle } from '../../core/base/settle.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { Log } from '../log/log.ts';

const message =
  'The cluster has ImageUpdater resources (argocd-image-updater.argoproj.io/v1alpha1), which are passed over: annotations alone are read';
const advice =
  'write what they say as annotations of the Applications; where releases 1.x are gone, delete the CustomResourceDefinition imageupdaters.argocd-image-updater.argoproj.io';

/** One warning where there are any. That it cannot be found out is no trouble of the updates. */
export async function tellPassedOver(
  cluster: Cluster,
  log: Pick<Log, 'warning' | 'debug'>,
  signal: AbortSignal,
): Promise<void> {
  const found = await settle(async () => (await cluster.hasImageUpdaters?.(signal)) ?? false);
  if (found.ok) {
    if (found.value) log.warning(message, { advice });
    return;
  }
  const { message: error } = found.failure;
  log.debug('Whether there are ImageUpdater resources is not known', { error });
}
