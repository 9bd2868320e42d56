/** Build dates of reproducible builds: which one counts, and what stays where none does. */
import { describe, expect, it } from 'vitest';
import { decideImage } from '../../../src/core/decide/decide.ts';
import { tagRule } from '../../../src/core/version/tag-rule.ts';
import { buildDates, type BuildDateSource, type DatedImage } from '../../../src/core/version/build-date.ts';
import { type Instant, parseInstant } from '../../../src/core/version/instant.ts';
import { aRef, anImage, valueOf } from '../builders.ts';

const nowSeconds = Date.UTC(2026, 5, 1) / 1000;
const order = ['c0ffee1', 'abcdef2', '0123453', '9876544']; // as they were pushed
const at = (text: string): Instant => {
  const instant = parseInstant(text);
  if (instant === undefined) throw new Error(text);
  return instant;
};

interface Dates {
  readonly created?: string;
  readonly noted?: string;
  /** Absent: an image of its own for each tag. */
  readonly digest?: string;
}

function images(dates: readonly Dates[]): readonly DatedImage[] {
  return dates.map(({ created, noted, digest }, index) => ({
    tag: order[index] ?? `t${index}`,
    digest: digest ?? `sha256:${index}`,
    ...(created === undefined ? {} : { created: at(created) }),
    ...(noted === undefined ? {} : { noted: at(noted) }),
  }));
}

/** What newest-build comes to, and what it says. */
function decide(dates: readonly Dates[], running: string, source?: BuildDateSource) {
  const image = anImage({ strategy: { kind: 'newest-build' } });
  const { tags, dropped, doubt } = buildDates(images(dates), source, nowSeconds);
  const decision = decideImage(
    image,
    { kind: 'live', ref: aRef(`ghcr.io/acme/web:${running}`) },
    {
      ok: true,
      value: {
        kind: 'dated-tags',
        listed: dates.length,
        tags,
        dropped,
        ...(doubt === undefined ? {} : { doubt }),
      },
    },
    valueOf(tagRule(image.filter)),
  );
  const tag = decision.kind === 'update' ? decision.to.tag : running;
  const said = decision.kind === 'skipped' ? decision.message : decision.trace.doubt;
  return { kind: decision.kind, tag, said };
}

const all = (date: Dates): readonly Dates[] => order.map(() => date);
const days = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z', '2026-01-04T00:00:00Z'];

describe('fault R4: builders that date every image alike', () => {
  it.each([
    ['Jib', '1970-01-01T00:00:00Z'],
    ['ko', '1970-01-01T00:00:00Z'],
    ['Bazel', '1970-01-01T00:00:00Z'],
    ['buildpacks', '1980-01-01T00:00:01Z'],
    ['Nix', '1970-01-01T00:00:01Z'],
    ['Go zero time', '0001-01-01T00:00:00Z'],
    ['SOURCE_DATE_EPOCH', '2024-06-01T00:00:00Z'],
  ])('%s: what runs stays, with the reason', (_builder, created) => {
    expect(decide(all({ created }), '0123453')).toEqual({
      kind: 'skipped',
      tag: '0123453',
      said: expect.stringContaining('4 images share the newest build date') as unknown,
    });
  });

  it.each([
    ['Jib', '1970-01-01T00:00:00Z'],
    ['buildpacks', '1980-01-01T00:00:01Z'],
    ['SOURCE_DATE_EPOCH', '2024-06-01T00:00:00Z'],
  ])('%s: what is noted decides', (_builder, created) => {
    const dates = days.map((noted) => ({ created, noted }));

    expect(decide(dates, '0123453')).toEqual({ kind: 'update', tag: '9876544', said: undefined });
  });

  it('the text decides only where none of them runs, with a doubt', () => {
    expect(decide(all({ created: days[0] ?? '' }), 'elsewhere')).toEqual({
      kind: 'update',
      tag: 'c0ffee1',
      said: expect.stringContaining('nothing tells which is the newest') as unknown,
    });
  });

  it('one image under several tags is no tie', () => {
    const dates = all({ created: '2026-01-01T00:00:00Z', digest: 'sha256:same' });

    expect(decide(dates, '0123453')).toMatchObject({ kind: 'update', tag: 'c0ffee1', said: undefined });
  });
});

describe('fault R4: one image among dated ones', () => {
  const dated: readonly Dates[] = days.map((created) => ({ created }));

  it('of 1970 is never the newest, and that is told', () => {
    const dates = dated.with(3, { created: '1970-01-01T00:00:00Z' });
    const decided = decide(dates, 'c0ffee1');

    expect(decided).toMatchObject({ kind: 'update', tag: '0123453' });
    expect(decided.said).toContain('9876544 hold no build date (year 1970)');
  });

  it('of 2099 is left out, and that is told', () => {
    const decided = decide(dated.with(0, { created: '2099-01-01T00:00:00Z' }), 'c0ffee1');

    expect(decided).toMatchObject({ kind: 'update', tag: '9876544' });
    expect(decided.said).toBe('c0ffee1 is left out: its build date is in the future (year 2099)');
  });

  it('of tomorrow is one of now, whose builder’s clock is fast', () => {
    const dates = dated.with(0, { created: '2026-06-01T20:00:00Z' });

    expect(decide(dates, '9876544')).toMatchObject({ kind: 'update', tag: 'c0ffee1', said: undefined });
  });

  it('of 2099 that notes another date has that', () => {
    const dates = dated.with(0, { created: '2099-01-01T00:00:00Z', noted: '2025-01-01T00:00:00Z' });

    expect(decide(dates, 'c0ffee1')).toMatchObject({ kind: 'update', tag: '9876544', said: undefined });
  });

  it('keeps its own date beside a note: unequal dates choose as ever', () => {
    const noted = days.toReversed();
    const both = dated.map((dates, index) => ({ ...dates, noted: noted[index] ?? '' }));

    expect(decide(both, 'c0ffee1').tag).toBe('9876544');
    expect(decide(both, '9876544', 'created').tag).toBe('9876544');
    expect(decide(both, '9876544', 'annotation').tag).toBe('c0ffee1');
  });

  it('may share its date with two others: that is no reproducible build', () => {
    const shared = { created: days[3] ?? '' };
    const dates = [shared, shared, shared, { created: days[0] ?? '', noted: '2026-02-01T00:00:00Z' }];

    expect(decide(dates, 'abcdef2')).toMatchObject({ kind: 'skipped', tag: 'abcdef2' });
  });
});

describe('fault R4: build-date', () => {
  it('created takes the date of the config, whatever it is', () => {
    const dates = days.map((created) => ({ created })).with(1, { created: '2099-01-01T00:00:00Z' });

    expect(decide(dates, 'c0ffee1', 'created').tag).toBe('abcdef2');
  });

  it('annotation takes nothing else', () => {
    const { tags, dropped } = buildDates(
      images([{ created: days[0] ?? '' }, { noted: days[1] ?? '' }]),
      'annotation',
      nowSeconds,
    );

    expect(tags.map(({ tag }) => tag)).toEqual(['abcdef2']);
    expect(dropped).toEqual([{ tag: 'c0ffee1', reason: 'no annotation org.opencontainers.image.created' }]);
  });
});
