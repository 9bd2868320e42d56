/** version-order.json: precedence. */
import { expect, it } from 'vitest';
import { compareVersions, parseVersion } from '../../src/core/version/version.ts';
import { conformanceRows } from './tables.ts';

interface Row {
  readonly a: string;
  readonly b: string;
  readonly compare: -1 | 0 | 1;
}

it('every pair of versions has the order of the table', () => {
  const mismatches = conformanceRows<Row>('version-order.json').filter(({ a, b, compare }) => {
    const [left, right] = [parseVersion(a), parseVersion(b)];
    return left === undefined || right === undefined || compareVersions(left, right) !== compare;
  });

  expect(mismatches.slice(0, 5)).toEqual([]);
});
