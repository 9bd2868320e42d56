/** One cycle that writes one version of one image, whatever policies say: a person wants it. */
import { makeRunCycle } from '../../app/cycle.ts';
import { rehearsing } from '../../app/rehearsal.ts';
import type { CycleOptions, World } from '../../app/world.ts';
import type { Application } from '../../core/config/application.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import type { WriteResult } from '../../core/report/report.ts';
import { withOnly } from './one-version.ts';

export interface WrittenVersion {
  /** What the target holds, or held. */
  readonly from?: string;
  readonly write: Exclude<WriteResult, { readonly kind: 'failed' }>;
}

/** `app`: as `withOneVersion` makes it. */
export async function writeVersion(
  {
    world,
    options,
    isRehearsal,
  }: {
    readonly world: World;
    readonly options: CycleOptions;
    readonly isRehearsal: boolean;
  },
  app: Application,
  tag: string,
  signal: AbortSignal,
): Promise<Outcome<WrittenVersion>> {
  const own = { ...world, cluster: withOnly(world.cluster, app) };
  const report = await makeRunCycle(isRehearsal ? rehearsing(own) : own, options)(signal);
  if (report.failure !== undefined) return fail(report.failure);
  const [one] = report.applications;
  const decision = one?.decisions[0];
  if (one === undefined || decision === undefined)
    return fail(configFailure(one?.unsupported ?? 'the Application has no image to be written'));
  if (decision.kind === 'failed') return fail(decision.failure);
  if (decision.kind === 'current' && decision.at.tag === tag)
    return succeed({ from: tag, write: { kind: 'unchanged' } });
  if (decision.kind !== 'update' || decision.to.tag !== tag) return fail(missing(decision, tag));
  const { write = { kind: 'unchanged' } } = one;
  if (write.kind === 'failed') return fail(write.failure);
  const from = decision.from?.tag;
  return succeed({ write, ...(from === undefined ? {} : { from }) });
}

function missing({ entry }: Decision, tag: string) {
  return configFailure(`the registry lists no tag ${tag} of ${entry}: nothing is written`);
}
