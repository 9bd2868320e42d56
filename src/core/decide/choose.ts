/** One candidate of many: selected by the strategy, judged, and selected again where it is refused. */
import { optionalProperty } from '../base/optional-property.ts';
import { newerThan } from '../policy/stage/candidates.ts';
import { selecting } from '../strategy/selecting.ts';
import type { Candidate } from '../strategy/selection.ts';
import { variantLost } from '../strategy/wanted-variant.ts';
import { isStrange } from '../strategy/tag-order.ts';
import { Drops, droppedText } from '../version/trace.ts';
import type { Case, Listing, Steps } from './case.ts';
import { applySelection, noVersion } from './chosen.ts';
import { look } from './look.ts';
import { type Decision, failedDecision, stays } from './decision.ts';

/** Candidates that may be refused before the image stays as it is. */
const maxRefused = 10;

/** Selects, has the choice judged, and selects again among the others if it is refused. */
export function* decideCandidates(
  about: Case,
  candidates: readonly Candidate[],
  given: Listing,
): Steps<Decision> {
  const { image, from } = about;
  const refusals = new Drops();
  let listing = given;
  const stranger = strangeTag(about);
  const lost = stranger === undefined ? undefined : variantLost(image.strategy, stranger);
  if (lost !== undefined) return failedDecision(image, lost, from);
  let left = candidates;
  for (let refused = 0; ; refused += 1) {
    const selected = yield* selecting(image.strategy, left, stranger === undefined ? from : undefined);
    const { listed, drops } = listing;
    if (!selected.ok) {
      return { ...failedDecision(image, selected.failure), trace: { listed, dropped: drops.list() } };
    }
    const selection = selected.value;
    if (stranger !== undefined && image.constraintText === undefined && left.length > 0) {
      return noVersion(about, stranger, selection, listing);
    }
    const found = selection.kind === 'chosen' ? yield* look(about, selection.tag) : {};
    if (found.refusal === undefined || selection.kind !== 'chosen') {
      const decision = applySelection(about, selection, listing, found);
      return about.keepsCandidates === true ? yield* withCandidates(decision, left) : decision;
    }
    drops.add(found.refusal, selection.tag);
    refusals.add(found.refusal, selection.tag);
    if (refused + 1 === maxRefused) return allRefused(about, listing, refusals);
    if (selection.tag === from?.tag) listing = { ...listing, isListed: false };
    left = left.filter(({ tag }) => tag !== selection.tag);
  }
}

/** Where the choice goes back, or nothing tells what is newer, there is nothing to fall back to. */
function* withCandidates(decision: Decision, left: readonly Candidate[]): Steps<Decision> {
  if (decision.kind !== 'update') return decision;
  const { image, from, to, direction } = decision;
  const tag = to.tag ?? '';
  const listed = left.find((candidate) => candidate.tag === tag) ?? { tag };
  const choice = { ...listed, ...optionalProperty('digest', to.digest ?? listed.digest) };
  const newer =
    direction === 'down' || from?.tag === undefined ? [] : yield* newerThan(from.tag, image, left);
  return { ...decision, candidates: [choice, ...newer.filter((candidate) => candidate.tag !== tag)] };
}

function allRefused({ image, from }: Case, { listed, drops }: Listing, refusals: Drops): Decision {
  const trace = { listed, dropped: drops.list() };
  const rules = refusals.list();
  const isByPlatform = rules.every(({ rule }) => rule.startsWith('verify-platform'));
  const fact = isByPlatform
    ? `verify-platform refused the ${maxRefused} newest candidates`
    : `the ${maxRefused} newest candidates cannot be taken`;
  const message = `${fact}: ${droppedText(rules)}`;
  return stays(image, from, trace, message);
}

/** The running tag, where strategy semver cannot read it. */
function strangeTag({ image, from }: Case): string | undefined {
  if (from?.tag === undefined || from.tag === '') return undefined;
  return isStrange(image.strategy, from.tag) ? from.tag : undefined;
}
