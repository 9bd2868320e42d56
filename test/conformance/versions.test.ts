/** versions.json: the lenient parse. */
import { expect, it } from 'vitest';
import { parseVersion } from '../../src/core/version/version.ts';
import { conformanceRows } from './tables.ts';

interface Row {
  readonly version: string;
  readonly valid: boolean;
  readonly major?: string;
  readonly minor?: string;
  readonly patch?: string;
  readonly prerelease?: string;
  readonly metadata?: string;
}

it('every version is read, or refused, as in the table', () => {
  const mismatches = conformanceRows<Row>('versions.json').filter((row) => {
    const version = parseVersion(row.version);
    if (version === undefined || !row.valid) return (version !== undefined) !== row.valid;
    const { major, minor, patch, prerelease, metadata } = version;
    return (
      major !== row.major ||
      minor !== row.minor ||
      patch !== row.patch ||
      prerelease !== row.prerelease ||
      metadata !== row.metadata
    );
  });

  expect(mismatches.slice(0, 5)).toEqual([]);
});
