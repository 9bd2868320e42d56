import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityOf, type MemoryLine, subjectOf } from '../../../../src/core/policy/memory/line.ts';
import {
  allLines,
  emptyMemory,
  linesOf,
  type Memory,
  mergeMemories,
  printMemory,
  readMemory,
  withLines,
  withoutLines,
} from '../../../../src/core/policy/memory/memory.ts';
import { shardMemory } from '../../../../src/core/policy/memory/shards.ts';

/** Few of each kind, so that lines meet. */
const repository = fc.constantFrom('docker.io/library/nginx', 'ghcr.io/acme/web');
const version = fc.constantFrom('2.1.5', '-', '2.1.5@sha256:aa', '@sha256:aa');
const app = fc.constantFrom('argocd/shop', '*');
const commit = fc.constantFrom('-', '81db295', '4c1d000');
const atMs = fc
  .oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2e9 }))
  .map((at) => at * 1000);
const tokens = fc.constantFrom('0', '1.5', '1', '10', '9.125');

const line: fc.Arbitrary<MemoryLine> = fc.oneof(
  fc.record({ word: fc.constant('seen' as const), repository, tag: version, digest: version, atMs }),
  fc.record({ word: fc.constantFrom('soak' as const, 'proven' as const), app, repository, version, atMs }),
  fc.record({ word: fc.constant('bad' as const), repository, version, app, commit, atMs }),
  fc.record({ word: fc.constant('wrote' as const), key: commit, version, commit, atMs }),
  fc.record({ word: fc.constant('spent' as const), bucket: app, tokens, atMs }),
) as fc.Arbitrary<MemoryLine>;

const unknown = fc.constantFrom('later x', 'later y 12');

const memory: fc.Arbitrary<Memory> = fc
  .tuple(fc.array(line, { maxLength: 30 }), fc.array(unknown))
  .map(([lines, others]) => ({ ...withLines(emptyMemory, lines), unknown: new Set(others) }));

const text = printMemory;

describe('memories', () => {
  it('are read as they were printed', () => {
    fc.assert(
      fc.property(memory, (one) => {
        const { memory: read, unreadable } = readMemory(text(one));
        expect(text(read)).toBe(text(one));
        expect(unreadable.count).toBe(0);
      }),
    );
  });

  it('merge in any order, any grouping, any number of times', () => {
    fc.assert(
      fc.property(memory, memory, memory, (a, b, c) => {
        expect(text(mergeMemories(a, b))).toBe(text(mergeMemories(b, a)));
        const left = mergeMemories(mergeMemories(a, b), c);
        expect(text(left)).toBe(text(mergeMemories(a, mergeMemories(b, c))));
        expect(text(mergeMemories(left, a))).toBe(text(left));
        expect(text(mergeMemories(a, emptyMemory))).toBe(text(a));
      }),
    );
  });

  it('lose the lines that are taken away and no other, and what was there before stays as it was', () => {
    fc.assert(
      fc.property(memory, fc.array(line, { maxLength: 5 }), (one, lines) => {
        const before = text(one);
        const gone = new Set(lines.map((each) => `${subjectOf(each)} ${identityOf(each)}`));

        const left = withoutLines(withLines(one, lines), lines);

        const kept = [...allLines(one)].filter((each) => !gone.has(`${subjectOf(each)} ${identityOf(each)}`));
        expect(text(left)).toBe(text({ ...withLines(emptyMemory, kept), unknown: one.unknown }));
        expect(text(one)).toBe(before);
        for (const each of lines) {
          const subject = subjectOf(each).split(' ').slice(1);
          expect(linesOf(left, each.word, subject).map(identityOf)).not.toContain(identityOf(each));
        }
      }),
    );
  });

  it('are whole again after any layout of shards', () => {
    fc.assert(
      fc.property(memory, fc.integer({ min: 1, max: 8 }), (one, atLeast) => {
        const parts = shardMemory(one, atLeast).map((part) => readMemory(part).memory);
        expect(text(parts.reduce(mergeMemories))).toBe(text(one));
      }),
    );
  });

  it('are read from any text without a fault, and what remains is stable', () => {
    const hostile = fc.array(
      fc.oneof(
        fc.string(),
        line.map((one) => JSON.stringify(one)),
        unknown,
      ),
    );
    fc.assert(
      fc.property(hostile, (lines) => {
        const once = text(readMemory(lines.join('\n')).memory);
        expect(text(readMemory(once).memory)).toBe(once);
      }),
    );
  });
});
