import { describe, expect, it } from 'vitest';
import { withoutForgotten } from '../../../../src/core/policy/memory/forgetting.ts';
import {
  allLines,
  emptyMemory,
  linesOf,
  mergeMemories,
  printMemory,
  readMemory,
  withLines,
  withoutFuture,
  withoutMemory,
} from '../../../../src/core/policy/memory/memory.ts';
import { maxShards, shardMemory } from '../../../../src/core/policy/memory/shards.ts';

const dayMs = 86_400_000;
const digest = `sha256:${'5c'.repeat(16)}`;

const oneOfEach = [
  'bad ghcr.io/acme/web 2.1.5 argocd/shop 81db295 1764370800',
  'proven argocd/staging ghcr.io/acme/web 2.1.5 1764370800',
  `seen ghcr.io/acme/web 2.1.5 ${digest} 1764370800`,
  'seen ghcr.io/acme/web 2.1.6 - 1764370800',
  'soak argocd/staging ghcr.io/acme/web 2.1.5 1764370800',
  'spent * 9.25 1764370800',
  'wrote 0123456789abcdef 2.1.5@sha256:5c 81db295 1764370800',
];

function read(...lines: readonly string[]) {
  return readMemory(lines.map((line) => `${line}\n`).join('')).memory;
}

describe('memory', () => {
  it('is printed sorted, as it was read', () => {
    const memory = read(...oneOfEach.toReversed());

    expect(printMemory(memory)).toBe(oneOfEach.map((line) => `${line}\n`).join(''));
    expect(linesOf(memory, 'seen', ['ghcr.io/acme/web', '2.1.5'])).toEqual([
      { word: 'seen', repository: 'ghcr.io/acme/web', tag: '2.1.5', digest, atMs: 1_764_370_800_000 },
    ]);
  });

  it('keeps lines of words that it does not know', () => {
    const memory = read('vetoed argocd/shop by ann 12', 'spent * 1 12');

    expect(printMemory(memory)).toBe('spent * 1 12\nvetoed argocd/shop by ann 12\n');
  });

  it.each([
    ['an instant missing', 'seen ghcr.io/acme/web 2.1.5 -'],
    ['an instant that is no number', 'seen ghcr.io/acme/web 2.1.5 - soon'],
    ['an instant beyond all calendars', 'seen ghcr.io/acme/web 2.1.5 - 999999999999'],
    ['a field too many', 'soak argocd/a ghcr.io/acme/web 1.0.0 x 12'],
    ['an empty field', 'soak argocd/a  1.0.0 12'],
    ['negative tokens', 'spent * -1 12'],
    ['a word that is none', '<html> 12'],
    ['a name of every object', 'constructor'],
    ['a field of two megabytes', `seen ${'x'.repeat(2 << 20)} 1 - 12`],
  ])('drops a line with %s, and says so', (_, line) => {
    const { memory, unreadable } = readMemory(`${line}\nspent * 1 12\n`);

    const isWord = line === 'constructor';
    expect(printMemory(memory)).toBe(`${isWord ? 'constructor\n' : ''}spent * 1 12\n`);
    expect(unreadable).toEqual(isWord ? { count: 0, first: '' } : { count: 1, first: line });
  });

  it.each([
    ['seen: the earliest', 'seen ghcr.io/a/b 1 - 10', 'seen ghcr.io/a/b 1 - 12', 0],
    ['soak: the latest', 'soak argocd/a ghcr.io/a/b 1 10', 'soak argocd/a ghcr.io/a/b 1 12', 1],
    ['proven: the latest', 'proven argocd/a ghcr.io/a/b 1 10', 'proven argocd/a ghcr.io/a/b 1 12', 1],
    ['wrote: the latest', 'wrote 0123 2.1.5 81db 10', 'wrote 0123 2.1.4 - 12', 1],
    ['spent: the fewest tokens', 'spent argocd/a 3 10', 'spent argocd/a 2.5 9', 1],
  ])('AG-11: keeps of %s, whichever comes first', (_, one, other, kept) => {
    const expected = `${[one, other][kept] ?? ''}\n`;

    expect(printMemory(mergeMemories(read(one), read(other)))).toBe(expected);
    expect(printMemory(mergeMemories(read(other), read(one)))).toBe(expected);
    expect(printMemory(read(one, other))).toBe(expected);
  });

  it('keeps what spoke against a version, whoever did', () => {
    const [one, other] = ['bad ghcr.io/a/b 1 argocd/a 81db 10', 'bad ghcr.io/a/b 1 argocd/b 81db 10'];

    expect(printMemory(mergeMemories(read(one), read(other)))).toBe(`${one}\n${other}\n`);
  });

  it('takes a new line in the place of the old one', () => {
    const memory = withLines(read('spent * 1 10'), [
      { word: 'spent', bucket: '*', tokens: '8', atMs: 12_999 },
    ]);

    expect(printMemory(memory)).toBe('spent * 8 12\n');
  });

  it('does not keep what could not be read again', () => {
    const line = { word: 'seen', repository: 'ghcr.io/a/b', digest: '-', atMs: 0 } as const;

    expect(printMemory(withLines(emptyMemory, [{ ...line, tag: '1.0 0' }]))).toBe('');
    expect(printMemory(withLines(emptyMemory, [{ ...line, tag: '' }]))).toBe('');
  });

  it('AG-06: what was stored for a time to come happened now', () => {
    const [soon, in2031] = ['seen ghcr.io/a/b 1 - 1300', 'seen ghcr.io/a/b 2 - 1924992000'];

    const memory = withoutFuture(read(soon, in2031), 1_000_000);

    expect(printMemory(memory)).toBe('seen ghcr.io/a/b 1 - 1300\nseen ghcr.io/a/b 2 - 1000\n');
  });

  it('leaves out what another memory has', () => {
    const rest = withoutMemory(
      read('spent * 1 10', 'spent argocd/a 2 10', 'later x', 'last y'),
      read('spent * 1 10', 'spent argocd/a 3 10', 'later x'),
    );

    expect(printMemory(rest)).toBe('last y\nspent argocd/a 2 10\n');
  });
});

describe('forgetting', () => {
  const nowMs = 100 * dayMs;
  const at = (days: number) => (days * dayMs) / 1000;

  it.each([
    ['asked for 7 d ago', 93, true],
    ['asked for longer ago', 92, false],
  ])('a line that was %s', (_, askedDay, stays) => {
    const line = `seen ghcr.io/a/b 1 - ${at(3)}`;

    const asked = new Map([['seen ghcr.io/a/b 1', askedDay * dayMs]]);

    expect(printMemory(withoutForgotten(read(line), asked, nowMs))).toBe(stays ? `${line}\n` : '');
  });

  it.each([
    [`proven argocd/a ghcr.io/a/b 1 ${at(70)}`, true],
    [`proven argocd/a ghcr.io/a/b 1 ${at(69)}`, false],
    [`bad ghcr.io/a/b 1 argocd/a 81db ${at(10)}`, true],
    [`bad ghcr.io/a/b 1 argocd/a 81db ${at(9)}`, false],
    [`spent argocd/a 1 ${at(10)}`, true],
    [`spent argocd/a 1 ${at(9)}`, false],
    [`wrote 0123 1 81db ${at(9)}`, false],
    [`watch argocd/a ghcr.io/a/b 1 81db 900 ${at(97)}`, true],
    [`watch argocd/a ghcr.io/a/b 1 81db 900 ${at(96)}`, false],
    [`seen ghcr.io/a/b 1 - ${at(1)}`, true],
    [`later ghcr.io/a/b ${at(1)}`, true],
  ])('%s without a question: stays %s', (line, stays) => {
    expect(printMemory(withoutForgotten(read(line), new Map(), nowMs))).toBe(stays ? `${line}\n` : '');
  });
});

describe('shards', () => {
  const many = (count: number) =>
    read(
      ...Array.from({ length: count }, (_, index) =>
        ['2.1.5', '2.1.6'].map(
          (tag) => `seen registry.example.com/acme/service-${index} ${tag} ${digest} 1764370800`,
        ),
      ).flat(),
    );

  it('is one while it fits', () => {
    expect(shardMemory(read(...oneOfEach))).toEqual([printMemory(read(...oneOfEach))]);
    expect(shardMemory(emptyMemory)).toEqual(['']);
  });

  it('5,000 repositories with two tags each are two, and merged again they are whole', () => {
    const memory = many(5_000);

    const texts = shardMemory(memory);

    expect(texts).toHaveLength(2);
    expect(texts.every((text) => Buffer.byteLength(text) <= 900_000)).toBe(true);
    expect([...allLines(memory)]).toHaveLength(10_000);
    const merged = texts.map((text) => readMemory(text).memory).reduce(mergeMemories);
    expect(printMemory(merged)).toBe(printMemory(memory));
  });

  it('are never made fewer', () => {
    expect(shardMemory(read(...oneOfEach, 'later x'), 3)).toHaveLength(4);
  });

  it('are eight at most', () => {
    expect(shardMemory(many(60_000))).toHaveLength(maxShards);
  });
});
