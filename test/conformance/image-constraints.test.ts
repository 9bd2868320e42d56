/** image-constraints.json: entries whose text behind the colon is a constraint. */
import { expect, it } from 'vitest';
import { parseImageListEntry, splitImageList } from '../../src/core/config/keys/image-list.ts';
import { conformanceRows } from './tables.ts';

interface Row {
  readonly identifier: string;
  readonly alias: string;
  readonly registry: string;
  readonly name: string;
  readonly constraint: string;
}

it('every entry is one item of the list and has the parts of the table', () => {
  const mismatches = conformanceRows<Row>('image-constraints.json').filter((row) => {
    const parsed = parseImageListEntry(row.identifier);
    if (!parsed.ok || splitImageList(row.identifier).length !== 1) return true;
    const { alias, image, constraint } = parsed.value;
    return (
      alias !== row.alias ||
      image.registry !== row.registry ||
      image.name !== row.name ||
      constraint !== row.constraint
    );
  });

  expect(mismatches.slice(0, 5)).toEqual([]);
});
