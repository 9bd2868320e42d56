import { describe, expect, it } from 'vitest';
import type { TrackedImage } from '../../../src/core/config/annotations.ts';
import type { Decision } from '../../../src/core/decide/decision.ts';
import { decideImage } from '../../../src/core/decide/decide.ts';
import { tagRule } from '../../../src/core/version/tag-rule.ts';
import { imageText } from '../../../src/core/image/image.ts';
import { findLive, type KnownVersion } from '../../../src/core/decide/live.ts';
import type { Answer } from '../../../src/core/decide/needs.ts';
import { parseConstraint } from '../../../src/core/version/constraint.ts';
import { aRef, anImage, valueOf } from '../builders.ts';

const digestB = `sha256:${'b'.repeat(64)}`;
const digestA = `sha256:${'a'.repeat(64)}`;

function live(text: string): KnownVersion {
  return { kind: 'live', ref: aRef(`ghcr.io/acme/web${text}`) };
}

function decide(image: TrackedImage, version: KnownVersion, answer: Answer): Decision {
  return decideImage(image, version, { ok: true, value: answer }, valueOf(tagRule(image.filter)));
}

/** `update A -> B`, `current at A`, or the kind alone. */
function told(decision: Decision): string {
  switch (decision.kind) {
    case 'update':
      return `update ${decision.from === undefined ? '' : version(imageText(decision.from))} -> ${version(imageText(decision.to))}`;
    case 'current':
      return `current at ${version(imageText(decision.at))}`;
    case 'skipped':
      return `skipped: ${decision.reason}`;
    case 'held':
    case 'waiting':
      throw new Error('no policy judges here');
    case 'failed':
      return 'failed';
  }
}

function version(text: string): string {
  return text
    .replace('ghcr.io/acme/web', '')
    .replace(/^:/, '')
    .replaceAll(digestA, 'A')
    .replaceAll(digestB, 'B');
}

const semver = (constraint?: string): TrackedImage =>
  anImage(
    constraint === undefined
      ? {}
      : {
          strategy: { kind: 'semver', constraint: valueOf(parseConstraint(constraint)) },
          constraintText: constraint,
        },
  );

describe('decisions from a list of tags', () => {
  it.each([
    { id: 'U-01', running: ':1.0', tags: ['1.0', '1.1'], told: 'update 1.0 -> 1.1' },
    { id: 'U-02, E-01', running: ':1.0.1', tags: ['1.0.1'], told: 'current at 1.0.1' },
    { id: 'U-03', running: ':2.0', tags: ['1.5', '2.0-rc1'], told: 'skipped: kept' },
    {
      id: '11-24, U-04, E-04 (the tags agree)',
      running: `:1.0@${digestA}`,
      tags: ['1.0'],
      told: 'current at 1.0@A',
    },
    { id: 'U-05', running: `@${digestA}`, tags: ['1.0'], told: 'update @A -> 1.0' },
    { id: '11-21', running: ':1.0.0', tags: ['1.0', '1.0.0', 'v1.0.0'], told: 'current at 1.0.0' },
  ])('$id $running of $tags: $told', ({ running, tags, told: expected }) => {
    expect(told(decide(semver(), live(running), { kind: 'tags', tags }))).toBe(expected);
  });

  it('O-08 skips where the constraint admits nothing, and says which rule dropped how many', () => {
    const image = anImage({ ...semver('^2'), filter: { ignore: ['*-rc*'] } });
    const signature = `sha256-${'0'.repeat(64)}.sig`;

    const decision = decide(image, live(':1.0'), {
      kind: 'tags',
      tags: ['1.0', '1.1', '2.0-rc1', 'latest', signature],
    });

    expect(told(decision)).toBe('skipped: unsatisfied');
    expect(decision.trace).toEqual({
      listed: 5,
      dropped: [
        { rule: 'ignore-tags', count: 1, examples: ['2.0-rc1'] },
        { rule: 'signature', count: 1, examples: [signature] },
        { rule: 'not a version', count: 1, examples: ['latest'] },
        { rule: 'constraint ^2', count: 2, examples: expect.arrayContaining(['1.0', '1.1']) as unknown },
      ],
    });
    expect(decision).toMatchObject({
      message: expect.stringContaining('constraint ^2 dropped 2') as unknown,
    });
  });

  it('O-07 fails where the running tag is no version', () => {
    expect(told(decide(semver(), live(':stable'), { kind: 'tags', tags: ['1.0'] }))).toBe('failed');
  });

  it('O-01 skips what does not run, and asks nothing of the answer', () => {
    const decision = decideImage(
      semver(),
      { kind: 'not-live', message: 'no image of the application is running' },
      { ok: false, failure: { kind: 'config', message: 'unasked' } },
      () => undefined,
    );
    expect(told(decision)).toBe('skipped: not-live');
  });

  it('I-12 writes an image anew that is forced and has no version', () => {
    expect(told(decide(semver(), { kind: 'unversioned' }, { kind: 'tags', tags: ['1.0'] }))).toBe(
      'update  -> 1.0',
    );
    expect(told(decide(semver('^3'), { kind: 'unversioned' }, { kind: 'tags', tags: ['1.0'] }))).toBe(
      'skipped: unsatisfied',
    );
  });

  it('I-14, I-15 an entry with a kustomize name is updated unless the image itself runs', () => {
    const image = anImage({ ref: aRef('gcr.io/j/foobar'), kustomizeName: aRef('j/foobar') });
    const answer: Answer = { kind: 'tags', tags: ['1.0.1'] };
    const decided = (running: string) => decide(image, findLive(image, [aRef(running)]), answer).kind;

    expect([decided('j/foobar:1.0.1'), decided('gcr.io/j/foobar:1.0.1')]).toEqual(['update', 'current']);
  });

  it.each([
    [
      'S-47',
      anImage({ strategy: { kind: 'alphabetical' }, filter: { allow: '^foobar$', ignore: [] } }),
      'allow-tags',
    ],
    ['S-48', anImage({ filter: { ignore: ['*'] } }), 'ignore-tags'],
  ])(
    'O-09, %s stays where filters leave nothing, and says which rule dropped how many',
    (_, image, dropper) => {
      const decision = decide(image, live(':one'), { kind: 'tags', tags: ['one', 'two', 'three', 'four'] });

      expect(decision).toMatchObject({
        kind: 'current',
        at: { tag: 'one' },
        noChoice: `none of 4 tags is left: ${dropper} dropped 4 (one, two, three, …)`,
      });
    },
  );

  it('11-22 tells of a pre-release whose number does not count', () => {
    const decision = decide(semver('2.x-0'), live(':1.0'), {
      kind: 'tags',
      tags: ['2.0.0-rc2', '2.0.0-rc10'],
    });

    expect(decision.trace.doubt).toMatch(/^2\.0\.0-rc10 counts as older than 2\.0\.0-rc2/);
  });

  it('U-10, U-11 replace another image under a kustomize name, and only another one', () => {
    const image = anImage({ kustomizeName: aRef('acme/web') });
    const answer: Answer = { kind: 'tags', tags: ['1.0'] };

    expect(told(decide(image, { kind: 'live', ref: aRef('acme/web:1.0') }, answer))).toBe(
      'update acme/web:1.0 -> 1.0',
    );
    expect(told(decide(image, live(':1.0'), answer))).toBe('current at 1.0');
  });
});

describe('decisions from a digest', () => {
  const image = anImage({ strategy: { kind: 'digest', tag: 'latest' } });

  it.each([
    { id: 'D-01, U-06, E-04', running: ':latest', told: 'update latest -> latest@B' },
    { id: 'D-02, U-07', running: `:latest@${digestB}`, told: 'current at latest@B' },
    { id: 'D-03, U-08, E-03', running: `:latest@${digestA}`, told: 'update latest@A -> latest@B' },
    { id: 'D-04', running: `@${digestB}`, told: 'current at latest@B' },
    { id: 'D-05, U-09, E-02, 11-29', running: `:other@${digestB}`, told: 'current at other@B' },
    { id: 'D-06', running: '', told: 'update  -> latest@B' },
  ])('$id x$running: $told', ({ running, told: expected }) => {
    expect(told(decide(image, live(running), { kind: 'digest', digest: digestB }))).toBe(expected);
  });

  it('D-07 stays where the followed tag has no wanted platform', () => {
    const reason = 'tag latest: no image for linux/amd64';

    expect(decide(image, live(':latest'), { kind: 'digest', digest: null, reason })).toMatchObject({
      kind: 'current',
      noChoice: reason,
    });
  });

  it('11-25 stays where the followed tag is gone', () => {
    const decision = decide(image, live(':latest'), { kind: 'digest', digest: null });
    expect(decision).toMatchObject({ kind: 'current', noChoice: 'tag latest does not exist' });
  });

  it('stays where a filter does not admit the followed tag', () => {
    const blocked = anImage({ ...image, filter: { allow: '^v', ignore: [] } });
    const decision = decide(blocked, live(':latest'), { kind: 'digest', digest: digestB });
    expect(decision).toMatchObject({
      kind: 'current',
      noChoice: expect.stringContaining('allow-tags') as unknown,
    });
  });
});

describe('decisions from dated tags', () => {
  it('S-40 takes the newest build', () => {
    const image = anImage({ strategy: { kind: 'newest-build' } });
    const at = (tag: string, seconds: number) => ({ tag, created: { seconds, nanos: 0 } });

    const decision = decide(image, live(':bb'), {
      kind: 'dated-tags',
      listed: 4,
      tags: [at('zz', 0), at('bb', 5), at('ll', 30)],
      dropped: [{ tag: 'chart', reason: 'not an image' }],
    });

    expect(told(decision)).toBe('update bb -> ll');
    expect(decision.trace.dropped).toEqual([{ rule: 'not an image', count: 1, examples: ['chart'] }]);
  });

  const newest = (dates: readonly number[], more = {}) =>
    decide(anImage({ strategy: { kind: 'newest-build' } }), live(':t0'), {
      kind: 'dated-tags',
      listed: dates.length,
      tags: dates.map((seconds, index) => ({ tag: `t${index}`, created: { seconds, nanos: 0 } })),
      dropped: [],
      ...more,
    });

  it.each([
    ['equal', [0, 0], 'year 1970'],
    ['mixed', [1_700_000_000, 315_532_801], 'year 1980'],
    ['year 1', [-62_135_596_800, 1_700_000_000], 'year 1)'],
  ])('#14, B-09 tell of dates that reproducible builds make up (%s)', (_, dates, says) => {
    expect(newest(dates).trace.doubt).toContain(says);
  });

  it.each([
    ['real dates', newest([1_700_000_000, 1_600_000_000])],
    ['the only candidate', newest([0])],
    ['dates made from the order of the list', newest([2, 1, 0], { isPositional: true })],
  ])('#14 do not doubt %s', (_, decision) => {
    expect(decision.trace).not.toHaveProperty('doubt');
  });
});

describe('decisions over several references of plain manifests', () => {
  const held = (...texts: readonly string[]): KnownVersion => {
    const [ref = aRef('none'), ...others] = texts.map((text) => aRef(`ghcr.io/acme/web${text}`));
    return { kind: 'live', ref, others };
  };
  const tags = (...list: readonly string[]): Answer => ({ kind: 'tags', tags: list });
  const digest: Answer = { kind: 'digest', digest: digestB };
  const followsMain = anImage({ strategy: { kind: 'digest', tag: 'main' } });

  it.each([
    ['the first is older', semver(), held(':1.0', ':1.1'), tags('1.1'), 'update 1.0 -> 1.1'],
    ['only a later one is older', semver(), held(':1.1', ':1.1', ':1.0'), tags('1.1'), 'update 1.0 -> 1.1'],
    ['all are the newest', semver(), held(':1.1', ':1.1'), tags('1.1'), 'current at 1.1'],
    [
      'one is pinned to a digest besides',
      semver(),
      held(`:1.1@${digestA}`, ':1.1'),
      tags('1.1'),
      'current at 1.1',
    ],
    ['one has no version', semver(), held(':1.1', ''), tags('1.1'), 'update  -> 1.1'],
    [
      'one follows an older digest',
      followsMain,
      held(`:main@${digestB}`, `:main@${digestA}`),
      digest,
      'update main@A -> main@B',
    ],
    ['they differ and no tag is left', semver(), held(':1.1', ':1.0'), tags('x'), 'skipped: no-candidate'],
    ['they are alike and no tag is left', semver(), held(':1.1', ':1.1'), tags('x'), 'current at 1.1'],
  ] as const)('%s', (_, image, version, answer, expected) => {
    expect(told(decide(image, version, answer))).toBe(expected);
  });

  it('an image that the target cannot take fails with the reason', () => {
    const failure = { kind: 'edit', path: 'a.yaml', message: 'no reference' } as const;

    expect(decide(semver(), { kind: 'unreadable', failure }, tags('1.0'))).toMatchObject({
      kind: 'failed',
      failure,
    });
  });
});

it('fault H4: a kustomize name whose image is another one is written, be the digest the same', () => {
  const image = anImage({
    ref: aRef('gcr.io/j/foobar'),
    kustomizeName: aRef('j/foobar'),
    strategy: { kind: 'digest', tag: 'main' },
  });
  const answer: Answer = { kind: 'digest', digest: digestA };
  const decided = (running: string) => decide(image, { kind: 'live', ref: aRef(running) }, answer);

  expect(decided(`j/foobar:main@${digestA}`)).toMatchObject({
    kind: 'update',
    to: { registry: 'gcr.io', digest: digestA },
  });
  expect(decided(`gcr.io/j/foobar:main@${digestA}`).kind).toBe('current');
});
