/** Who can never be at the newest version by the policies alone, such as the companions of a pinned one. */
import { type Plan, sourceOf } from './story.ts';

/** `waiting`: those that wait for this one; whoever waits for himself waits for ever. */
export function isLeftBehind(index: number, apps: readonly Plan[], waiting: readonly number[] = []): boolean {
  if (waiting.includes(index)) return true;
  const isGrouped = (each: number): boolean => apps[each]?.policies['group'] !== undefined;
  const members = isGrouped(index) ? [...apps.keys()].filter(isGrouped) : [index];
  if (isGrouped(index) && members.length < 2) return true;
  return members.some((member) => {
    const policies = apps[member]?.policies ?? {};
    const source = sourceOf(policies);
    if (policies['pin'] !== undefined) return true;
    return source !== undefined && isLeftBehind(source, apps, [...waiting, ...members]);
  });
}
