/** Configuration + live version + answer -> exactly one decision per image. */
import type { TrackedImage } from './config/annotations.ts';
import { datesDoubt } from './version/doubt.ts';
import { compileFilter, isSignatureTag, type TagFilter } from './version/filter.ts';
import { type ImageRef, sameImage, withVersion } from './image/image.ts';
import type { LiveVersion } from './live.ts';
import { meansVersion } from './edit/manifests/rewrite.ts';
import type { Answer } from './needs.ts';
import { optionalProperty } from './base/optional-property.ts';
import type { Failure, Outcome } from './base/outcome.ts';
import { type Candidate, type Selection, selectTag } from './version/strategy.ts';
import { Drops, nothingLeft, type Trace } from './version/trace.ts';

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
  | 'no-candidate'; // nothing to choose, and nothing known that could be kept

export type Decision = DecidedImage &
  (
    | {
        readonly kind: 'update';
        readonly image: TrackedImage;
        readonly from?: ImageRef;
        readonly to: ImageRef;
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

/** Decides one image. `answer` belongs to the need of this image. */
export function decideImage(
  image: TrackedImage,
  live: LiveVersion,
  answer: Outcome<Answer>,
  rule: TagRule,
): Decision {
  if (live.kind === 'not-live') return skipped(image, 'not-live', live.message);
  if (live.kind === 'unreadable') return failedDecision(image, live.failure);
  if (!answer.ok) return failedDecision(image, answer.failure);
  if (live.kind === 'unversioned') return decideFrom(image, undefined, answer.value, rule);
  const decision = decideFrom(image, live.ref, answer.value, rule);
  return live.others === undefined ? decision : withOthers(decision, live.others);
}

function decideFrom(
  image: TrackedImage,
  from: ImageRef | undefined,
  answer: Answer,
  rule: TagRule,
): Decision {
  switch (answer.kind) {
    case 'digest':
      return decideDigest(image, from, answer, rule);
    case 'tags':
      return decideListed(image, from, answer.tags, rule);
    case 'dated-tags':
      return decideDated(image, from, answer);
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

function decideDigest(
  image: TrackedImage,
  from: ImageRef | undefined,
  answer: Extract<Answer, { kind: 'digest' }>,
  rule: TagRule,
): Decision {
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

function decideListed(
  image: TrackedImage,
  from: ImageRef | undefined,
  tags: readonly string[],
  rule: TagRule,
): Decision {
  const drops = new Drops();
  const candidates: Candidate[] = [];
  for (const tag of tags) {
    const droppedBy = rule(tag);
    if (droppedBy === undefined) candidates.push({ tag });
    else drops.add(droppedBy, tag);
  }
  return decideCandidates(image, from, candidates, { listed: tags.length, drops });
}

function decideDated(
  image: TrackedImage,
  from: ImageRef | undefined,
  answer: Extract<Answer, { kind: 'dated-tags' }>,
): Decision {
  const drops = new Drops();
  for (const { tag, reason } of answer.dropped) drops.add(reason, tag);
  const doubt = answer.isPositional === true ? undefined : datesDoubt(answer.tags);
  return decideCandidates(image, from, answer.tags, { listed: answer.listed, drops, doubt });
}

/** What is known about the candidates before one of them is selected. */
interface Listing {
  readonly listed: number;
  readonly drops: Drops;
  readonly doubt?: string | undefined;
}

function decideCandidates(
  image: TrackedImage,
  from: ImageRef | undefined,
  candidates: readonly Candidate[],
  listing: Listing,
): Decision {
  const selected = selectTag(image.strategy, candidates, from);
  if (selected.ok) return applySelection(image, from, selected.value, listing);
  const { listed, drops } = listing;
  return { ...failedDecision(image, selected.failure), trace: { listed, dropped: drops.list() } };
}

function applySelection(
  image: TrackedImage,
  from: ImageRef | undefined,
  selection: Selection,
  { listed, drops, doubt: datesDoubted }: Listing,
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
  if (from?.tag === selection.tag && !renames(image, from)) {
    const at = withVersion(image.ref, from);
    return { ...identity(image), trace, kind: 'current', image, at };
  }
  return update(image, from, withVersion(image.ref, { tag: selection.tag }), trace);
}

/** U-10: under a kustomize name the running image may be another one of the same version. */
function renames(image: TrackedImage, from: ImageRef): boolean {
  return image.kustomizeName !== undefined && !sameImage(from, image.ref);
}

function update(image: TrackedImage, from: ImageRef | undefined, to: ImageRef, trace: Trace): Decision {
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
