/** What stops all members of a group: before it chooses, and for those that are to move, on their way. */
import type { AppKey } from '../../../core/config/application.ts';
import type { Decision } from '../../../core/decide/decision.ts';
import { reasonText } from '../../../core/policy/reason-text.ts';
import type { ImageRef } from '../../../core/image/image.ts';
import type { GroupChoice } from '../../../core/policy/stage/group.ts';
import type { Verdict } from '../../../core/policy/verdict.ts';
import { type Update, withheld } from '../judge/sieving.ts';

export interface DepartureOptions {
  /** Why these cannot all be written now, whatever their versions; `isUrgent`: they do not wait. */
  readonly limit: (apps: ReadonlySet<AppKey>, isUrgent: boolean) => Verdict | undefined;
}

/** One whom the group has sent on its way. */
export interface Leaving {
  /** For people: `argocd/shop web`. */
  readonly name: string;
  /** What has become of it since; absent: it cannot be decided. */
  readonly decision: Decision | undefined;
}

/** Why nobody goes: one of them is stopped by something that follows the choice, such as its turn. */
export function stoppedOnTheWay(group: string, leaving: readonly Leaving[]): Verdict | undefined {
  for (const { name, decision } of leaving) {
    if (decision?.kind === 'update') continue;
    const ends = `${name} may move`;
    if (decision?.kind === 'held' || decision?.kind === 'waiting') {
      const reason = `group ${group}: ${name} is withheld: ${reasonText(decision.reason)}`;
      return { code: 'group-held', kind: 'waiting', reason, ends };
    }
    const why = decision?.kind === 'failed' ? `: ${decision.failure.message}` : '';
    const reason = `group ${group}: ${name} cannot be decided${why}`;
    return { code: 'group-failed', kind: 'held', reason, ends: `${name} can be decided again` };
  }
  return undefined;
}

/** What stops every member, whatever it wants. */
export function obstacleFor(group: string, disagreement?: string, unlisted?: string): Verdict | undefined {
  if (unlisted !== undefined) {
    const ends = 'every Application can be read again';
    return { code: 'group-failed', kind: 'held', reason: `group ${group}: ${unlisted}`, ends };
  }
  if (disagreement === undefined) return undefined;
  const ends = 'one group-by for all members';
  return { code: 'group-disagree', kind: 'held', reason: `group ${group}: ${disagreement}`, ends };
}

export function choiceUnder(verdict: Verdict, wants: boolean): GroupChoice {
  return wants ? { kind: 'withheld', verdict } : { kind: 'stays' };
}

/** For who is judged again, and whose group has met already. */
export function changed(group: string): Verdict {
  const reason = `group ${group}: its repository has changed since the members agreed`;
  return { code: 'group-held', kind: 'waiting', reason, ends: 'the next cycle' };
}

export function withheldBy(verdict: Verdict, update: Update, held: ImageRef | undefined): Decision {
  return withheld(update, { ...verdict, also: [] }, held);
}
