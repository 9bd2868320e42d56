/**
 * Configuration + live version + answer -> exactly one decision per image. Deciding is a generator: it yields where it
 * may rest, and a candidate about which something has still to be found out. Nothing here asks anybody.
 */
import type { TrackedImage } from '../config/annotations.ts';
import { withVersion } from '../image/image.ts';
import type { KnownVersion } from './live.ts';
import { withOthers } from './others.ts';
import type { Answer } from './needs.ts';
import type { Outcome } from '../base/outcome.ts';
import { concluded } from '../base/pieces.ts';
import { type Case, renames, type Steps } from './case.ts';
import { decideDated, decideListed } from './listed.ts';
import { type Decision, failedDecision, identity, skipped, stays, update } from './decision.ts';
import type { TagRule } from '../version/tag-rule.ts';
import type { Trace } from '../version/trace.ts';

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
  wishes: Pick<Case, 'tracedTags' | 'keepsCandidates' | 'recorded'> = {},
): Steps<Decision> {
  if (live.kind === 'not-live') return skipped(image, 'not-live', live.message);
  if (live.kind === 'unreadable') return failedDecision(image, live.failure);
  const from = live.kind === 'unversioned' ? undefined : live.ref;
  if (!answer.ok) return failedDecision(image, answer.failure, from);
  const decision = yield* decideFrom({ image, from, rule, ...wishes }, answer.value);
  if (live.kind === 'unversioned' || live.others === undefined) return decision;
  return withOthers(decision, live.others);
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
