/** Changes what people hold back, whoever else does so at the same time. */
import type { Outcome } from '../../core/base/outcome.ts';
import { succeed } from '../../core/base/outcome.ts';
import type { HoldsChange, HoldsContext } from '../../core/policy/holds/holds-change.ts';
import type { Desk } from './desk.ts';

/** Somebody who is faster as often as that is no person. */
const maxAttempts = 5;

export interface Changed {
  readonly change: HoldsChange;
  /** Whether the ConfigMap was there before. */
  readonly wasThere: boolean;
}

/** `compute` is asked again with what somebody else has written meanwhile. Throws `Failed`. */
export async function changeHolds(
  { holds, zones, isDry, signal }: Pick<Desk, 'holds' | 'zones' | 'isDry' | 'signal'>,
  compute: (context: HoldsContext) => Outcome<HoldsChange>,
): Promise<Outcome<Changed>> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const known = await holds.read(signal);
    const change = compute({ data: known?.data ?? {}, zones });
    if (!change.ok) return change;
    const changed = succeed({ change: change.value, wasThere: known !== null });
    const isNothing = Object.keys(change.value.data).length === 0;
    if (isNothing || isDry || (await holds.write(known, change.value.data, signal)) !== null) return changed;
  }
  throw holds.contended();
}
