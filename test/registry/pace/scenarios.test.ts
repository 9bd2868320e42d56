/** Days of registries with limits, played in no time. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Answer, ImageNeed } from '../../../src/core/decide/needs.ts';
import { Failed } from '../../../src/core/base/outcome.ts';
import { makeRegistry, type RegistryOptions } from '../../../src/registry/client.ts';
import {
  type Asked,
  makeBucket,
  makeMemoryRegistry,
  type MemoryReply,
  reply,
} from '../../fakes/memory-registry.ts';
import { makeVirtualClock } from '../../fakes/virtual-clock.ts';
import { aNeed, anEndpoint, datedQuery, secretsFrom, tagsQuery } from '../support.ts';

const endpoint = anEndpoint('https://registry.test');
const hourMs = 3_600_000;

type Result = Answer | Failed['failure'];

function play(options: Partial<RegistryOptions> = {}, latencyMs = 5) {
  const clock = makeVirtualClock();
  const registry = makeMemoryRegistry(clock, latencyMs);
  const client = makeRegistry({
    environment: {},
    clock,
    userAgent: 'tidewaiter/test',
    exchange: registry.exchange,
    ...options,
  });
  onTestFinished(() => client.close());
  /** One cycle's answers, all asked at once, given up after `budgetMs`. */
  const cycle = async (needs: readonly ImageNeed[], budgetMs?: number): Promise<readonly Result[]> => {
    const asking = client.openCycle(secretsFrom());
    const stop = new AbortController();
    const cancel =
      budgetMs === undefined ? undefined : clock.after(budgetMs, () => stop.abort(new Error('over')));
    const answers = needs.map((need) => asking.answer(need, stop.signal).catch(failureIn));
    const results = await clock.run(Promise.all(answers));
    cancel?.();
    return results;
  };
  return { clock, registry, cycle };
}

function failureIn(error: unknown): Failed['failure'] {
  if (error instanceof Failed) return error.failure;
  throw error;
}

const isAnswer = (result: Result): result is Answer => !('message' in result);
const messageOf = (result: Result | undefined): string =>
  result !== undefined && 'message' in result ? result.message : '';
const refused = (asked: readonly Asked[]): number => asked.filter(({ status }) => status === 429).length;
const counted = (asked: readonly Asked[]): readonly Asked[] =>
  asked.filter(({ method, url }) => method === 'GET' && url.pathname.includes('/manifests/'));
const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `acme/r${index}`);
const lists = (count: number): readonly ImageNeed[] =>
  names(count).map((name) => aNeed(endpoint, tagsQuery, name));

describe('a registry that lets a burst through, and then so many a second', () => {
  it.each([
    { burst: 2, perSecond: 30, latencyMs: 5, inMs: 3_000, most: 10 },
    { burst: 2, perSecond: 30, latencyMs: 80, inMs: 3_000, most: 10 },
    { burst: 1, perSecond: 30, latencyMs: 1, inMs: 3_000, most: 10 },
    { burst: 1, perSecond: 5, latencyMs: 5, inMs: 15_000, most: 15 },
    { burst: 3, perSecond: 1, latencyMs: 20, inMs: 60_000, most: 20 },
  ])(
    'fault R3b: $burst, then $perSecond a second after $latencyMs ms: 30 repositories are answered in $inMs ms, and the next cycle is not refused',
    async ({ burst, perSecond, latencyMs, inMs, most }) => {
      const { clock, registry, cycle } = play({}, latencyMs);
      for (const name of names(30)) registry.push(name, '1.0', {});
      const admits = makeBucket(burst, perSecond);
      registry.limit = ({ atMs }) => (admits(atMs) ? undefined : reply(429));

      const started = clock.monotonicMs();
      const first = await cycle(lists(30));
      const tookMs = clock.monotonicMs() - started;
      const refusedFirst = refused(registry.asked);
      await clock.pass(120_000);
      registry.asked.length = 0;
      const second = await cycle(lists(30));

      expect([first.filter(isAnswer).length, second.filter(isAnswer).length]).toEqual([30, 30]);
      expect(tookMs).toBeLessThanOrEqual(inMs);
      expect(refusedFirst).toBeLessThanOrEqual(most);
      expect(refused(registry.asked)).toBe(0);
    },
  );

  it('fault R3b: a repository that alone is refused slows no other', async () => {
    const { clock, registry, cycle } = play();
    for (const name of names(40)) registry.push(name, '1.0', {});
    registry.limit = ({ url }) => (url.pathname.includes('/acme/r7/') ? reply(429) : undefined);

    const results = await cycle(lists(40));

    expect(results.filter(isAnswer)).toHaveLength(39);
    expect(messageOf(results[7])).toContain('429 too many requests');
    expect(clock.monotonicMs()).toBeLessThan(10_000);
  });

  it('fault R3b: after an outage of nothing but refusals the old pace comes back', async () => {
    const { clock, registry, cycle } = play();
    for (const name of names(60)) registry.push(name, '1.0', {});
    registry.limit = () => reply(429);
    await cycle(lists(60));
    registry.limit = undefined;
    await clock.pass(120_000);

    const started = clock.monotonicMs();
    const results = await cycle(lists(60));

    expect(results.filter(isAnswer)).toHaveLength(60);
    expect(clock.monotonicMs() - started).toBeLessThan(30_000);
  });
});

/** Counts manifests by GET in windows that begin with the first of them. */
function quotaOf(
  limit: number,
  windowMs: number,
  more: (leftMs: number) => Record<string, string> = () => ({}),
) {
  let [used, startedMs] = [0, Number.NEGATIVE_INFINITY];
  return (asked: Asked): { readonly refusal?: MemoryReply; readonly headers: Record<string, string> } => {
    if (counted([asked]).length === 0) return { headers: {} };
    if (asked.atMs - startedMs >= windowMs) [used, startedMs] = [0, asked.atMs];
    used += 1;
    const w = `;w=${windowMs / 1_000}`;
    const headers = {
      'ratelimit-limit': `${limit}${w}`,
      'ratelimit-remaining': `${Math.max(limit - used, 0)}${w}`,
      ...more(windowMs - (asked.atMs - startedMs)),
    };
    return used > limit ? { refusal: reply(429, 'pull rate limit', headers), headers } : { headers };
  };
}

describe('a registry that counts manifests', () => {
  it('fault R3: 200 indexes at 100 requests per 6 h: it says what it takes, and asks no more than once a cycle', async () => {
    const { clock, registry, cycle } = play();
    for (let i = 0; i < 200; i += 1) {
      const created = new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString();
      registry.push('acme/api', `build-${i}`, { index: [{ created }] });
    }
    const quota = quotaOf(100, 6 * hourMs);
    let headers: Record<string, string> = {};
    registry.limit = (asked) => {
      const { refusal, headers: told } = quota(asked);
      headers = told;
      return refusal;
    };
    registry.headersOf = () => headers;
    const need = aNeed(endpoint, datedQuery);

    const [first] = await cycle([need]);
    expect(messageOf(first)).toMatch(/the quota of 100 requests in 6h is used up, retry in 6h/);
    expect(messageOf(first)).toMatch(/with a login/);
    expect(messageOf(first)).toMatch(/\d+ of 200 tags are dated; at this quota the others take about 1[89]h/);
    let cycles = 1;
    let mostRefused = refused(registry.asked);
    let result = first;
    while (result !== undefined && !isAnswer(result) && cycles < 1_000) {
      await clock.pass(120_000);
      const before = registry.asked.length;
      [result] = await cycle([need]);
      mostRefused = Math.max(mostRefused, refused(registry.asked.slice(before)));
      cycles += 1;
    }

    expect(result).toMatchObject({ kind: 'dated-tags' });
    expect(mostRefused).toBeLessThanOrEqual(1);
    expect(counted(registry.asked).filter(({ status }) => status === 200)).toHaveLength(400);
    expect(clock.monotonicMs()).toBeLessThan(18.5 * hourMs);
  });

  it('fault R3: a quota that is nearly used up is not overdrawn by requests side by side', async () => {
    const { registry, cycle } = play({}, 50);
    for (let i = 0; i < 30; i += 1) registry.push('acme/api', `b${i}`, { created: '2026-01-01T00:00:00Z' });
    const quota = quotaOf(20, 6 * hourMs);
    registry.limit = (asked) => quota(asked).refusal;
    registry.headersOf = () => ({});
    let headers: Record<string, string> = {};
    registry.limit = (asked) => {
      const { refusal, headers: told } = quota(asked);
      headers = told;
      return refusal;
    };
    registry.headersOf = () => headers;

    for (let i = 0; i < 4; i += 1) await cycle([aNeed(endpoint, datedQuery)]);

    expect(refused(registry.asked)).toBeLessThanOrEqual(3); // one probe in each cycle after the first
  });

  it.each<{ readonly name: string; readonly headers: Record<string, string>; readonly waitMs: number }>([
    {
      name: 'RateLimit-Reset',
      headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': '400' },
      waitMs: 400_000,
    },
    { name: 'RateLimit', headers: { ratelimit: '"default";r=0;t=400' }, waitMs: 400_000 },
    { name: 'X-Retry-After', headers: { 'x-retry-after': '400' }, waitMs: 400_000 },
    { name: 'Retry-After of a day', headers: { 'retry-after': '86400' }, waitMs: 86_400_000 },
    { name: 'a window', headers: { 'ratelimit-remaining': '0;w=21600' }, waitMs: 21_600_000 },
  ])('fault R3, fault R9: $name is waited for, whatever the wall clock does', async ({ headers, waitMs }) => {
    const { clock, registry, cycle } = play();
    for (const name of names(12)) registry.push(name, '1.0', { created: '2026-01-01T00:00:00Z' });
    let isUsedUp = true;
    registry.limit = (asked) =>
      isUsedUp && counted([asked]).length > 0 ? reply(429, '', headers) : undefined;
    const needs = names(12).map((name) => aNeed(endpoint, datedQuery, name));

    await cycle(needs);
    const atFirst = counted(registry.asked).length;
    clock.jump(-365 * 24 * hourMs);
    const again = await cycle(needs);
    const probes = counted(registry.asked).length - atFirst;
    isUsedUp = false;
    await clock.pass(waitMs);
    const after = await cycle(needs);

    expect(atFirst).toBeLessThanOrEqual(4);
    expect(probes).toBeLessThanOrEqual(1);
    expect(messageOf(again[5])).toMatch(/not asked, .*retry in \d+[smh]/);
    expect(after.filter(isAnswer)).toHaveLength(12);
  });

  it('fault R2: scarce manifests hold back no list, and end with their window', async () => {
    const { clock, registry, cycle } = play();
    for (const name of names(600)) registry.push(name, '1.0', { created: '2026-01-01T00:00:00Z' });
    registry.headersOf = (asked) =>
      counted([asked]).length > 0 ? { 'ratelimit-remaining': '4;w=21600' } : {};
    await cycle([aNeed(endpoint, datedQuery, 'acme/r0')]);

    const started = clock.monotonicMs();
    const results = await cycle(lists(600));

    expect(results.filter(isAnswer)).toHaveLength(600);
    expect(clock.monotonicMs() - started).toBeLessThan(2_000);
    registry.headersOf = undefined;
    await clock.pass(6 * hourMs);
    const dated = await cycle(names(50).map((name) => aNeed(endpoint, datedQuery, name)));
    expect(dated.filter(isAnswer)).toHaveLength(50);
  });

  it("fault R2: one account's quota holds back no other account", async () => {
    const { registry, cycle } = play({ environment: { A: 'a:1', B: 'b:2' } });
    for (const name of names(2)) registry.push(name, '1.0', { created: '2026-01-01T00:00:00Z' });
    const ofA = `Basic ${Buffer.from('a:1').toString('base64')}`;
    registry.limit = ({ authorization, method, url }) => {
      if (authorization === undefined) return reply(401, '', { 'www-authenticate': 'Basic realm="r"' });
      const isCounted = method === 'GET' && url.pathname.includes('/manifests/');
      return isCounted && authorization === ofA
        ? reply(429, '', { 'ratelimit-remaining': '0;w=21600' })
        : undefined;
    };
    const needs = ['A', 'B'].map((name, index) =>
      aNeed(endpoint, datedQuery, `acme/r${index}`, { kind: 'env', name }),
    );

    const [a, b] = await cycle(needs);

    expect(messageOf(a)).toContain('429');
    expect(messageOf(a)).not.toContain('with a login');
    expect(b).toMatchObject({ kind: 'dated-tags', tags: [{ tag: '1.0' }] });
  });

  it('fault R9: 403 with Retry-After is a pause, not a wrong password', async () => {
    const { clock, registry, cycle } = play();
    registry.push('acme/r0', '1.0', {});
    registry.limit = () => reply(403, 'secondary rate limit', { 'retry-after': '300' });
    for (let i = 0; i < 3; i += 1) {
      const [result] = await cycle(lists(1));
      expect(result).toMatchObject({ code: 'rate-limited' });
    }
    const asked = registry.asked.length;
    registry.limit = undefined;
    await clock.pass(300_000);
    const [result] = await cycle(lists(1));

    expect(asked).toBe(1);
    expect(result).toEqual({ kind: 'tags', tags: ['1.0'] });
  });
});

describe('many repositories of one registry', () => {
  it('fault R2: 2,000 at two a second, and no cycle longer than five minutes: none is for ever last', async () => {
    const slow = anEndpoint('https://registry.test', { limitPerSecond: 2 });
    const { registry, cycle } = play();
    for (const name of names(2_000)) registry.push(name, '1.0', {});
    const needs = names(2_000).map((name) => aNeed(slow, tagsQuery, name));
    const answered = new Map<string, number>();

    for (let i = 0; i < 4; i += 1) {
      const results = await cycle(needs, 300_000);
      for (const [index, result] of results.entries()) {
        if (isAnswer(result)) answered.set(`${index}`, (answered.get(`${index}`) ?? 0) + 1);
      }
    }

    expect(answered.size).toBe(2_000);
    expect(Math.max(...answered.values()) - Math.min(...answered.values())).toBeLessThanOrEqual(1);
  });

  it('fault R2: none is for ever last either where each needs several requests', async () => {
    const slow = anEndpoint('https://registry.test', { limitPerSecond: 2 });
    const { registry, cycle } = play();
    for (const name of names(300)) {
      for (const tag of ['a', 'b']) registry.push(name, tag, { created: '2026-01-01T00:00:00Z' });
    }
    const needs = names(300).map((name) => aNeed(slow, datedQuery, name));
    const answered = new Set<number>();

    for (let i = 0; i < 6; i += 1) {
      const results = await cycle(needs, 300_000);
      for (const [index, result] of results.entries()) if (isAnswer(result)) answered.add(index);
    }

    expect(answered.size).toBe(300);
  });

  it('fault R2: waiting for a turn is no lateness', async () => {
    const slow = anEndpoint('https://registry.test', { limitPerSecond: 1 });
    const { clock, registry, cycle } = play({ limits: { questionTimeoutMs: 5_000 } });
    for (const name of names(60)) registry.push(name, '1.0', {});

    const results = await cycle(names(60).map((name) => aNeed(slow, tagsQuery, name)));

    expect(results.filter(isAnswer)).toHaveLength(60);
    expect(clock.monotonicMs()).toBeGreaterThan(55_000);
  });
});

describe('a registry that is down', () => {
  it.each([
    { name: '502', answer: () => reply(502), code: 'server-error' },
    {
      name: 'silence',
      answer: () => {
        throw new Failed({
          kind: 'registry',
          code: 'network',
          message: 'ECONNREFUSED',
          host: '',
          repository: '',
        });
      },
      code: 'network',
    },
  ])(
    'fault R8: $name to 1,000 repositories costs one request in each further cycle',
    async ({ answer, code }) => {
      const { clock, registry, cycle } = play();
      for (const name of names(1_000)) registry.push(name, '1.0', {});
      registry.limit = answer;
      const first = await cycle(lists(1_000));
      const atFirst = registry.asked.length;
      const later: number[] = [];
      for (let i = 0; i < 3; i += 1) {
        await clock.pass(600_000);
        const before = registry.asked.length;
        const results = await cycle(lists(1_000));
        later.push(registry.asked.length - before);
        expect(
          results.every((result) => !isAnswer(result) && result.kind === 'registry' && result.code === code),
        ).toBe(true);
      }
      registry.limit = undefined;
      const recovered = await cycle(lists(1_000));

      expect(first.filter(isAnswer)).toEqual([]);
      expect(atFirst).toBeLessThanOrEqual(45);
      expect(later).toEqual([1, 1, 1]);
      expect(recovered.filter(isAnswer)).toHaveLength(1_000);
    },
  );

  it('fault R8: a registry that fails for a few repositories answers for the others', async () => {
    const { registry, cycle } = play();
    for (const name of names(40)) registry.push(name, '1.0', {});
    registry.limit = ({ url }) => (/\/r(?:3|14|25|36)\//.test(url.pathname) ? reply(500) : undefined);

    for (let i = 0; i < 3; i += 1) expect((await cycle(lists(40))).filter(isAnswer)).toHaveLength(36);
  });
});

describe('a wall clock that jumps', () => {
  it.each([
    { name: 'back by a year', jumpMs: -365 * 24 * hourMs },
    { name: 'back by a day', jumpMs: -24 * hourMs },
    { name: 'forward by 30 minutes', jumpMs: hourMs / 2 },
  ])('fault A15: $name keeps no repository waiting, nor lets one go early', async ({ jumpMs }) => {
    const { clock, registry, cycle } = play();
    registry.push('acme/r0', '1.0', {});
    registry.limit = () => reply(401);
    for (let i = 0; i < 2; i += 1) await cycle(lists(1));
    const asked = registry.asked.length;
    clock.jump(jumpMs);
    await cycle(lists(1));
    const early = registry.asked.length - asked;
    registry.limit = undefined;
    await clock.pass(61_000);

    expect(early).toBe(0);
    expect((await cycle(lists(1))).filter(isAnswer)).toHaveLength(1);
  });
});
