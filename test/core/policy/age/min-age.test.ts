import { describe, expect, it } from 'vitest';
import { type AgedCandidate, judgeAge } from '../../../../src/core/policy/age/min-age.ts';
import {
  firstSightsWords,
  rememberListed,
  restlessWords,
  tagsToLookAt,
} from '../../../../src/core/policy/age/sightings.ts';
import {
  emptyMemory,
  type Memory,
  withLines,
  withoutFuture,
  mergeMemories,
} from '../../../../src/core/policy/memory/memory.ts';
import { rememberSight, shortDigest, sightsOf } from '../../../../src/core/policy/memory/sights.ts';

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 10, 28, 10);
const repository = 'ghcr.io/acme/web';
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const min = (hours: number) => ({ minAgeMs: { value: hours * hourMs, source: 'annotation web.min-age' } });

/** Rows `tag letter hours-ago`. */
function memoryOf(...rows: readonly (readonly [string, string, number])[]): Memory {
  return withLines(
    emptyMemory,
    rows.map(([tag, letter, hours]) => ({
      word: 'seen',
      repository,
      tag,
      digest: letter === '-' ? '-' : shortDigest(digest(letter)),
      atMs: nowMs - hours * hourMs,
    })),
  );
}

/** Hours until it may be written; 0 for now. */
function wait(
  candidate: Omit<AgedCandidate, 'repository'>,
  memory: Memory,
  settings: Parameters<typeof judgeAge>[0] = min(72),
  at = nowMs,
): number {
  const { verdict } = judgeAge(settings, { repository, ...candidate }, memory, at);
  return verdict === undefined ? 0 : ((verdict.untilMs ?? Number.NaN) - at) / hourMs;
}

describe('min-age', () => {
  it('AG-01: the old enough one passes, the younger one says when', () => {
    const memory = memoryOf(['2.1.5', 'a', 73], ['2.1.6', 'b', 1]);

    expect(judgeAge(min(72), { repository, tag: '2.1.5', digest: digest('a') }, memory, nowMs)).toEqual({
      remember: [],
      forget: [],
      asksDigest: false,
    });
    expect(
      judgeAge(min(72), { repository, tag: '2.1.6', digest: digest('b') }, memory, nowMs).verdict,
    ).toEqual({
      code: 'min-age',
      kind: 'waiting',
      reason: '2.1.6 was first seen 60m ago, min-age is 72h (annotation web.min-age)',
      ends: 'its age, in 71h',
      sinceMs: nowMs - hourMs,
      untilMs: nowMs + 71 * hourMs,
    });
  });

  it('AG-02: a new image behind an old tag is as young as it is', () => {
    const memory = memoryOf(['2.1.5', 'a', 73]);
    const candidate = { repository, tag: '2.1.5', digest: digest('b') };

    const { verdict, remember } = judgeAge(min(72), candidate, memory, nowMs - hourMs);

    expect(verdict?.untilMs).toBe(nowMs + 71 * hourMs);
    expect(wait(candidate, withLines(memory, remember))).toBe(71);
  });

  it('AG-03: the image that was there before keeps its age', () => {
    expect(wait({ tag: '2.1.5', digest: digest('a') }, memoryOf(['2.1.5', 'a', 73], ['2.1.5', 'b', 1]))).toBe(
      0,
    );
  });

  it('AG-04: whatever dates an image has, it is first seen now', () => {
    const { verdict, remember } = judgeAge(
      min(72),
      { repository, tag: '2.1.5', digest: digest('a') },
      emptyMemory,
      nowMs,
    );

    expect(verdict?.untilMs).toBe(nowMs + 72 * hourMs);
    expect(remember).toEqual([
      { word: 'seen', repository, tag: '2.1.5', digest: `sha256:${'a'.repeat(32)}`, atMs: nowMs },
    ]);
  });

  it('AG-05: a memory that is lost begins anew', () => {
    const candidate = { tag: '2.1.5', digest: digest('a') };

    expect(wait(candidate, memoryOf(['2.1.5', 'a', 71]))).toBe(1);
    expect(wait(candidate, emptyMemory)).toBe(72);
  });

  it('AG-06: what a wrong clock saw in 2031 is seen now', () => {
    const memory = withoutFuture(memoryOf(['2.1.5', 'a', -5 * 8760]), nowMs);

    expect(wait({ tag: '2.1.5', digest: digest('a') }, memory)).toBe(72);
  });

  it('is no older than nothing where the clock went back a minute', () => {
    expect(wait({ tag: '2.1.5', digest: digest('a') }, memoryOf(['2.1.5', 'a', -1 / 60]))).toBe(72);
  });

  it('AG-08: of a tag that moves only what it names now counts', () => {
    const memory = memoryOf(['latest', 'b', 80], ['latest', 'c', 2]);

    expect(wait({ tag: 'latest', digest: digest('c') }, memory)).toBe(70);
  });

  it('AG-09: the clock runs on while something else withholds', () => {
    const candidate = { repository, tag: '2.1.5', digest: digest('a') };
    const { remember } = judgeAge(min(72), candidate, emptyMemory, nowMs - 80 * hourMs);

    expect(judgeAge(min(72), candidate, withLines(emptyMemory, remember), nowMs).verdict).toBeUndefined();
  });

  it('AG-10: a list that was kept knows the age of tags that no rule admitted', () => {
    const listed = withLines(
      emptyMemory,
      rememberListed(repository, ['2.9.0'], emptyMemory, nowMs - 8760 * hourMs),
    );
    const candidate = { repository, tag: '2.9.0', digest: digest('a') };

    const { verdict, remember } = judgeAge(min(72), candidate, listed, nowMs);
    expect(verdict).toBeUndefined();
    expect(wait(candidate, withLines(listed, remember))).toBe(0);
    expect(wait({ ...candidate, digest: digest('b') }, withLines(listed, remember))).toBe(72);
    expect(wait(candidate, emptyMemory)).toBe(72);
  });

  it('AG-11: of two first sights the first counts', () => {
    const memory = mergeMemories(memoryOf(['2.1.5', 'a', 10]), memoryOf(['2.1.5', 'a', 9]));

    expect(wait({ tag: '2.1.5', digest: digest('a') }, memory)).toBe(62);
  });

  it('AG-12, AG-13: what its tag names has to be asked for, and nothing passes before', () => {
    const { verdict, asksDigest } = judgeAge(min(72), { repository, tag: '2.1.5' }, emptyMemory, nowMs);

    expect(asksDigest).toBe(true);
    expect(verdict?.reason).toBe(
      'what 2.1.5 names has not been looked at yet, min-age is 72h (annotation web.min-age)',
    );
  });

  it('AG-14: whoever comes later shares the clock of the repository', () => {
    const memory = memoryOf(['2.1.5', 'a', 80]);

    expect(wait({ tag: '2.1.5', digest: digest('a') }, memory)).toBe(0);
    const other = { repository: 'ghcr.io/acme/api', tag: '2.1.5', digest: digest('a') };
    expect(judgeAge(min(72), other, memory, nowMs).verdict).toBeDefined();
  });

  it('AG-15: going back needs an age, but not to what stood there by a commit of ours', () => {
    const candidate = { tag: '2.0.6', digest: digest('a') };

    expect(wait(candidate, emptyMemory)).toBe(72);
    expect(wait({ ...candidate, wasHere: true }, emptyMemory)).toBe(0);
  });

  it('is not asked for: nothing is withheld, asked or remembered', () => {
    expect(judgeAge({}, { repository, tag: '2.1.5' }, emptyMemory, nowMs)).toEqual({
      remember: [],
      forget: [],
      asksDigest: false,
    });
  });

  describe('min-age-from: pushed', () => {
    const pushed = { ...min(72), minAgeFrom: { value: 'pushed', source: '--default-min-age-from' } } as const;
    const candidate = { tag: '2.1.5', digest: digest('a') };

    it.each([
      ['counts from the push', { pushedMs: nowMs - 70 * hourMs }, 2],
      ['that is to come counts as now', { pushedMs: nowMs + hourMs }, 72],
      ['that the registry does not tell is our first sight', {}, 62],
    ])('%s', (_, more, hours) => {
      expect(wait({ ...candidate, ...more }, memoryOf(['2.1.5', 'a', 10]), pushed)).toBe(hours);
    });

    it('says where it counts our first sight instead', () => {
      const { verdict } = judgeAge(pushed, { repository, ...candidate }, memoryOf(['2.1.5', 'a', 10]), nowMs);

      expect(verdict?.reason).toBe(
        '2.1.5 was first seen 10h ago, min-age is 72h (annotation web.min-age); when it was pushed is not known',
      );
    });

    it('needs no memory', () => {
      expect(wait({ ...candidate, pushedMs: nowMs - 80 * hourMs }, emptyMemory, pushed)).toBe(0);
    });
  });
});

describe('sights', () => {
  it('are asked for of the ten newest tags that nobody has looked at', () => {
    const newer = Array.from({ length: 12 }, (_, index) => `2.1.${20 - index}`);
    const memory = memoryOf(['2.1.20', 'a', 1], ['2.1.19', '-', 1]);

    expect(tagsToLookAt(repository, newer, memory)).toEqual(newer.slice(1, 10));
  });

  it('of a list do not take the place of what was looked at', () => {
    expect(rememberListed(repository, ['2.1.5', '2.1.6'], memoryOf(['2.1.5', 'a', 1]), nowMs)).toEqual([
      { word: 'seen', repository, tag: '2.1.6', digest: '-', atMs: nowMs },
    ]);
  });

  it('of one tag are sixteen at most, and the first and the last are among them', () => {
    let memory = emptyMemory;
    for (let index = 0; index < 40; index += 1) {
      const named = `sha256:${String(index).padStart(32, '0')}${'f'.repeat(32)}`;
      const sight = { repository, tag: 'latest', digest: named };
      const { remember, forget } = rememberSight(memory, sight, nowMs + index * hourMs);
      memory = withLines(memory, remember);
      const gone = new Set(forget.map((line) => line.digest));
      memory = withLines(
        emptyMemory,
        sightsOf(memory, repository, 'latest').filter((line) => !gone.has(line.digest)),
      );
    }

    const times = sightsOf(memory, repository, 'latest').map(({ atMs }) => (atMs - nowMs) / hourMs);
    expect(times).toHaveLength(16);
    expect(times[0]).toBe(0);
    expect(times.at(-1)).toBe(39);
  });
});

describe('words', () => {
  it('of a tag that moves more often than it may: after three times the age', () => {
    const moves = Array.from(
      { length: 12 },
      (_, index) => ['latest', String.fromCharCode(97 + index), (12 - index) * 20] as const,
    );
    const tag = { repository, tag: 'latest' };

    expect(restlessWords(tag, 72 * hourMs, memoryOf(...moves), nowMs)).toBe(
      'ghcr.io/acme/web:latest names another image every 20h, min-age is 72h: it is never old enough',
    );
    expect(restlessWords(tag, 72 * hourMs, memoryOf(...moves.slice(2)), nowMs)).toBeUndefined();
    expect(restlessWords(tag, 19 * hourMs, memoryOf(...moves), nowMs)).toBeUndefined();
    expect(restlessWords(tag, 72 * hourMs, memoryOf(['latest', 'a', 900]), nowMs)).toBeUndefined();
    expect(restlessWords(tag, 72 * hourMs, emptyMemory, nowMs)).toBeUndefined();
  });

  it('of a first run', () => {
    const sights = rememberListed(repository, ['2.1.5', '2.1.6'], emptyMemory, nowMs);

    expect(firstSightsWords(sights, 72 * hourMs)).toBe(
      'min-age: 2 tags are first seen now, the first update can come at 2026-12-01 10:00 UTC',
    );
    expect(firstSightsWords(sights.slice(1), 72 * hourMs)).toContain('1 tag is first seen now');
    expect(firstSightsWords([], 72 * hourMs)).toBeUndefined();
  });
});
