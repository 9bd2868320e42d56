/** One candidate of many: selected by the strategy, judged, and never a step back by accident. */
import type { TrackedImage } from '../config/annotations.ts';
import { type ImageRef, sameImage, withVersion } from '../image/image.ts';
import { optionalProperty } from '../base/optional-property.ts';
import { configFailure } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { type Decision, failedDecision, identity, skipped, stays, update } from './decision.ts';
import { isStepBack, isWithinConstraint, keptMessage } from './downgrade.ts';
import { newerThan } from '../policy/stage/candidates.ts';
import { type Candidate, type Selection, selecting } from '../strategy/strategy.ts';
import type { TagRule } from '../version/tag-rule.ts';
import { type Drops, droppedText, nothingLeft, type Trace } from '../version/trace.ts';
import { parseVersion } from '../version/version.ts';

/** A place to rest, or a candidate to be judged: the answer is why it is refused, or undefined. */
export type Step = undefined | { readonly candidate: ImageRef };
export type Steps<Result> = Generator<Step, Result, string | undefined>;

/** Candidates that may be refused before the image stays as it is. */
const maxRefused = 10;

/** What a decision is about, whatever the answer. */
export interface Case {
  readonly image: TrackedImage;
  readonly from: ImageRef | undefined;
  readonly rule: TagRule;
  /** Tags of each rule that the trace names; absent: a few. */
  readonly tracedTags?: number | undefined;
  /** An update comes with what lies between it and what runs: policies may fall back to that. */
  readonly keepsCandidates?: boolean | undefined;
}

/** What is known about the candidates before one of them is selected. */
interface Listing {
  readonly listed: number;
  /** False where the registry lost the running tag; among dated tags only if it was newer than all others. */
  readonly isListed: boolean;
  readonly drops: Drops;
  readonly doubt?: string | undefined;
}

/** Selects, has the choice judged, and selects again among the others if it is refused. */
export function* decideCandidates(
  about: Case,
  candidates: readonly Candidate[],
  listing: Listing,
): Steps<Decision> {
  const { image, from } = about;
  const stranger = strangeTag(image, from);
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
    const reason = selection.kind === 'chosen' ? yield* judge(about, selection.tag) : undefined;
    if (reason === undefined || selection.kind !== 'chosen') {
      const decision = applySelection(about, selection, listing);
      return about.keepsCandidates === true ? yield* withCandidates(decision, left) : decision;
    }
    drops.add(`verify-platform (${reason})`, selection.tag);
    if (refused + 1 === maxRefused) return allRefused(about, listing);
    left = left.filter(({ tag }) => tag !== selection.tag);
  }
}

/** Where the choice goes back, or nothing tells what is newer, there is nothing to fall back to. */
function* withCandidates(decision: Decision, left: readonly Candidate[]): Steps<Decision> {
  if (decision.kind !== 'update') return decision;
  const { image, from, to, direction } = decision;
  const tag = to.tag ?? '';
  const choice = left.find((candidate) => candidate.tag === tag) ?? { tag };
  const newer =
    direction === 'down' || from?.tag === undefined ? [] : yield* newerThan(from.tag, image, left);
  return { ...decision, candidates: [choice, ...newer.filter((candidate) => candidate.tag !== tag)] };
}

/** Why the candidate is refused. What runs already is not judged: nothing would be written. */
function* judge({ image, from }: Case, tag: string): Steps<string | undefined> {
  if (!image.verifyPlatform || (from?.tag === tag && !renames(image, from))) return undefined;
  return yield { candidate: withVersion(image.ref, { tag }) };
}

function allRefused({ image, from }: Case, { listed, drops }: Listing): Decision {
  const trace = { listed, dropped: drops.list() };
  const refusals = trace.dropped.filter(({ rule }) => rule.startsWith('verify-platform'));
  const message = `verify-platform refused the ${maxRefused} newest candidates: ${droppedText(refusals)}`;
  return stays(image, from, trace, message);
}

/** The running tag, where strategy semver cannot read it. */
function strangeTag({ strategy }: TrackedImage, from: ImageRef | undefined): string | undefined {
  if (strategy.kind !== 'semver' || from?.tag === undefined || from.tag === '') return undefined;
  return parseVersion(from.tag) === undefined ? from.tag : undefined;
}

/** Without a constraint nothing says that a version is meant at all. */
function noVersion(
  { image, from }: Case,
  running: string,
  selection: Selection,
  { listed, drops }: Listing,
): Decision {
  for (const tag of selection.unparsed) drops.add('not a version', tag);
  const trace = { listed, dropped: drops.list() };
  const message = `running tag ${quoted(running)} is no version, for versions have three numbers: give a constraint in image-list, such as >=0; or choose update-strategy newest-build, or alphabetical with allow-tags`;
  if (selection.kind === 'none-left') return stays(image, from, trace, message);
  return { ...failedDecision(image, configFailure(message)), trace };
}

function applySelection(
  { image, from, rule }: Case,
  selection: Selection,
  { listed, isListed, drops, doubt: datesDoubted }: Listing,
): Decision {
  for (const tag of selection.unparsed) drops.add('not a version', tag);
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
  if (isBack && !isListed && !image.allowsDowngrade && admits(image, rule, from.tag ?? '')) {
    return { ...skipped(image, 'kept', keptMessage(from.tag ?? '', tag)), trace };
  }
  const moved = update(image, from, withVersion(image.ref, { tag }), trace);
  return isBack ? { ...moved, direction: 'down' } : moved;
}

/** True if the rules would take the tag if it were listed. */
function admits(image: TrackedImage, rule: TagRule, tag: string): boolean {
  return rule(tag) === undefined && isWithinConstraint(image, tag);
}

/** U-10: under a kustomize name the running image may be another one of the same version. */
export function renames(image: TrackedImage, from: ImageRef): boolean {
  return image.kustomizeName !== undefined && !sameImage(from, image.ref);
}
