/** Events about groups that are written halfway: once for each Application that stayed behind. */
import { type Application, appKey } from '../../core/config/application.ts';
import { settle } from '../../core/base/settle.ts';
import type { ClusterCycle } from '../../ports/cluster.ts';

const maxMessageLength = 1_000;

export interface Split {
  /** `namespace/name` of those that stayed behind. */
  readonly apps: readonly string[];
  readonly message: string;
}

/** Why they could not be told; nothing: they were. */
export async function tellSplits(
  splits: readonly Split[],
  applications: readonly Application[],
  cluster: Pick<ClusterCycle, 'recordWithheld'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const byKey = new Map(applications.map((app) => [appKey(app), app]));
  for (const { apps, message } of splits) {
    const event = {
      reason: 'GroupSplit',
      type: 'Warning',
      message: message.slice(0, maxMessageLength),
    } as const;
    for (const key of new Set(apps)) {
      const app = byKey.get(key);
      if (app === undefined) continue;
      const recorded = await settle(() => cluster.recordWithheld(app, event, signal));
      if (!recorded.ok) return [`no Event tells of a group that is split: ${recorded.failure.message}`];
    }
  }
  return [];
}
