/** Who can never be at the newest version by the policies alone, such as the companions of a pinned one. */
import type { Plan } from './story.ts';
import type { Wanted } from './wanted.ts';

interface Cast {
  readonly apps: readonly Plan[];
  readonly wanted: readonly Wanted[];
}

/** `waiting`: those that wait for this one; whoever waits for himself waits for ever. */
export function isLeftBehind(index: number, cast: Cast, waiting: readonly number[] = []): boolean {
  const { apps, wanted } = cast;
  if (waiting.includes(index)) return true;
  const group = wanted[index]?.group;
  const isMember = (each: number): boolean =>
    wanted[each]?.group === group && apps[each]?.project === apps[index]?.project;
  const members = group === undefined ? [index] : [...apps.keys()].filter(isMember);
  if (group !== undefined && members.length < 2) return true;
  return members.some((member) => {
    const own = wanted[member];
    if (own === undefined || own.isPinned) return true;
    if (group !== undefined && apps[member]?.strategy === 'digest') return true;
    const { source } = own;
    if (source === undefined) return false;
    return !mayProve(apps[source], apps[member]) || isLeftBehind(source, cast, [...waiting, ...members]);
  });
}

/** What runs there can be what is wanted here: a tag for a tag, the same image for a digest. */
function mayProve(source: Plan | undefined, consumer: Plan | undefined): boolean {
  if (source === undefined || consumer === undefined) return false;
  if (consumer.strategy !== 'digest') return source.strategy !== 'digest';
  return source.strategy === 'digest' && source.image === consumer.image;
}
