/** Applications that are written in one commit or not at all (spec/policies.md 6.3, 6.4). */
import type { Failure } from '../../../core/base/outcome.ts';
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
  return intention.together ?? intention;
}

/** One failure for each member that is left of a unit of which another one fails. */
export function failWithUnit(
  left: readonly GitIntention[],
  failures: ReadonlyMap<GitIntention, Failure>,
): ReadonlyMap<GitIntention, Failure> {
  const broken = new Map<string, readonly [GitIntention, Failure]>();
  for (const [intention, failure] of failures)
    if (intention.together !== undefined) broken.set(intention.together, [intention, failure]);
  const found = new Map<GitIntention, Failure>();
  for (const intention of left) {
    const cause = intention.together === undefined ? undefined : broken.get(intention.together);
    if (cause !== undefined && !failures.has(intention)) found.set(intention, withCause(intention, ...cause));
  }
  return found;
}

function withCause({ together = '' }: GitIntention, by: GitIntention, failure: Failure): Failure {
  const message = `${together}: nothing of it is written, for ${by.key} cannot be: ${failure.message}`;
  return failure.kind === 'unexpected' ? { kind: 'config', message } : { ...failure, message };
}
