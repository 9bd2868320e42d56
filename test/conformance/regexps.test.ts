/** regexps.json: Go's regular expressions, unanchored. */
import { expect, it } from 'vitest';
import { compileFilter } from '../../src/core/version/filter.ts';
import { conformanceRows } from './tables.ts';

interface Row {
  readonly pattern: string;
  readonly valid: boolean;
  readonly string?: string;
  readonly match?: boolean;
}

it('every pattern matches as in the table, or is refused', () => {
  const mismatches = conformanceRows<Row>('regexps.json').filter((row) => {
    const filter = compileFilter({ allow: row.pattern, ignore: [] });
    if (!filter.ok || !row.valid) return filter.ok !== row.valid;
    return (filter.value(row.string ?? '') === undefined) !== row.match;
  });

  expect(mismatches.slice(0, 5)).toEqual([]);
});
