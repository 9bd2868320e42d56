/** Promotions that wait for one another: none of them could ever begin (HE-16). */
import { circlesOf } from './circles.ts';
import type { PromotionSource } from '../settings.ts';
import { promotionSourceText } from '../words/order-words.ts';

/** An image of an Application, and where its versions have to be proven first. */
export interface Promotion {
  readonly namespace: string;
  readonly name: string;
  readonly alias: string;
  /** Canonical: a source without alias stands for the images of the same repository. */
  readonly repository: string;
  readonly sources: readonly PromotionSource[];
}

const shownPath = 10;

/**
 * For each promotion of a circle a way round, `argocd/a/web, argocd/b/web, argocd/a/web`; one that only waits for some
 * of a circle is not in it.
 */
export function promotionCycles(promotions: readonly Promotion[]): ReadonlyMap<Promotion, string> {
  const named = Map.groupBy(promotions, ({ namespace, name }) => `${namespace}/${name}`);
  const next = (promotion: Promotion): readonly Promotion[] =>
    promotion.sources.flatMap((source) =>
      (named.get(`${source.namespace}/${source.name}`) ?? []).filter(({ alias, repository }) =>
        source.alias === undefined ? repository === promotion.repository : alias === source.alias,
      ),
    );
  const cycles = new Map<Promotion, string>();
  for (const circle of circlesOf(promotions, next)) {
    const path = wayRound(new Set(circle), next);
    for (const member of circle) cycles.set(member, path);
  }
  return cycles;
}

/** A shortest way from a member of a circle back to itself. */
function wayRound(
  members: ReadonlySet<Promotion>,
  next: (promotion: Promotion) => readonly Promotion[],
): string {
  const [start] = members;
  if (start === undefined) return '';
  const cameFrom = new Map<Promotion, Promotion>();
  const queue = [start];
  for (const current of queue) {
    for (const following of next(current)) {
      if (following === start) return pathText([...pathTo(current, cameFrom), start]);
      if (!members.has(following) || cameFrom.has(following)) continue;
      cameFrom.set(following, current);
      queue.push(following);
    }
  }
  return pathText([start]);
}

function pathTo(end: Promotion, cameFrom: ReadonlyMap<Promotion, Promotion>): readonly Promotion[] {
  const path = [end];
  for (let at = cameFrom.get(end); at !== undefined; at = cameFrom.get(at)) path.push(at);
  return path.toReversed();
}

function pathText(path: readonly Promotion[]): string {
  const names = path.map(({ namespace, name, alias }) =>
    promotionSourceText({ namespace, name, ...(alias === '' ? {} : { alias }) }),
  );
  if (names.length <= shownPath) return names.join(', ');
  return [...names.slice(0, shownPath - 1), `${names.length - shownPath} more`, names.at(-1)].join(', ');
}
