/** Stage 7 for Argo CD: one Application written through the cluster. */
import { livePatch } from '../../core/live-patch.ts';
import type { LiveIntention } from '../../core/plan.ts';
import { settle } from '../../core/base/settle.ts';
import type { ClusterCycle } from '../../ports/cluster.ts';
import type { Written } from './written.ts';

export async function patchLive(
  cluster: ClusterCycle,
  intention: LiveIntention,
  signal: AbortSignal,
): Promise<Written> {
  const { changes } = intention;
  const compute = (live: unknown) => livePatch(intention, live);
  const patched = await settle(() => cluster.patchApplication(intention.app, compute, signal));
  if (!patched.ok) return { result: { kind: 'failed', failure: patched.failure }, changes };
  const done = patched.value;
  if (typeof done === 'string') return { result: { kind: done }, changes };
  if (done.kind === 'reverted') return { result: { kind: 'unchanged' }, changes, reverted: done };
  return { result: { kind: 'dry-run', would: { kind: 'patch', operations: done.operations } }, changes };
}
