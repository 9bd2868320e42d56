/** Lists of tags: what passes the filters goes on as candidates. */
import { inPieces } from '../base/pieces.ts';
import { datesDoubt } from '../strategy/doubt.ts';
import { Drops } from '../version/trace.ts';
import type { Case, Steps } from './case.ts';
import { decideCandidates } from './choose.ts';
import type { Decision } from './decision.ts';
import type { Answer } from './needs.ts';

export function* decideListed(about: Case, tags: Extract<Answer, { kind: 'tags' }>['tags']): Steps<Decision> {
  const drops = new Drops(about.tracedTags);
  const candidates: { readonly tag: string }[] = [];
  let isListed = false;
  yield* inPieces(tags, (tag) => {
    if (tag === about.from?.tag) isListed = true;
    const droppedBy = about.rule(tag);
    if (droppedBy === undefined) candidates.push({ tag });
    else drops.add(droppedBy, tag);
  });
  return yield* decideCandidates(about, candidates, { listed: tags.length, isListed, drops });
}

export function* decideDated(about: Case, answer: Extract<Answer, { kind: 'dated-tags' }>): Steps<Decision> {
  const drops = new Drops(about.tracedTags);
  for (const { tag, reason } of answer.dropped) drops.add(reason, tag);
  const doubt = answer.doubt ?? (answer.isPositional === true ? undefined : datesDoubt(answer.tags));
  const isListed = answer.lost?.includes(about.from?.tag ?? '') !== true;
  const listing = { listed: answer.listed, isListed, drops, doubt };
  return yield* decideCandidates(about, answer.tags, listing);
}
