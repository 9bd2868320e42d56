/** Directly before a commit: are the gates still open, and does Git hold what it held when policies judged? */
import type { AppConfig } from '../../core/config/annotations.ts';
import type { AppKey } from '../../core/config/application.ts';
import type { KnownVersion } from '../../core/decide/live.ts';
import { versionText } from '../../core/image/image.ts';
import { firmGateReason, gateReason } from '../../core/policy/stage/gates.ts';
import type { ImagePolicies } from '../../core/policy/settings.ts';
import type { Recheck } from '../repository/recheck.ts';
import type { ImageJudgeOptions } from './image-judge.ts';
import type { Completion } from './together/splits.ts';
import type { PoliciesOf } from './judge/policies.ts';

export interface RecheckOptions extends Pick<ImageJudgeOptions, 'gateFacts' | 'heldVersions'> {
  readonly policiesOf: PoliciesOf;
  readonly configs: ReadonlyMap<AppKey, AppConfig>;
  readonly completion: Completion;
  /** Policies of an image with what people withhold by now. */
  readonly withLatestHolds: (config: AppConfig, index: number, policies: ImagePolicies) => ImagePolicies;
  /** Reads anew what people withhold, where that was long ago. */
  readonly refreshHolds: () => Promise<void>;
  readonly writeBranch: Recheck['writeBranch'];
  /** True: the base branch shows that what is to be written was taken back since it was judged. */
  readonly takenBackOn: Recheck['writeBranch'];
}

export function makeRecheck(options: RecheckOptions): Recheck {
  const { policiesOf, gateFacts, heldVersions, configs, completion, refreshHolds, withLatestHolds } = options;
  const base: Recheck['base'] = async (intention, heldNow, head) => {
    const { key, updates } = intention;
    const config = configs.get(key);
    if (config === undefined) return false;
    const policies = policiesOf(key);
    await refreshHolds();
    const facts = gateFacts(config);
    for (const { image, to } of updates) {
      const own = withLatestHolds(config, image.index, policies.get(image.index) ?? {});
      const completes = await completion.completes({ app: key, index: image.index }, image, to);
      if ((completes ? firmGateReason : gateReason)(own, facts) !== undefined) return true;
    }
    const judged = updates.map(({ image }) => image).filter(({ index }) => policies.has(index));
    if (judged.length === 0) return false;
    const before = await heldVersions.read(config);
    const now = await heldNow(judged);
    if (!before.ok || !now.ok) return true;
    if (judged.some(({ index }, i) => textOf(before.value.get(index)) !== textOf(now.value[i]))) return true;
    return options.takenBackOn(intention, head);
  };
  return { base, writeBranch: options.writeBranch };
}

function textOf(known: KnownVersion | undefined): string {
  return known?.kind === 'live' ? versionText(known.ref) : '';
}
