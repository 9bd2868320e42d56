/**
 * Configuration + live version + answer -> exactly one decision per image. Deciding is a generator: it yields where it
 * may rest, and a candidate about which something has still to be found out. Nothing here asks anybody.
 */
import type { TrackedImage } from './config/annotations.ts';
import { datesDoubt } from './version/doubt.ts';
import { compileFilter, isSignatureTag, type TagFilter } from './version/filter.ts';
import { type ImageRef, sameImage, withVersion } from './image/image.ts';
import type { KnownVersion } from './live.ts';
import { meansVersion } from './edit/manifests/rewrite.ts';
import type { Answer } from './needs.ts';
import { optionalProperty } from './base/optional-property.ts';
import { configFailure, type Failure, type Outcome } from './base/outcome.ts';
import { concluded, inPieces } from './base/pieces.ts';
import { quoted } from './base/quoted.ts';
import { isStepBack, isWithinConstraint, keptMessage } from './downgrade.ts';
import { type Candidate, type Selection, selecting } from './version/strategy.ts';
import { Drops, droppedText, nothingLeft, type Trace } from './version/trace.ts';
import { parseVersion } from './version/version.ts';

/** Position and spelling of an image in image-list: its identity inside the application. */
export interface DecidedImage {
  readonly index: number;
  readonly alias: string;
  readonly entry: string;
  readonly trace: Trace;
}

export type SkipReason =
  | 'not-live' // no running image of that name in the application
  | 'unsatisfied' // there are versions, but none that the constraint admits (O-08)
  | 'kept' // the running version stays, for the registry lists it no more or nothing tells which is the newest
  | 'no-candidate'; // nothing to choose, and nothing known that could be kept

export type Decision = DecidedImage &
  (
    | {
        readonly kind: 'update';
        readonly image: TrackedImage;
        readonly from?: ImageRef;
        readonly to: ImageRef;
        /** Set where the new version is older than the running one. */
        readonly direction?: 'down';
      }
    | {
        readonly kind: 'current';
        readonly image: TrackedImage;
        readonly at: ImageRef;
        /** Set where no tag was left: it stays because there is no choice, which deserves a warning. */
        readonly noChoice?: string;
      }
    | { readonly kind: 'skipped'; readonly reason: SkipReason; readonly message: string }
    | { readonly kind: 'failed'; readonly failure: Failure }
  );

/** Rule that drops a tag, if any; `compileFilter` makes it, a cycle keeps it per filter. */
export type TagRule = (tag: string) => string | undefined;

/** Compiles a filter together with the rule that no signature is an image. */
export function tagRule(filter: TagFilter): Outcome<TagRule> {
  const compiled = compileFilter(filter);
  if (!compiled.ok) return compiled;
  return { ok: true, value: (tag) => (isSignatureTag(tag) ? 'signature' : compiled.value(tag)) };
}

/** A decision that needs no answer, as for an entry that cannot be read. */
export function failedDecision(image: Omit<DecidedImage, 'trace'>, failure: Failure): Decision {
  const { index, alias, entry } = image;
  return { index, alias, entry, trace: { dropped: [] }, kind: 'failed', failure };
}

/** A place to rest, or a candidate to be judged: the answer is why it is refused, or undefined. */
export type Step = undefined | { readonly candidate: ImageRef };
type Steps<Result> = Generator<Step, Result, string | undefined>;

/** Candidates that may be refused before the image stays as it is. */
const maxRefused = 10;

/** Decides one image at once, where no candidate has to be judged. */
export function decideImage(
  image: TrackedImage,
  live: KnownVersion,
  answer: Outcome<Answer>,
  rule: TagRule,
): Decision {
  return concluded(deciding(image, live, answer, rule));
}

/** Decides one image. `answer` belongs to the need of this image. */
export function* deciding(
  image: TrackedImage,
  live: KnownVersion,
  answer: Outcome<Answer>,
  rule: TagRule,
): Steps<Decision> {
  if (live.kind === 'not-live') return skipped(image, 'not-live', live.message);
  if (live.kind === 'unreadable') return failedDecision(image, live.failure);
  if (!answer.ok) return failedDecision(image, answer.failure);
  const from = live.kind === 'unversioned' ? undefined : live.ref;
  const decision = yield* decideFrom({ image, from, rule }, answer.value);
  if (live.kind === 'unversioned' || live.others === undefined) return decision;
  return withOthers(decision, live.others);
}

/** What a decision is about, whatever the answer. */
interface Case {
  readonly image: TrackedImage;
  readonly from: ImageRef | undefined;
  readonly rule: TagRule;
}

function* decideFrom(about: Case, answer: Answer): Steps<Decision> {
  switch (answer.kind) {
    case 'digest':
      return decideDigest(about, answer);
    case 'tags':
      return yield* decideListed(about, answer.tags);
    case 'dated-tags':
      return yield* decideDated(about, answer);
    case 'labels':
      throw new Error('labels decide nothing');
  }
}

/** What the first reference of plain manifests has already, the others may still need. */
function withOthers(decision: Decision, others: readonly ImageRef[]): Decision {
  if (decision.kind !== 'current') return decision;
  const { image, at, noChoice } = decision;
  // Who follows a tag leaves it to each reference whether it is pinned to a digest too.
  const to =
    image.strategy.kind === 'digest' || at.tag === undefined ? at : withVersion(image.ref, { tag: at.tag });
  const stale = others.find((other) => !meansVersion(other, to));
  if (stale === undefined) return { ...decision, at: to };
  if (noChoice !== undefined) return { ...skipped(image, 'no-candidate', noChoice), trace: decision.trace };
  return update(image, stale, to, decision.trace);
}

function decideDigest({ image, from, rule }: Case, answer: Extract<Answer, { kind: 'digest' }>): Decision {
  const { strategy } = image;
  if (strategy.kind !== 'digest') throw new Error('a digest answers the digest strategy only');
  const trace: Trace = { dropped: [] };
  const blockedBy = rule(strategy.tag);
  if (blockedBy !== undefined) {
    return stays(image, from, trace, `${blockedBy} does not admit the followed tag ${strategy.tag}`);
  }
  if (answer.digest === null) {
    return stays(image, from, trace, answer.reason ?? `tag ${strategy.tag} does not exist`);
  }
  const to = withVersion(image.ref, { tag: strategy.tag, digest: answer.digest });
  if (from?.digest === answer.digest && !renames(image, from)) {
    // The running reference may have lost its tag: the followed one stands for it.
    const at = withVersion(image.ref, { tag: from.tag ?? strategy.tag, digest: answer.digest });
    return { ...identity(image), trace, kind: 'current', image, at };
  }
  return update(image, from, to, trace);
}

function* decideListed(about: Case, tags: readonly string[]): Steps<Decision> {
  const drops = new Drops();
  const candidates: Candidate[] = [];
  let isListed = false;
  yield* inPieces(tags, (tag) => {
    if (tag === about.from?.tag) isListed = true;
    const droppedBy = about.rule(tag);
    if (droppedBy === undefined) candidates.push({ tag });
    else drops.add(droppedBy, tag);
  });
  return yield* decideCandidates(about, candidates, { listed: tags.length, isListed, drops });
}

function* decideDated(about: Case, answer: Extract<Answer, { kind: 'dated-tags' }>): Steps<Decision> {
  const drops = new Drops();
  for (const { tag, reason } of answer.dropped) drops.add(reason, tag);
  const doubt = answer.doubt ?? (answer.isPositional === true ? undefined : datesDoubt(answer.tags));
  const isListed = answer.lost?.includes(about.from?.tag ?? '') !== true;
  const listing = { listed: answer.listed, isListed, drops, doubt };
  return yield* decideCandidates(about, answer.tags, listing);
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
function* decideCandidates(about: Case, candidates: readonly Candidate[], listing: Listing): Steps<Decision> {
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
    if (reason === undefined || selection.kind !== 'chosen') return applySelection(about, selection, listing);
    drops.add(`verify-platform (${reason})`, selection.tag);
    if (refused + 1 === maxRefused) return allRefused(about, listing);
    left = left.filter(({ tag }) => tag !== selection.tag);
  }
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
function renames(image: TrackedImage, from: ImageRef): boolean {
  return image.kustomizeName !== undefined && !sameImage(from, image.ref);
}

function update(
  image: TrackedImage,
  from: ImageRef | undefined,
  to: ImageRef,
  trace: Trace,
): Extract<Decision, { kind: 'update' }> {
  return { ...identity(image), trace, kind: 'update', image, to, ...(from === undefined ? {} : { from }) };
}

function stays(image: TrackedImage, from: ImageRef | undefined, trace: Trace, message: string): Decision {
  if (from === undefined) return { ...skipped(image, 'no-candidate', message), trace };
  const at = withVersion(image.ref, from);
  return { ...identity(image), trace, kind: 'current', image, at, noChoice: message };
}

function skipped(image: TrackedImage, reason: SkipReason, message: string): Decision {
  return { ...identity(image), trace: { dropped: [] }, kind: 'skipped', reason, message };
}

function identity({ index, alias, entry }: TrackedImage): Pick<DecidedImage, 'index' | 'alias' | 'entry'> {
  return { index, alias, entry };
}
