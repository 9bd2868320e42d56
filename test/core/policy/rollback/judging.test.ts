/** Rows RB of spec/policies.md 2 as histories of one key. */
import fc from 'fast-check';
import { containsCommit } from '../../../../src/core/policy/rollback/lines/commit-log.ts';
import { describe, expect, it, test } from 'vitest';
import { order } from '../../../../src/core/policy/order.ts';
import { parseVersionText } from '../../../../src/core/policy/rollback/lines/image-version.ts';
import type { HistoryQuestion } from '../../../../src/core/policy/rollback/judging.ts';
import { passes } from '../../../../src/core/policy/rollback/taken-back.ts';
import type { Strategy } from '../../../../src/core/strategy/strategy.ts';
import { parseInstant } from '../../../../src/core/version/instant.ts';
import { dayMs, type Given, idAt, judge, place, type Step, startMs, steps, told } from './history.ts';
import { generatedRuns } from '../../../generated-runs.ts';

const aa = `sha256:${'a'.repeat(64)}`;
const bb = `sha256:${'b'.repeat(64)}`;
const cc = `sha256:${'c'.repeat(64)}`;
const digest: Strategy = { kind: 'digest', tag: 'main' };

const below = (bound: string) => (tag: string) =>
  order({ kind: 'semver' }, { tag }, { tag: bound }) === 'older';

function quiet(count: number, atMs: (index: number) => number): readonly Step[] {
  return Array.from({ length: count }, (_, index) => ({ by: 'h', atMs: atMs(index) }));
}

const merged: readonly Step[] = [
  { by: 'h', version: '2.1.4' },
  { by: 'h' },
  { by: 'o', version: '2.1.5', parents: [0] },
  { by: 'h', parents: [1, 2] },
];

/** We wrote at a key that is no more there. */
const atOldKey = (version: string): Step => ({
  by: 'o',
  version: '-',
  message: `t\n\nImage-Updater-Application: argocd/shop\nImage-Updater-Change: main ${place.path} web.tag - -> ${version}\n`,
});

type Row = [title: string, history: readonly Step[], expected: string, given?: Given];

const rows: readonly Row[] = [
  ['RB-01 a revert of ours', steps('o 2.1.4, o 2.1.5, h 2.1.4'), 'rollback 2.1.5'],
  ['RB-02 a revert of our first', steps('h 2.1.4, o 2.1.5, h 2.1.4'), 'rollback 2.1.5'],
  ['RB-03 two of ours at once', steps('o 2.1.5, o 2.1.6, h 2.1.4'), 'rollback 2.1.6'],
  ['RB-04 up again by hand', steps('o 2.1.5, h 2.1.4, h 2.1.7'), 'free'],
  ['RB-05 down by ours', steps('o 2.1.5, o 2.0.6'), 'free'],
  ['RB-06 excluded by rule', steps('o 2.1.5, h 2.0.5'), 'free', { constraint: below('2.1.0') }],
  ['RB-08 a revert of the reference', steps('h 2.1.4, r 2.1.5, h 2.1.4'), 'rollback 2.1.5'],
  ['RB-09 a revert of a squashed one', steps('h 2.1.4, s 2.1.5, h 2.1.4'), 'rollback 2.1.5'],
  [
    'RB-10 our identity alone',
    [...steps('h 2.1.4, r 2.1.5'), { by: 'r', version: '2.1.4', message: 'set image' }],
    'rollback 2.1.5',
  ],
  [
    'our identity, and a revert that quotes the change',
    [
      ...steps('h 2.1.4, r 2.1.5'),
      { by: 'r', version: '2.1.4', message: 'Revert "build: web from 2.1.4 to 2.1.5"' },
    ],
    'rollback 2.1.5',
  ],
  ['RB-11 never ours', steps('h 2.1.5, h 2.1.4'), 'rollback 2.1.5'],
  [
    'RB-12 unchanged for two years',
    [
      { by: 'h', version: '2.1.4', atMs: startMs - 730 * dayMs },
      ...quiet(5000, (index) => startMs - (730 - index * 0.146) * dayMs),
    ],
    'free',
  ],
  [
    'RB-13 a line 6,000 commits back',
    [...steps('o 2.1.5, h 2.1.4'), ...quiet(5998, (index) => startMs + index * 60_000)],
    'rollback 2.1.5',
    { nowMs: startMs + 4 * dayMs },
  ],
  [
    'the bound is reached too early',
    [...steps('h 2.1.5, h 2.1.4'), ...quiet(5000, (index) => startMs + index * 60_000)],
    'rollback-unsure',
    { nowMs: startMs + 4 * dayMs },
  ],
  [
    'RB-14 history rewritten, as we remember it',
    steps('h 2.1.3, o 2.1.4'),
    'rollback 2.1.5',
    { wrote: { version: '2.1.5', commit: 'f'.repeat(40), unix: startMs / 1000 + 120 } },
  ],
  [
    'RB-14 history rewritten, as Argo CD remembers it',
    steps('h 2.1.3, o 2.1.4'),
    'rollback-unsure',
    { deployed: [{ revision: 'f'.repeat(40), atMs: startMs + 120_000 }] },
  ],
  ['RB-14 nobody remembers', steps('h 2.1.3, o 2.1.4'), 'free'],
  [
    'what we remember is there',
    steps('h 2.1.3, o 2.1.4'),
    'free',
    { wrote: { version: '2.1.4', commit: idAt(1), unix: startMs / 1000 + 60 } },
  ],
  ['RB-15 a merge that drops ours', merged, 'rollback 2.1.5'],
  [
    'RB-15 the same of the reference',
    merged.map((step) => (step.by === 'o' ? { ...step, by: 'r' } : step)),
    'rollback 2.1.5',
  ],
  [
    'a merge that drops what a person had on a branch',
    merged.map((step) => (step.by === 'o' ? { ...step, by: 'h' } : step)),
    'free',
  ],
  [
    'RB-16 the line of another folder',
    [
      { by: 'h', version: '2.1.0' },
      { by: 'o', path: 'clusters/a/values.yaml', message: otherFolder('2.2.0') },
    ],
    'free',
  ],
  [
    'RB-17 moved and lowered at once',
    [
      { by: 'h', version: '-' },
      { by: 'h', message: `Image-Updater-Application: argocd/shop\n${otherFolder('2.1.5')}` },
      { by: 'h', version: '2.1.4', deleted: ['clusters/a/values.yaml'] },
    ],
    'rollback-unsure 2.1.5',
  ],
  [
    'moved, and the value kept',
    [
      { by: 'h', version: '-' },
      { by: 'h', message: `Image-Updater-Application: argocd/shop\n${otherFolder('2.1.5')}` },
      { by: 'h', version: '2.1.5', deleted: ['clusters/a/values.yaml'] },
    ],
    'free',
  ],
  ['RB-18 a new key with the value of the old one', steps('h -, h 2.1.4'), 'free'],
  [
    'RB-18 a key that was renamed and lowered at once',
    [atOldKey('2.1.5'), { by: 'h', version: '2.1.4' }],
    'rollback-unsure 2.1.5',
    { keysNow: new Set(['image.tag']) },
  ],
  [
    'RB-18 a key that was renamed as it is',
    [atOldKey('2.1.5'), { by: 'h', version: '2.1.5' }],
    'free',
    { keysNow: new Set(['image.tag']) },
  ],
  [
    'RB-18 the key of another image of the Application',
    [atOldKey('2.1.5'), { by: 'h', version: '2.1.4' }],
    'free',
    { keysNow: new Set(['image.tag', 'web.tag']) },
  ],
  [
    'RB-19 a build that is gone',
    steps('o build-2, h build-1'),
    'rollback build-2',
    { strategy: { kind: 'newest-build' } },
  ],
  [
    'a build that the reference made, with dates',
    steps('h build-1, r build-2, h build-1'),
    'rollback build-2',
    {
      strategy: { kind: 'newest-build' },
      createdOf: (tag) => parseInstant(`2023-01-0${tag.slice(-1)}T00:00:00Z`),
    },
  ],
  [
    'a build that is gone, put back',
    steps('h build-1, r build-2, h build-1'),
    'rollback build-2',
    { strategy: { kind: 'newest-build' } },
  ],
  [
    'RB-20 a digest of ours put back',
    steps(`o @${aa}, o @${bb}, h @${aa}`),
    `rollback @${bb}`,
    { strategy: digest },
  ],
  [
    'a digest of ours that came back by itself',
    steps(`o @${aa}, o @${bb}, o @${aa}`),
    'free',
    { strategy: digest },
  ],
  [
    'a digest of the reference put back',
    steps(`h @${aa}, r @${bb}, h @${aa}`),
    `rollback @${bb}`,
    { strategy: digest },
  ],
  ['a digest by hand that is new', steps(`r @${aa}, h @${cc}`), 'free', { strategy: digest }],
  ['RB-21 a command on behalf of a person', steps('o 2.1.5, b 2.1.4'), 'rollback 2.1.5'],
  [
    'RB-23 resumed',
    steps('o 2.1.5, h 2.1.4'),
    'free',
    { resumed: [{ version: '2.1.5', commit: idAt(1).slice(0, 7) }] },
  ],
  [
    'RB-23 resumed, and reverted again',
    steps('o 2.1.5, h 2.1.4, o 2.1.5, h 2.1.4'),
    'rollback 2.1.5',
    { resumed: [{ version: '2.1.5', commit: idAt(1).slice(0, 7) }] },
  ],
  [
    'a quarantine that was lifted is no rollback that was',
    steps('o 2.1.5, h 2.1.4'),
    'rollback 2.1.5',
    { resumed: [{ version: '2.1.5', quarantine: true }] },
  ],
  ['RB-26 another digest of our tag', steps(`o 2.1.5@${bb}, h 2.1.5@${aa}`), `rollback 2.1.5@${bb}`],
  [
    'RB-27 a branch that merges the lines of another one',
    [
      { by: 'h', version: '2.1.3' },
      { by: 'o', version: '2.1.5', parents: [0] },
      { by: 'h', version: '2.1.3', parents: [0, 1] },
    ],
    'free',
    { branch: 'release' },
  ],
  ['RB-28 up by the reference, down by a person', steps('o 2.1.5, r 2.3.0, h 2.2.0'), 'rollback 2.3.0'],
  ['RB-28 down to what we wrote', steps('o 2.1.5, r 2.3.0, h 2.1.5'), 'rollback 2.3.0'],
  ['up by a person, down below ours', steps('o 2.1.5, h 2.2.0, h 2.1.4'), 'rollback 2.2.0 2.1.5'],
  ['down in two steps', steps('r 2.1.5, r 2.1.6, h 2.1.5, h 2.1.4'), 'rollback 2.1.6'],
  ['a renamed branch', steps('o 2.1.4, o 2.1.5, h 2.1.4'), 'rollback 2.1.5', { branch: 'trunk' }],
  ['a renamed branch, and ours last', steps('o 2.1.5, o 2.0.6'), 'free', { branch: 'trunk' }],
  ['the file taken away and put back', steps('r 2.1.5, h -, h 2.1.4'), 'rollback 2.1.5'],
  [
    'the key taken away, where what runs is older',
    steps('r 2.1.5, h -'),
    'rollback 2.1.5',
    { live: '2.1.4' },
  ],
  ['the key taken away by a revert of ours', steps('o 2.1.5, h -'), 'rollback 2.1.5', { live: '2.1.4' }],
  ['only ours', steps('h 2.1.3, o 2.1.4, o 2.1.5'), 'free'],
  ['only the reference', steps('h 2.1.3, r 2.1.4, r 2.1.5'), 'free'],
];

function otherFolder(version: string): string {
  return `Image-Updater-Change: main clusters/a/values.yaml image.tag 1.0.0 -> ${version}`;
}

describe('the log of a branch', () => {
  const log = [
    { id: 'd', parents: ['c'], isCut: false, committedAtMs: 4, message: '' },
    { id: 'e', parents: ['b'], isCut: false, committedAtMs: 4, message: '' },
    { id: 'c', parents: ['b'], isCut: false, committedAtMs: 3, message: '' },
    { id: 'b', parents: [], isCut: true, committedAtMs: 2, message: '' },
    { id: 'f', parents: [], isCut: true, committedAtMs: 5, message: '' },
  ];

  it.each<[string, string, boolean | undefined]>([
    ['c', 'c', true],
    ['d', 'b', true],
    ['d', 'c', true],
    ['e', 'c', false], // beside it, and cut only before it
    ['f', 'c', undefined], // cut after it: it may lie behind
    ['x', 'c', undefined],
    ['d', 'x', undefined],
  ])('7.2: tells whether %s has %s', (revision, commit, expected) => {
    expect(containsCommit(log, revision, commit)).toBe(expected);
  });
});

describe('rollback: respect', () => {
  test.each<Row>(rows)('%s', (_, history, expected, given = {}) => {
    expect(told(judge(history, given))).toBe(expected);
  });

  it('RB-12 says how far it has seen', () => {
    const history = [...steps('h 2.1.4'), ...quiet(5000, (index) => startMs + index * dayMs)];
    const judged = judge(history, { nowMs: startMs + 5000 * dayMs });

    expect(judged).toEqual({ kind: 'free', seenBackToMs: startMs + (5000 - 2048) * dayMs });
  });

  it('looks at values only since our last commit, and lets what we wrote go on where they are too many', () => {
    const history = [...steps('h 2.1.4, o 2.1.5'), ...quiet(100, (index) => startMs + index)];
    const asked: HistoryQuestion[] = [];
    const judged = judge(history, { onQuestion: (question) => void asked.push(question) });
    const free = judge(history, { lacks: { kind: 'too-large' } });
    const unread = judge(history, { lacks: undefined });
    const newer = judge([...history, ...steps('h 2.1.6')], { lacks: { kind: 'too-large' } });

    expect(asked).toEqual([
      { kind: 'log', minCommits: 256 },
      { kind: 'values', minCommits: 101 },
    ]);
    expect([judged, free, unread, newer].map(told)).toEqual(['free', 'free', 'unread', 'unread']);
  });

  it('names whom it blames', () => {
    const judged = judge(steps('o 2.1.5, h 2.1.4, h 2.1.4'));

    expect(judged).toMatchObject({
      taken: { by: { commit: idAt(1), name: 'Ann' }, sinceMs: startMs + 60_000, held: { tag: '2.1.4' } },
    });
  });

  const newestBuild: Strategy = { kind: 'newest-build' };
  test.each<[string, string, Strategy, string, boolean]>([
    ['RB-01', 'o 2.1.4, o 2.1.5, h 2.1.4', { kind: 'semver' }, '2.1.6', true],
    ['RB-01', 'o 2.1.4, o 2.1.5, h 2.1.4', { kind: 'semver' }, '2.1.5', false],
    ['RB-02', 'o 2.1.5, h 2.1.4', { kind: 'semver' }, '2.1.4-fix1', false],
    ['RB-03', 'o 2.1.5, o 2.1.6, h 2.1.4', { kind: 'semver' }, '2.1.5', false],
    ['RB-07', 'o 2.1.6, h 2.1.4', { kind: 'semver' }, '2.1.5', false],
    ['RB-20', `o @${aa}, o @${bb}, h @${aa}`, digest, `main@${bb}`, false],
    ['RB-20', `o @${aa}, o @${bb}, h @${aa}`, digest, `main@${cc}`, true],
    ['RB-26', `o 2.1.5@${bb}, h 2.1.5@${aa}`, { kind: 'semver' }, `2.1.5@${bb}`, false],
    ['RB-26', `o 2.1.5@${bb}, h 2.1.5@${aa}`, { kind: 'semver' }, `2.1.6@${bb}`, true],
  ])('%s: after %s, %j takes %s: %s', (_, history, strategy, candidate, expected) => {
    const judged = judge(steps(history), { strategy });
    if (judged.kind !== 'taken-back') throw new Error(judged.kind);
    expect(passes(judged.taken, parseVersionText(candidate) ?? {}, strategy)).toBe(expected);
  });

  it('RB-19 takes a build that is newer than the date of our commit', () => {
    const judged = judge(steps('o build-2, h build-1'), { strategy: newestBuild });
    if (judged.kind !== 'taken-back') throw new Error(judged.kind);
    const built = (atMs: number) => ({ tag: 'build-3', created: { seconds: atMs / 1000, nanos: 0 } });

    expect(passes(judged.taken, built(startMs - 1000), newestBuild)).toBe(false);
    expect(passes(judged.taken, built(startMs + 1000), newestBuild)).toBe(true);
  });
});

/** A person raises or lowers, we and the reference only raise. */
const histories = fc.array(
  fc.record({ by: fc.constantFrom('o', 'r', 'h', 's', 'b'), patch: fc.integer({ min: 0, max: 9 }) }),
  { minLength: 1, maxLength: 12 },
);

function raising(moves: readonly { readonly by: string; readonly patch: number }[]): readonly Step[] {
  let now = 0;
  const history: Step[] = [{ by: 'h', version: '1.0.0' }];
  for (const { by, patch } of moves) {
    const isPerson = by === 'h' || by === 'b';
    if (!isPerson && patch <= now) continue;
    now = patch;
    history.push({ by: by as Step['by'], version: `1.0.${patch}` });
  }
  return history;
}

function patches(history: readonly Step[]): readonly number[] {
  return history.map(({ version = '' }) => Number(version.split('.')[2]));
}

describe('any history of one line', () => {
  it('holds nothing where nobody has lowered', () => {
    fc.assert(
      fc.property(histories, (moves) => {
        const history = raising(moves);
        const all = patches(history);
        fc.pre(all.every((patch, index) => index === 0 || patch >= (all[index - 1] ?? 0)));
        expect(told(judge(history))).toBe('free');
      }),
    );
  });

  it('never undoes whoever lowered last, unless somebody raised again', () => {
    fc.assert(
      fc.property(histories, (moves) => {
        const history = raising(moves);
        const all = patches(history);
        const lowered = all.findLastIndex((patch, index) => index > 0 && patch < (all[index - 1] ?? 0));
        fc.pre(lowered !== -1 && (all.at(-1) ?? 0) < (all[lowered - 1] ?? 0));
        const isOurs = history.slice(lowered + 1).some(({ by }) => by === 'o' || by === 'r');
        fc.pre(!isOurs);
        const judged = judge(history);
        if (judged.kind !== 'taken-back') throw new Error(`${judged.kind}: ${JSON.stringify(history)}`);
        const back = { tag: `1.0.${all[lowered - 1]}` };
        expect(passes(judged.taken, back, { kind: 'semver' })).toBe(false);
        expect(passes(judged.taken, { tag: '1.0.100' }, { kind: 'semver' })).toBe(true);
      }),
      { numRuns: generatedRuns(1000) },
    );
  });
});

/** Branches and merges: of a commit either the new value, or the highest of what it merges. */
const graphs = fc.array(
  fc.record({
    by: fc.constantFrom<Step['by']>('o', 'r', 'h', 's', 'b'),
    raise: fc.integer({ min: 0, max: 3 }),
    first: fc.nat(),
    second: fc.option(fc.nat(), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 14 },
);

interface Node extends Pick<Step, 'by'> {
  readonly raise: number;
  readonly first: number;
  readonly second: number | undefined;
}

function merging(nodes: readonly Node[]): readonly Step[] {
  const values = [0];
  const history: Step[] = [{ by: 'h', version: '1.0.0' }];
  for (const { by, raise, first, second } of nodes) {
    const parents = [first % values.length, ...(second === undefined ? [] : [second % values.length])];
    const highest = Math.max(...parents.map((parent) => values[parent] ?? 0));
    const isMerge = new Set(parents).size > 1;
    const value = isMerge ? highest : highest + raise;
    values.push(value);
    history.push({ by: isMerge ? 'h' : by, version: `1.0.${value}`, parents: [...new Set(parents)] });
  }
  return history;
}

describe('any history with branches', () => {
  it('holds nothing where nobody has lowered', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        expect(told(judge(merging(nodes)))).toBe('free');
      }),
      { numRuns: generatedRuns(1000) },
    );
  });

  it('never undoes a person who lowers at its end what all have raised', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const raised = merging(nodes);
        const top = patches(raised).at(-1) ?? 0;
        fc.pre(top > 0);
        const judged = judge([...raised, { by: 'h', version: '1.0.0' }]);
        if (judged.kind !== 'taken-back') throw new Error(judged.kind);
        expect(passes(judged.taken, { tag: `1.0.${top}` }, { kind: 'semver' })).toBe(false);
        expect(passes(judged.taken, { tag: '1.0.100' }, { kind: 'semver' })).toBe(true);
      }),
      { numRuns: generatedRuns(1000) },
    );
  });
});
