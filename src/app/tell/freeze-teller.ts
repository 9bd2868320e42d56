/** Events about a freeze: one when it begins, one when it ends, on the ConfigMap that it stands in (spec/policies.md 1.2). */
import { settle } from '../../core/base/settle.ts';
import { holdWords } from '../../core/policy/holds/holds-change.ts';
import type { Hold } from '../../core/policy/settings.ts';
import type { ClusterCycle, Withheld } from '../../ports/cluster.ts';

const maxMessageLength = 1_000;
const released: Withheld = {
  reason: 'ImageReleased',
  type: 'Normal',
  message: 'the freeze is over: writes go on',
};

export class FreezeTeller {
  /** What was told, and is not over. */
  #told: string | undefined;

  /** Why it could not be told; nothing: it was. */
  async tell(
    freeze: Hold | undefined,
    cluster: Pick<ClusterCycle, 'recordWithheld'>,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const words = freeze === undefined ? undefined : `nothing is written${holdWords(freeze)}`;
    if (words === this.#told) return [];
    const event: Withheld =
      words === undefined
        ? released
        : { reason: 'ImageHeld', type: 'Normal', message: words.slice(0, maxMessageLength) };
    const recorded = await settle(() => cluster.recordWithheld('holds', event, signal));
    if (!recorded.ok) return [`no Event tells of the freeze: ${recorded.failure.message}`];
    this.#told = words;
    return [];
  }
}
