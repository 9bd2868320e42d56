/** newest.json: which tag a strategy chooses. */
import { expect, it } from 'vitest';
import { parseConstraint } from '../../src/core/version/constraint.ts';
import type { Outcome } from '../../src/core/base/outcome.ts';
import { selectTag } from '../../src/core/strategy/selecting.ts';
import type { Selection } from '../../src/core/strategy/selection.ts';
import type { Strategy } from '../../src/core/strategy/strategy.ts';
import { parseInstant } from '../../src/core/version/instant.ts';
import { conformanceRows } from './tables.ts';

interface Row {
  readonly strategy: 'semver' | 'newest-build' | 'alphabetical';
  readonly constraint: string;
  readonly current: string;
  readonly tags: readonly { readonly tag: string; readonly created: string }[];
  /** null: none. The current tag, though it is not listed: the image stays as it is. */
  readonly newest?: string | null;
  readonly error?: boolean;
}

function select(row: Row): Outcome<Selection> {
  const candidates = row.tags.map(({ tag, created }) => ({ tag, created: parseInstant(created)! }));
  let strategy: Strategy = { kind: row.strategy };
  if (row.strategy === 'semver' && row.constraint !== '') {
    const constraint = parseConstraint(row.constraint);
    if (!constraint.ok) return constraint;
    strategy = { kind: 'semver', constraint: constraint.value };
  }
  return selectTag(strategy, candidates, { tag: row.current });
}

function newest(selection: Selection, current: string): string | null {
  if (selection.kind === 'chosen') return selection.tag;
  return selection.kind === 'none-left' ? current : null;
}

it('every row has the newest tag of the table, or its error', () => {
  const mismatches = conformanceRows<Row>('newest.json').filter((row) => {
    const selected = select(row);
    if (!selected.ok) return row.error !== true;
    return row.error === true || newest(selected.value, row.current) !== row.newest;
  });

  expect(mismatches.slice(0, 5)).toEqual([]);
});
