/** `--until`, `--zone`, `--reason`, `--by` -> a hold. */
import { optionalProperty } from '../../core/base/optional-property.ts';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import type { Hold } from '../../core/policy/settings.ts';
import { formatInstant, parseInstantOrDuration } from '../../core/policy/words/instant.ts';
import type { FlagValues } from '../flags/flag.ts';
import type { Desk } from './desk.ts';
import type { pauseFlags } from './hold-flags.ts';

type HoldValues = Pick<FlagValues<typeof pauseFlags>, 'until' | 'zone' | 'reason'>;

export function wantedHold(
  { until, zone, reason }: HoldValues,
  { by, nowMs, zones }: Pick<Desk, 'by' | 'nowMs' | 'zones'>,
): Outcome<Hold> {
  const end = until === '' ? undefined : parseInstantOrDuration(until, zone || undefined, { nowMs, zones });
  if (end?.ok === false) return fail(configFailure(`--until ${end.failure.message}`));
  if (end === undefined && zone !== '') return fail(configFailure('--zone has no effect without --until'));
  // whole seconds are what people read
  const untilMs = end === undefined ? undefined : Math.ceil(end.value / 1000) * 1000;
  if (untilMs !== undefined && untilMs <= nowMs)
    return fail(configFailure(`--until ${until}: ${formatInstant(untilMs)} is over already`));
  return succeed({
    ...optionalProperty('untilMs', untilMs),
    ...optionalProperty('reason', reason === '' ? undefined : reason),
    ...optionalProperty('by', by),
  });
}
