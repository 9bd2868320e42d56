/** What annotations say, and what the holds ConfigMap says beside them: both count. */
import { optionalProperty } from '../../base/optional-property.ts';
import type { ImagePolicies, Sourced } from '../settings.ts';
import { pinMistake } from '../words/version-words.ts';
import { holdsSource, type KeyedEntry } from './holds-book.ts';

/** `entries`: those for the image, the nearest first. Two pins that differ cannot both be. */
export function withHolds(policies: ImagePolicies, entries: readonly KeyedEntry[]): ImagePolicies {
  if (entries.length === 0) return policies;
  const sourced = <Value>(pick: (found: KeyedEntry) => Value | undefined): readonly Sourced<Value>[] =>
    entries.flatMap((found) => {
      const value = pick(found);
      return value === undefined ? [] : [{ value, source: holdsSource(found.key) }];
    });
  const pins = [...(policies.pin === undefined ? [] : [policies.pin]), ...sourced(({ entry }) => entry.pin)];
  const pinsDiffer = pinMistake(pins);
  const { pin: _, ...others } = policies;
  const mistakes = entries.flatMap(({ key, entry }) =>
    entry.mistakes.map((value) => ({ value: `${holdsSource(key)}: ${value}`, source: holdsSource(key) })),
  );
  const resumed = entries.flatMap(({ entry }) => entry.resumed);
  return {
    ...others,
    ...joined(
      'holds',
      policies.holds,
      sourced(({ entry }) => entry.hold),
    ),
    ...joined(
      'skips',
      policies.skips,
      sourced(({ entry }) => (entry.skips.length === 0 ? undefined : entry.skips)),
    ),
    ...joined('resumed', policies.resumed, resumed),
    ...joined('invalid', policies.invalid, [...mistakes, ...(pinsDiffer === undefined ? [] : [pinsDiffer])]),
    ...optionalProperty('pin', pinsDiffer === undefined ? pins[0] : undefined),
    ...optionalProperty('rolledBack', sourced(({ entry }) => entry.rolledBack)[0] ?? policies.rolledBack),
  };
}

function joined<Name extends string, Item>(
  name: Name,
  before: readonly Item[] | undefined,
  more: readonly Item[],
): { readonly [property in Name]?: readonly Item[] } {
  return optionalProperty(name, more.length === 0 ? before : [...(before ?? []), ...more]);
}
