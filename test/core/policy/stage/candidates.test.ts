import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { concluded } from '../../../../src/core/base/pieces.ts';
import { newerThan } from '../../../../src/core/policy/stage/candidates.ts';
import { parseConstraint } from '../../../../src/core/version/constraint.ts';
import type { Candidate } from '../../../../src/core/strategy/selection.ts';
import type { Strategy } from '../../../../src/core/strategy/strategy.ts';
import { parseInstant } from '../../../../src/core/version/instant.ts';

function newer(tag: string, strategy: Strategy, candidates: readonly Candidate[]): readonly string[] {
  return concluded(newerThan(tag, { strategy }, candidates)).map((candidate) => candidate.tag);
}

function tags(...all: readonly string[]): readonly Candidate[] {
  return all.map((tag) => ({ tag }));
}

function built(tag: string, at: string): Candidate {
  const created = parseInstant(at);
  return { tag, ...(created === undefined ? {} : { created }) };
}

describe('candidates newer than what is there, best first', () => {
  it('semver: by precedence, within the constraint', () => {
    const constraint = parseConstraint('~2.1');
    if (!constraint.ok) throw new Error('no constraint');
    const all = tags('2.1.4', '2.2.0', '2.1.10', 'latest', '2.1.9', '2.1.3');

    expect(newer('2.1.4', { kind: 'semver', constraint: constraint.value }, all)).toEqual([
      '2.1.10',
      '2.1.9',
    ]);
  });

  it('semver: another spelling of the same version is not newer', () => {
    expect(newer('2.1.4', { kind: 'semver' }, tags('v2.1.4', '2.1.5'))).toEqual(['2.1.5']);
  });

  it('alphabetical: by text', () => {
    expect(newer('b', { kind: 'alphabetical' }, tags('a', 'c', 'd', 'b'))).toEqual(['d', 'c']);
  });

  it('newest-build: by date, and none where the running one has no date', () => {
    const all = [
      built('one', '2024-01-01T00:00:00Z'),
      built('three', '2024-01-03T00:00:00Z'),
      built('two', '2024-01-02T00:00:00Z'),
    ];

    expect(newer('one', { kind: 'newest-build' }, all)).toEqual(['three', 'two']);
    expect(newer('gone', { kind: 'newest-build' }, all)).toEqual([]);
  });

  it('digest: a tag has no older digest to fall back to', () => {
    expect(newer('latest', { kind: 'digest', tag: 'latest' }, tags('latest'))).toEqual([]);
  });

  it('are the 50 best of any number, in order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { maxLength: 200 }), (patches) => {
        const all = tags(...patches.map((patch) => `1.0.${patch}`));
        const best = patches.toSorted((a, b) => b - a).slice(0, 50);

        expect(newer('1.0.0', { kind: 'semver' }, all)).toEqual(best.map((patch) => `1.0.${patch}`));
      }),
    );
  });
});
