/** What a cluster holds that concerns the updater and that no cycle looks at. */
import { settle } from '../../core/base/settle.ts';
import type { Cluster, UpdaterSign } from '../../ports/cluster.ts';
import type { Log } from '../log/log.ts';

type Teller = Pick<Log, 'warning' | 'debug'>;

const resourcesMessage =
  'The cluster has ImageUpdater resources (argocd-image-updater.argoproj.io/v1alpha1), which are passed over: annotations alone are read';
const resourcesAdvice =
  'write what they say as annotations of the Applications; where releases 1.x are gone, delete the CustomResourceDefinition imageupdaters.argocd-image-updater.argoproj.io';

const othersMessage = 'Another image updater seems to work in this namespace';
const othersAdvice =
  'two of them ask registries twice and write the same files: scale the other one to zero (kubectl get deployments -A), or give each its own Applications; one that has just been replaced needs nothing';

/** One warning of each thing that is there. That it cannot be found out is no trouble of the updates. */
export async function tellPassedOver(cluster: Cluster, log: Teller, signal: AbortSignal): Promise<void> {
  await Promise.all([tellResources(cluster, log, signal), tellOthers(cluster, log, signal)]);
}

async function tellResources(cluster: Cluster, log: Teller, signal: AbortSignal): Promise<void> {
  const found = await settle(async () => (await cluster.hasImageUpdaters?.(signal)) ?? false);
  if (found.ok) {
    if (found.value) log.warning(resourcesMessage, { advice: resourcesAdvice });
    return;
  }
  const { message: error } = found.failure;
  log.debug('Whether there are ImageUpdater resources is not known', { error });
}

async function tellOthers(cluster: Cluster, log: Teller, signal: AbortSignal): Promise<void> {
  const found = await settle(async () => (await cluster.otherUpdaters?.(signal)) ?? []);
  if (!found.ok) {
    const { message: error } = found.failure;
    log.debug('Whether another image updater works in this namespace is not known', { error });
    return;
  }
  for (const sign of found.value) log.warning(othersMessage, { ...signFields(sign), advice: othersAdvice });
}

function signFields(sign: UpdaterSign): Readonly<Record<string, string>> {
  if (sign.kind === 'lease') return { lease: sign.lease, holder: sign.holder };
  return { event_of: sign.application, at: new Date(sign.atMs).toISOString() };
}
