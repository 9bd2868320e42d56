import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Chain, pushChains } from '../../../../src/app/write/branch/push-chains.ts';
import type { Failure } from '../../../../src/core/base/outcome.ts';
import type { PushRequest } from '../../../../src/ports/git.ts';
import { generatedRuns } from '../../../generated-runs.ts';

function refusal(branch: string): Failure {
  return { kind: 'git', code: 'rejected', repo: 'r', branch, message: `${branch} declined` };
}

/** A server that refuses some commits, of one branch or for the push as a whole, and what it has been asked. */
function aServer(bad: ReadonlySet<string>, chains: readonly Chain[], refuses: 'branch' | 'push') {
  const heads = new Map(chains.map(({ branch, expected }) => [branch, expected]));
  const pushes: (readonly PushRequest[])[] = [];
  const news = ({ branch, commit }: PushRequest): readonly string[] => {
    const { commits = [] } = chains.find((chain) => chain.branch === branch) ?? {};
    return commits.slice(commits.indexOf(heads.get(branch) ?? '') + 1, commits.indexOf(commit) + 1);
  };
  const push = (requests: readonly PushRequest[]): Promise<readonly (Failure | undefined)[]> => {
    pushes.push(requests);
    for (const { branch, expected } of requests) expect(expected).toBe(heads.get(branch));
    const refused = requests.map((request) => news(request).some((commit) => bad.has(commit)));
    const all = refuses === 'push' && refused.includes(true);
    return Promise.resolve(
      requests.map(({ branch, commit }, i) => {
        if (all || refused[i] === true) return refusal(branch);
        heads.set(branch, commit);
        return undefined;
      }),
    );
  };
  return { pushes, heads, push };
}

function aChain(branch: string, length: number): Chain {
  const commits = Array.from({ length }, (_, i) => `${branch}${i}`);
  return { branch, expected: 'start', force: true, commits };
}

/** Pushes until nothing is left, building anew without each refused commit, as rounds do. */
async function pushAll(chains: readonly Chain[], bad: ReadonlySet<string>, refuses: 'branch' | 'push') {
  const refused: string[] = [];
  let landed = 0;
  let left = chains;
  let pushes = 0;
  while (left.some(({ commits }) => commits.length > 0)) {
    const server = aServer(bad, left, refuses);
    const results = await pushChains(left, server.push);
    pushes += server.pushes.length;
    left = left.map((chain, i) => {
      const result = results[i] ?? { landed: 0 };
      landed += result.landed;
      if (result.refused !== undefined) refused.push(chain.commits[result.landed] ?? '');
      const done = result.landed + (result.refused === undefined ? 0 : 1);
      return { ...chain, commits: chain.commits.slice(done) };
    });
  }
  return { refused, landed, pushes };
}

describe('chains of commits', () => {
  it('need one push where the server takes them', async () => {
    const chains = [aChain('a', 3), aChain('b', 2)];
    const server = aServer(new Set(), chains, 'branch');

    expect(await pushChains(chains, server.push)).toEqual([{ landed: 3 }, { landed: 2 }]);
    expect(server.pushes).toHaveLength(1);
    expect(server.pushes[0]?.every(({ force }) => force)).toBe(true);
  });

  it('fault A4: one refused commit of n costs at most log2(n) + 2 pushes more, wherever it stands', async () => {
    for (let n = 1; n <= 40; n += 1) {
      for (let at = 0; at < n; at += 1) {
        const { refused, landed, pushes } = await pushAll([aChain('a', n)], new Set([`a${at}`]), 'branch');
        expect(refused).toEqual([`a${at}`]);
        expect(landed).toBe(n - 1);
        expect(pushes - 1).toBeLessThanOrEqual(Math.log2(n) + 2);
      }
    }
  });

  it('fault A4: whatever is refused, on however many branches, the others land, and nobody else is blamed', async () => {
    const some = fc.record({
      lengths: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 }),
      bad: fc.array(fc.tuple(fc.nat(3), fc.nat(8)), { maxLength: 6 }),
      refuses: fc.constantFrom('branch' as const, 'push' as const),
    });
    await fc.assert(
      fc.asyncProperty(some, async ({ lengths, bad: places, refuses }) => {
        const chains = lengths.map((length, i) => aChain('abcd'.charAt(i), length));
        const all = new Set(chains.flatMap(({ commits }) => commits));
        const bad = new Set(places.map(([chain, at]) => `${'abcd'.charAt(chain)}${at}`));
        const wrong = [...bad].filter((commit) => all.has(commit));

        const { refused, landed, pushes } = await pushAll(chains, bad, refuses);

        expect(refused.toSorted()).toEqual(wrong.toSorted());
        expect(landed).toBe(all.size - wrong.length);
        expect(pushes).toBeLessThanOrEqual(1 + wrong.length * (Math.log2(Math.max(1, all.size)) + 2));
      }),
      { numRuns: generatedRuns(300) },
    );
  });

  it('are left where a race or the network stops them, and what landed before is told', async () => {
    const chain = aChain('a', 4);
    let pushes = 0;
    const race: Failure = { kind: 'git', code: 'race', repo: 'r', message: 'moved' };
    const results = await pushChains([chain], () => {
      pushes += 1;
      return Promise.resolve([[refusal('a'), undefined, race][pushes - 1]]);
    });

    expect(results).toEqual([{ landed: 2, stopped: race }]);
    expect(pushes).toBe(3);
  });

  it('that are refused only together blame nobody', async () => {
    const chain = aChain('a', 5);
    let at = -1;
    const results = await pushChains([chain], ([request]) => {
      const to = chain.commits.indexOf(request?.commit ?? '');
      if (to - at > 2) return Promise.resolve([refusal('a')]);
      at = to;
      return Promise.resolve([undefined]);
    });

    expect(results).toEqual([{ landed: 5 }]);
  });
});
