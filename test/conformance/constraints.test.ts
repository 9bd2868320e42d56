/** constraints.json: which versions a constraint admits. */
import { expect, it } from 'vitest';
import { parseConstraint, satisfies } from '../../src/core/version/constraint.ts';
import { parseVersion } from '../../src/core/version/version.ts';
import { conformanceRows } from './tables.ts';

interface Row {
  readonly constraint: string;
  readonly valid: boolean;
  readonly matches?: readonly string[];
  readonly rejects?: readonly string[];
}

it('every constraint admits the versions of the table, or is refused', () => {
  const mismatches = conformanceRows<Row>('constraints.json').filter((row) => {
    const constraint = parseConstraint(row.constraint);
    if (!constraint.ok || !row.valid) return constraint.ok !== row.valid;
    const admits = (text: string) => satisfies(constraint.value, parseVersion(text)!);
    return !(row.matches ?? []).every(admits) || (row.rejects ?? []).some(admits);
  });

  expect(mismatches.slice(0, 5)).toEqual([]);
});
