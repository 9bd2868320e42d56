/** Plain manifests hold an image many times: it is current only if all of its references are. */
import { writtenVersion } from '../edit/decided-version.ts';
import { meansVersion } from '../edit/manifests/rewrite.ts';
import { type ImageRef, withVersion } from '../image/image.ts';
import { type Decision, skipped, update } from './decision.ts';
import { writesDigest } from './look.ts';

/** What the first reference of plain manifests has already, the others may still need. */
export function withOthers(decision: Decision, others: readonly ImageRef[]): Decision {
  if (decision.kind !== 'current') return decision;
  const { image, at, noChoice } = decision;
  // Who follows a tag leaves it to each reference whether it is pinned to a digest too.
  const isPinned = image.strategy.kind === 'digest' || at.tag === undefined || writesDigest(image);
  const to = isPinned ? at : withVersion(image.ref, { tag: at.tag });
  const wanted = writtenVersion({ image, to });
  const stale = others.find((other) => !meansVersion(other, wanted));
  if (stale === undefined) return { ...decision, at: to };
  if (noChoice !== undefined) return { ...skipped(image, 'no-candidate', noChoice), trace: decision.trace };
  return update(image, stale, to, decision.trace);
}
