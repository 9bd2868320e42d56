/** What a selection comes to: an update, what runs already, or what stays; never a step back by accident. */
import type { TrackedImage } from '../config/annotations.ts';
import { type ImageRef, withVersion } from '../image/image.ts';
import { optionalProperty } from '../base/optional-property.ts';
import { configFailure } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import type { Selection } from '../strategy/selection.ts';
import { type Drops, nothingLeft, type Trace } from '../version/trace.ts';
import { type Case, type Listing, renames } from './case.ts';
import { type Decision, failedDecision, identity, skipped, stays, withheld } from './decision.ts';
import { type Found, writesDigest } from './look.ts';
import { movedReason, movedWarning } from './moved-tag.ts';
import { moveTo, withDoubt } from './moves.ts';

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

export function applySelection(about: Case, selection: Selection, listing: Listing, found: Found): Decision {
  const { image, from } = about;
  const { listed, drops, doubt: datesDoubted } = listing;
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
  const to = withVersion(image.ref, { tag, digest: found.digest });
  if (found.moved !== undefined && image.onMovedTag === 'hold')
    return withheld(
      image,
      { wanted: to, ...optionalProperty('at', from), reason: movedReason(found.moved) },
      trace,
    );
  const standing = standingAt(about, to, found);
  if (standing !== undefined) {
    const told = found.moved === undefined ? undefined : movedWarning(found.moved, image);
    return { ...identity(image), trace: withDoubt(trace, told), kind: 'current', image, at: standing };
  }
  return moveTo(about, to, listing, trace);
}

/** What stays, where the choice is what runs already, or is not to be followed. */
function standingAt({ image, from }: Case, to: ImageRef, { moved }: Found): ImageRef | undefined {
  if (from === undefined || renames(image, from)) return undefined;
  const isPinned = writesDigest(image);
  if (from.tag === to.tag) {
    const stays =
      moved === undefined
        ? !isPinned || from.digest === to.digest
        : !isPinned || image.onMovedTag !== 'follow';
    return stays && !leavesDigest(image, from) ? withVersion(image.ref, from) : undefined;
  }
  const isSame =
    isPinned && from.digest === to.digest && (from.tag === undefined || image.format === 'digest');
  return isSame ? to : undefined;
}

/** WF-06: in most charts the digest wins, so beside a tag that alone is written none may stay. */
function leavesDigest({ format, helm }: TrackedImage, from: ImageRef): boolean {
  return format === 'tag' && helm.digest !== undefined && from.digest !== undefined;
}

function addUnreadable(drops: Drops, { unparsed, leftOut = new Map() }: Selection): void {
  for (const tag of unparsed) drops.add('not a version', tag);
  for (const [rule, tags] of leftOut) for (const tag of tags) drops.add(rule, tag);
}
