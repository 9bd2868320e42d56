/** Promotions that go round in a circle. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { circlesOf } from '../../../../src/core/policy/read/circles.ts';
import { type Promotion, promotionCycles } from '../../../../src/core/policy/read/promotion-cycles.ts';
import { parsePromoteFrom } from '../../../../src/core/policy/words/order-words.ts';

/** `a/web` of repository `web` promotes from `sources`. */
function promotion(name: string, alias: string, sources: string, repository = alias): Promotion {
  const read = parsePromoteFrom(sources);
  return { namespace: 'argocd', name, alias, repository, sources: read.ok ? read.value : [] };
}

describe('promotion cycles', () => {
  it.each([
    [
      'HE-16 two that wait for one another',
      [promotion('a', 'web', 'argocd/b'), promotion('b', 'web', 'argocd/a')],
      { a: 'argocd/a/web, argocd/b/web, argocd/a/web', b: 'argocd/a/web, argocd/b/web, argocd/a/web' },
    ],
    [
      'one that waits for itself',
      [promotion('a', 'web', 'argocd/a/web')],
      { a: 'argocd/a/web, argocd/a/web' },
    ],
    [
      'a chain',
      [promotion('a', 'web', 'argocd/b'), promotion('b', 'web', 'argocd/c'), promotion('c', 'web', '')],
      {},
    ],
    [
      'other images of the same Applications',
      [promotion('a', 'web', 'argocd/b'), promotion('b', 'api', 'argocd/a')],
      {},
    ],
    [
      'one that waits for a circle is not in it',
      [
        promotion('c', 'web', 'argocd/a'),
        promotion('a', 'web', 'argocd/b'),
        promotion('b', 'web', 'argocd/a'),
      ],
      { a: expect.any(String) as string, b: expect.any(String) as string },
    ],
    [
      'an alias, whatever its repository',
      [promotion('a', 'web', 'argocd/b/dev'), promotion('b', 'dev', 'argocd/a/web')],
      { a: expect.any(String) as string, b: expect.any(String) as string },
    ],
    ['a source that nobody tracks', [promotion('a', 'web', 'argocd/gone')], {}],
  ])('%s', (_, promotions, expected) => {
    const found = [...promotionCycles(promotions)].map(([{ name }, path]) => [name, path]);

    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('a circle of thousands is found, and told in short', () => {
    const promotions = Array.from({ length: 5_000 }, (_, index) =>
      promotion(`a${index}`, 'web', `argocd/a${(index + 1) % 5_000}`),
    );
    const cycles = promotionCycles(promotions);

    expect(cycles.size).toBe(5_000);
    expect([...cycles.values()][0]?.length).toBeLessThan(200);
  });
});

describe('circles of a graph', () => {
  it('are the nodes that reach themselves, by those that they reach', () => {
    const graph = fc.array(fc.array(fc.nat({ max: 7 }), { maxLength: 3 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(graph, (edges) => {
        const next = (node: number) => edges[node] ?? [];
        const reach = (node: number): Set<number> => {
          const seen = new Set(next(node));
          for (const reached of seen) for (const more of next(reached)) seen.add(more);
          return seen;
        };
        const nodes = edges.map((_, node) => node);
        const expected = nodes
          .filter((node) => reach(node).has(node))
          .map((node) => nodes.filter((other) => reach(node).has(other) && reach(other).has(node)).join());
        const found = circlesOf(nodes, next).map((circle) => circle.toSorted((a, b) => a - b).join());
        expect(found.toSorted()).toEqual([...new Set(expected)].toSorted());
      }),
    );
  });
});
