/** globs.json: Go's filepath.Match. */
import { expect, it } from 'vitest';
import { globMatches, parseGlob } from '../../src/core/version/glob.ts';
import { conformanceRows } from './tables.ts';

interface Row {
  readonly pattern: string;
  readonly string: string;
  readonly match?: boolean;
  readonly error?: boolean;
}

// Go finds a malformed pattern only as far as it reads it; ours is malformed as a whole, and so matches nothing.
it('every pattern matches as in the table; what Go calls malformed is malformed', () => {
  const mismatches = conformanceRows<Row>('globs.json').filter((row) => {
    const glob = parseGlob(row.pattern);
    if (row.error === true) return glob !== undefined;
    return (glob !== undefined && globMatches(glob, row.string)) !== row.match;
  });

  expect(mismatches.slice(0, 5)).toEqual([]);
});
