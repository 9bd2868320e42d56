import { describe, expect, it } from 'vitest';
import {
  type CommitRequest,
  grantCommits,
  keepPlaces,
  type LimitedApplication,
  spend,
} from '../../../src/core/policy/limit.ts';
import { emptyMemory, type Memory, withLines } from '../../../src/core/policy/memory/memory.ts';

const nowMs = Date.UTC(2026, 10, 28, 10);
const minuteMs = 60_000;
const perHour = (value: number) => ({ value, source: '--max-commits-per-hour' });

function remembering(bucket: string, tokens: string, atMs = nowMs): Memory {
  return withLines(emptyMemory, [{ word: 'spent', bucket, tokens, atMs }]);
}

function request(key: string, minutesAgo: number, more: Partial<CommitRequest> = {}): CommitRequest {
  return { key, sinceMs: nowMs - minutesAgo * minuteMs, commits: 1, apps: [{ app: key }], ...more };
}

const limited = (app: string, count: number): LimitedApplication => ({ app, perHour: perHour(count) });

/** Minutes until each may go on, in the order of the requests; 0 for now. */
function waits(
  requests: readonly CommitRequest[],
  all: number | undefined,
  memory: Memory,
  at = nowMs,
): readonly number[] {
  const { verdicts } = grantCommits(requests, all === undefined ? undefined : perHour(all), memory, at);
  return requests.map(({ key }) => ((verdicts.get(key)?.untilMs ?? at) - at) / minuteMs);
}

describe('max-commits-per-hour', () => {
  it('LI-01: of 25 at once ten go on, then one each six minutes, the oldest first', () => {
    const requests = Array.from({ length: 25 }, (_, index) => request(`argocd/app-${index}`, index));

    const found = waits(requests, 10, remembering('*', '10'));

    const oldestFirst = found.toReversed();
    expect(oldestFirst.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 0));
    expect(oldestFirst.slice(10)).toEqual(Array.from({ length: 15 }, (_, index) => (index + 1) * 6));
  });

  it('says whose limit it is, where it is set, and when the next turn comes', () => {
    const { verdicts } = grantCommits([request('argocd/shop', 0)], perHour(10), remembering('*', '0'), nowMs);

    expect(verdicts.get('argocd/shop')).toEqual({
      code: 'limit',
      kind: 'waiting',
      reason:
        'all Applications together may have 10 commits an hour (--max-commits-per-hour), and no more is left now',
      ends: 'its next turn, in 6m',
      untilMs: nowMs + 6 * minuteMs,
    });
  });

  it('LI-02: one commit takes one token, whatever is in it', () => {
    const shop = request('argocd/shop', 0, { apps: [limited('argocd/shop', 1)] });
    const memory = remembering('argocd/shop', '1');
    expect(waits([shop], undefined, memory)).toEqual([0]);

    const after = withLines(memory, spend(shop, undefined, memory, nowMs));

    expect(waits([shop], undefined, after)).toEqual([60]);
  });

  it('LI-03: a restart each minute changes nothing while memory is kept', () => {
    const shop = request('argocd/shop', 0);
    const written = remembering('*', '0');

    expect(waits([shop], 10, written, nowMs + 5 * minuteMs)).toEqual([1]);
    expect(waits([shop], 10, written, nowMs + 6 * minuteMs)).toEqual([0]);
  });

  it.each([
    [1, 6],
    [5, 6],
    [10, 6],
    [20, 3],
    [10_000, 0.006],
  ])(
    'LI-03: where nobody knows what was spent, at %d an hour the first comes after %d min',
    (count, minutes) => {
      const shop = request('argocd/shop', 0);
      const { remember } = grantCommits([shop], perHour(count), emptyMemory, nowMs);

      expect(waits([shop], count, emptyMemory)[0]).toBeCloseTo(minutes);
      const kept = withLines(emptyMemory, remember);
      expect(waits([shop], count, kept, nowMs + minutes * minuteMs)).toEqual([0]);
      expect(waits([shop], count, emptyMemory, nowMs + minuteMs)[0]).toBeCloseTo(minutes);
    },
  );

  it('LI-04: what was not pushed spends nothing', () => {
    const shop = request('argocd/shop', 0);
    const memory = remembering('*', '1');

    const { remember } = grantCommits([shop], perHour(1), memory, nowMs);

    expect(remember).toEqual([]);
    expect(waits([shop], 1, withLines(memory, remember))).toEqual([0]);
  });

  it('LI-05: a commit group of 20 is one commit of all, and one of each member', () => {
    const apps = Array.from({ length: 20 }, (_, index) => limited(`argocd/app-${index}`, 5));
    const group = request('group shop', 0, { apps });
    const full = apps.map(({ app }) => ({ word: 'spent', bucket: app, tokens: '5', atMs: nowMs }) as const);
    const memory = withLines(remembering('*', '1'), full);

    expect(waits([group], 5, memory)).toEqual([0]);
    const left = spend(group, perHour(5), memory, nowMs).map(({ bucket, tokens }) => [bucket, tokens]);
    expect(left).toEqual([['*', '0'], ...apps.map(({ app }) => [app, '4'])]);
  });

  it('waits as a group where one member has no token left', () => {
    const group = request('group shop', 0, { apps: [limited('argocd/a', 5), limited('argocd/b', 5)] });
    const memory = withLines(remembering('argocd/a', '5'), [
      { word: 'spent', bucket: 'argocd/b', tokens: '0', atMs: nowMs },
    ]);

    expect(waits([group], undefined, memory)).toEqual([12]);
  });

  it('a group needs all its tokens at once, and nobody younger takes them away', () => {
    const group = request('group shop', 9, { commits: 3 });

    expect(waits([request('argocd/a', 1), group], 10, remembering('*', '2'))).toEqual([12, 6]);
  });

  it('a group of more commits than there are in an hour goes on with a full bucket, and leaves it empty', () => {
    const group = request('group shop', 9, { commits: 30 });

    expect(waits([group], 10, remembering('*', '9'))).toEqual([6]);
    expect(waits([group], 10, remembering('*', '10'))).toEqual([0]);
    expect(spend(group, perHour(10), remembering('*', '10'), nowMs)).toMatchObject([{ tokens: '0' }]);
  });

  it('who has no token of its own keeps nobody else waiting', () => {
    const old = request('argocd/old', 9, { apps: [limited('argocd/old', 1)] });
    const memory = withLines(remembering('*', '1'), [
      { word: 'spent', bucket: 'argocd/old', tokens: '0', atMs: nowMs },
    ]);

    expect(waits([old, request('argocd/new', 1)], 10, memory)).toEqual([60, 0]);
  });

  it('what is urgent does not wait, but spends', () => {
    const urgent = request('argocd/a', 0, { isUrgent: true });

    expect(waits([request('argocd/b', 9), urgent], 10, remembering('*', '1'))).toEqual([6, 0]);
    expect(spend(urgent, perHour(10), remembering('*', '0'), nowMs)).toMatchObject([{ tokens: '0' }]);
  });

  it('LI-06: keeps its place while it is wanted, whatever the version', () => {
    const first = keepPlaces(new Map(), ['argocd/a'], nowMs);
    const second = keepPlaces(first, ['argocd/b', 'argocd/a'], nowMs + minuteMs);
    const third = keepPlaces(second, ['argocd/b'], nowMs + 2 * minuteMs);
    const fourth = keepPlaces(third, ['argocd/a', 'argocd/b'], nowMs + 3 * minuteMs);

    expect([...second]).toEqual([
      ['argocd/b', nowMs + minuteMs],
      ['argocd/a', nowMs],
    ]);
    expect([...fourth]).toEqual([
      ['argocd/a', nowMs + 3 * minuteMs],
      ['argocd/b', nowMs + minuteMs],
    ]);
  });

  it('LI-08: a clock that went back an hour makes nothing negative, and fills from now on', () => {
    const shop = request('argocd/shop', 0);
    const memory = remembering('*', '0.5', nowMs + 60 * minuteMs);

    expect(waits([shop], 10, memory)).toEqual([3]);
    const [line] = spend(shop, perHour(10), memory, nowMs);
    expect(line).toMatchObject({ tokens: '0', atMs: nowMs });
  });

  it('a smaller limit counts at once', () => {
    expect(waits([request('argocd/a', 2), request('argocd/b', 1)], 1, remembering('*', '10'))).toEqual([
      0, 60,
    ]);
  });
});
