/** Strategy newest-build: the tag whose image was built last. */
import { optionalProperty } from '../base/optional-property.ts';
import { inPieces } from '../base/pieces.ts';
import type { DatedTag } from '../version/build-date.ts';
import { compareInstants } from '../version/instant.ts';
import { tieDoubt } from './doubt.ts';
import { type Candidate, chooseLast, compareTags, type Selection } from './selection.ts';

export function* selectNewestBuild(
  candidates: readonly Candidate[],
  currentTag: string | undefined,
): Generator<undefined, Selection> {
  const undated: string[] = [];
  let tied: DatedTag[] = [];
  yield* inPieces(candidates, ({ tag, created, digest }) => {
    if (created === undefined) return void undated.push(tag);
    const dated = { tag, created, ...optionalProperty('digest', digest) };
    const difference = tied[0] === undefined ? 1 : compareInstants(created, tied[0].created);
    if (difference > 0) tied = [dated];
    else if (difference === 0) tied.push(dated);
  });
  const last = chooseLast(tied, compareTags, undated);
  return last.kind === 'chosen' ? { ...last, ...settleTie(tied, last.tag, currentTag) } : last;
}

/** Different images of one date: what runs stays, and where none of them runs the text decides, with a doubt. */
function settleTie(
  tied: readonly DatedTag[],
  last: string,
  currentTag: string | undefined,
): { readonly tag?: string; readonly tie?: string; readonly doubt?: string } {
  const digests = new Set(tied.map(({ digest }) => digest).filter((digest) => digest !== undefined));
  if (digests.size < 2 || currentTag === last) return {};
  const tie = tieDoubt(tied, digests.size);
  const digestOf = (tag: string) => tied.find((each) => each.tag === tag)?.digest;
  const running = currentTag === undefined ? undefined : digestOf(currentTag);
  if (currentTag === undefined || running === undefined) return { doubt: tie };
  return running === digestOf(last) ? {} : { tag: currentTag, tie };
}
