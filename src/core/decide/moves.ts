/** From what runs to what was chosen: never a step back by accident. */
import type { TrackedImage } from '../config/annotations.ts';
import type { ImageRef } from '../image/image.ts';
import { isOutgrown } from '../strategy/tag-order.ts';
import type { TagRule } from '../version/tag-rule.ts';
import type { Trace } from '../version/trace.ts';
import type { Case, Listing } from './case.ts';
import { type Decision, skipped, update, withheld } from './decision.ts';
import { isStepBack, keptMessage, mayStay, outgrown } from './downgrade.ts';

export function moveTo(about: Case, to: ImageRef, { isListed }: Listing, trace: Trace): Decision {
  const { image, from, rule } = about;
  const tag = to.tag ?? '';
  const isLost = image.strategy.kind === 'newest-build' && !isListed;
  const isBack = from?.tag !== undefined && (isLost || isStepBack(image, tag, from.tag));
  if (isBack && isOutgrown(image.strategy, from.tag) && (isListed || !image.allowsDowngrade))
    return withheld(image, { wanted: to, at: from, reason: outgrown(from.tag, tag) }, trace);
  if (isBack && !isListed && !image.allowsDowngrade && admits(image, rule, from.tag))
    return { ...skipped(image, 'kept', keptMessage(from.tag, tag)), trace };
  const moved = update(image, from, to, withDoubt(trace, unpinned(image, from, to)));
  return isBack ? { ...moved, direction: 'down' } : moved;
}

/** 8.2: somebody pinned the running version, and nobody said that the next one is to be. */
function unpinned(
  { format, helm }: TrackedImage,
  from: ImageRef | undefined,
  to: ImageRef,
): string | undefined {
  if (format !== 'tag' || helm.digest !== undefined || from?.tag === undefined || from.digest === undefined)
    return undefined;
  return `${from.tag} is pinned to a digest, and ${to.tag} is written without one: write-format: tag@digest keeps versions pinned`;
}

export function withDoubt(trace: Trace, doubt: string | undefined): Trace {
  return doubt === undefined ? trace : { ...trace, doubt };
}

/** True if the rules would take the tag if it were listed. */
function admits(image: TrackedImage, rule: TagRule, tag: string): boolean {
  return rule(tag) === undefined && mayStay(image, tag);
}
