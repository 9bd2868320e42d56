/** Annotations of an Application and what administrators set -> the policies of one image. */
import { optionalProperty } from '../../base/optional-property.ts';
import type { ImagePolicies } from '../settings.ts';
import { parseMaxCommits, parsePromoteFrom, parseRollout, parseRolloutOrder } from '../words/order-words.ts';
import type { Zones } from '../words/zone.ts';
import type { PolicyDefaults } from './defaults.ts';
import { readHolds, readWindows } from './read-gates.ts';
import { readCommitGroup, readGroup } from './read-group.ts';
import { readAge, readAgeFrom, readHealthy, readInterval, readQuarantine } from './read-times.ts';
import { readPin, readRollback, readSkips } from './read-versions.ts';
import { PolicyReader } from './policy-reader.ts';
import type { PolicySubject } from './subject.ts';
import { typosOf } from './typos.ts';

export interface PolicyContext {
  readonly defaults: PolicyDefaults;
  readonly zones: Zones;
  readonly nowMs: number;
  /** Between two cycles: asking more often than that is not possible. */
  readonly cycleMs: number;
}

export interface PolicyReading {
  readonly policies: ImagePolicies;
  /** What is said in vain, and what may have been meant otherwise: it stops nothing. */
  readonly warnings: readonly string[];
}

/** A value that cannot be read withholds the image: it is among `invalid`, and all others are read. */
export function readPolicies(subject: PolicySubject, context: PolicyContext): PolicyReading {
  const reader = new PolicyReader(subject, context.defaults);
  for (const typo of typosOf(subject)) reader.refuse(typo.source, typo.message);
  const promoteFrom = reader.both('promote-from', parsePromoteFrom);
  const rollout = reader.both('rollout', parseRollout);
  const policies: ImagePolicies = {
    ...nonEmpty('holds', readHolds(reader, context.zones)),
    ...optionalProperty('pin', readPin(reader)),
    ...nonEmpty('skips', readSkips(reader)),
    ...optionalProperty('respectsRollback', readRollback(reader)),
    ...optionalProperty('minAgeMs', readAge(reader)),
    ...optionalProperty('minAgeFrom', readAgeFrom(reader)),
    ...nonEmpty('windows', readWindows(reader, context)),
    ...optionalProperty('intervalMs', readInterval(reader, context.cycleMs)),
    ...optionalProperty('group', readGroup(reader, context.defaults)),
    ...optionalProperty('commitGroup', readCommitGroup(reader)),
    ...nonEmpty('promoteFrom', promoteFrom),
    ...optionalProperty('minHealthyMs', readHealthy(reader, promoteFrom.length + rollout.length > 0)),
    ...optionalProperty('quarantineMs', readQuarantine(reader)),
    ...nonEmpty('rollout', rollout),
    ...optionalProperty('rolloutOrder', reader.nearest('rollout-order', parseRolloutOrder)),
    ...optionalProperty('maxCommitsPerHour', reader.tighter('max-commits-per-hour', parseMaxCommits, isMore)),
  };
  return {
    policies: { ...policies, ...nonEmpty('invalid', reader.invalid) },
    warnings: reader.warnings,
  };
}

const isMore = (value: number, than: number): boolean => value > than;

function nonEmpty<Name extends string, Item>(
  name: Name,
  items: readonly Item[],
): { readonly [property in Name]?: readonly Item[] } {
  return optionalProperty(name, items.length === 0 ? undefined : items);
}
