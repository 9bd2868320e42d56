/** What a selection comes to: an update, what runs already, or what stays; never a step back by accident. */
import type { TrackedImage } from '../config/annotations.ts';
import { withVersion } from '../image/image.ts';
import { optionalProperty } from '../base/optional-property.ts';
import { configFailure } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import type { Selection } from '../strategy/selection.ts';
import { isOutgrown } from '../strategy/tag-order.ts';
import type { TagRule } from '../version/tag-rule.ts';
import { type Drops, nothingLeft, type Trace } from '../version/trace.ts';
import { type Case, type Listing, renames } from './case.ts';
import { type Decision, failedDecision, identity, skipped, stays, update, withheld } from './decision.ts';
import { isStepBack, keptMessage, mayStay, outgrown } from './downgrade.ts';

/** Without a constraint nothing says that a version is meant at all. */
export function noVersion(
  { image, from }: Case,
  running: string,
  selection: Selection,
  { listed, drops }: Listing,
): Decision {
  addUnreadable(drops, selection);
  const trace = { listed, dropped: drops.list() };
  const message = `running tag ${quoted(running)} is no version, for versions have three numbers: give a constraint in image-list, such as >=0; or choose update-strategy newest-build, or alphabetical with allow-tags`;
  if (selection.kind === 'none-left') return stays(image, from, trace, message);
  return { ...failedDecision(image, configFailure(message)), trace };
}

export function applySelection(
  { image, from, rule }: Case,
  selection: Selection,
  { listed, isListed, drops, doubt: datesDoubted }: Listing,
): Decision {
  addUnreadable(drops, selection);
  if (selection.kind !== 'none-left') {
    for (const tag of selection.unsatisfied) drops.add(`constraint ${image.constraintText ?? ''}`, tag);
  }
  const doubt = selection.kind === 'chosen' ? (selection.doubt ?? datesDoubted) : undefined;
  const trace: Trace = { listed, dropped: drops.list(), ...optionalProperty('doubt', doubt) };
  if (selection.kind !== 'chosen') {
    const message = nothingLeft(trace);
    if (selection.kind === 'none-left') return stays(image, from, trace, message);
    return { ...skipped(image, 'unsatisfied', message), trace };
  }
  const { tag, tie } = selection;
  if (tie !== undefined) return { ...skipped(image, 'kept', tie), trace };
  if (from?.tag === tag && !renames(image, from)) {
    const at = withVersion(image.ref, from);
    return { ...identity(image), trace, kind: 'current', image, at };
  }
  const isLost = image.strategy.kind === 'newest-build' && !isListed;
  const isBack = from?.tag !== undefined && (isLost || isStepBack(image, tag, from.tag));
  if (isBack && isOutgrown(image.strategy, from.tag) && (isListed || !image.allowsDowngrade)) {
    return withheld(
      image,
      { wanted: withVersion(image.ref, { tag }), at: from, reason: outgrown(from.tag, tag) },
      trace,
    );
  }
  if (isBack && !isListed && !image.allowsDowngrade && admits(image, rule, from.tag ?? '')) {
    return { ...skipped(image, 'kept', keptMessage(from.tag ?? '', tag)), trace };
  }
  const moved = update(image, from, withVersion(image.ref, { tag }), trace);
  return isBack ? { ...moved, direction: 'down' } : moved;
}

function addUnreadable(drops: Drops, { unparsed, leftOut = new Map() }: Selection): void {
  for (const tag of unparsed) drops.add('not a version', tag);
  for (const [rule, tags] of leftOut) for (const tag of tags) drops.add(rule, tag);
}

/** True if the rules would take the tag if it were listed. */
function admits(image: TrackedImage, rule: TagRule, tag: string): boolean {
  return rule(tag) === undefined && mayStay(image, tag);
}
