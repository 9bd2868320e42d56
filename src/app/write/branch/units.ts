/** Applications that are written in one commit or not at all (spec/policies.md 6.3, 6.4). */
import type { Failure } from '../../../core/base/outcome.ts';
import type { AppKey } from '../../../core/config/application.ts';
import type { GitIntention } from '../../../core/plan.ts';

/** The members of one unit side by side, at the place of the first; the others stay in order. */
export function byUnit<Item>(
  items: readonly Item[],
  intentionOf: (item: Item) => GitIntention,
): readonly Item[] {
  const units = Map.groupBy(items, (item) => unitOf(intentionOf(item)));
  return [...units.values()].flat();
}

/** Equal for those of one unit, and for nobody else. */
export function unitOf(intention: GitIntention): string | GitIntention {
  return intention.together?.id ?? intention;
}

/** One failure for each member that is left of a unit of which another one fails. */
export function failWithUnit(
  left: readonly GitIntention[],
  failures: ReadonlyMap<GitIntention, Failure>,
): ReadonlyMap<GitIntention, Failure> {
  const broken = new Map<string, readonly [GitIntention, Failure]>();
  for (const [intention, failure] of failures)
    if (intention.together !== undefined) broken.set(intention.together.id, [intention, failure]);
  const found = new Map<GitIntention, Failure>();
  for (const intention of left) {
    const { together } = intention;
    const cause = together === undefined ? undefined : broken.get(together.id);
    if (together === undefined || cause === undefined || failures.has(intention)) continue;
    const [by, failure] = cause;
    found.set(intention, withCause(together.name, by.key, failure));
  }
  return found;
}

/** Why the others of a group are not written: one of them cannot be. */
export function withCause(group: string, by: AppKey, failure: Failure): Failure {
  const message = `${group}: nothing of it is written, for ${by} cannot be: ${failure.message}`;
  return failure.kind === 'unexpected' ? { kind: 'config', message } : { ...failure, message };
}
