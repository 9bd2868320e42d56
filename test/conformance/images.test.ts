/** images.json: parts and text forms of well-formed entries, as written. */
import { expect, it } from 'vitest';
import { fullName, imageText, tagWithDigest, withVersion } from '../../src/core/image/image.ts';
import { parseImageListEntry } from '../../src/core/config/keys/image-list.ts';
import { conformanceRows } from './tables.ts';

interface Row {
  readonly identifier: string;
  readonly alias: string;
  readonly registry: string;
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly string: string;
  readonly withTag: string;
  readonly withoutTag: string;
  /** Absent where 0.18 makes a tag up. */
  readonly tagWithDigest?: string;
}

/** The row as this project reads and prints its identifier; undefined if it is refused. */
function reading(row: Row): Row | undefined {
  const parsed = parseImageListEntry(row.identifier);
  if (!parsed.ok) return undefined;
  const { alias, constraint: tag, image } = parsed.value;
  const full = withVersion(image, { tag, digest: image.digest });
  return {
    identifier: row.identifier,
    alias,
    registry: image.registry,
    name: image.name,
    tag: tag ?? '',
    digest: image.digest ?? '',
    string: `${alias === '' ? '' : `${alias}=`}${imageText(full)}`,
    withTag: imageText(full),
    withoutTag: fullName(full),
    ...(row.tagWithDigest === undefined ? {} : { tagWithDigest: tagWithDigest(full) }),
  };
}

it('every entry has the parts and the text forms of the table', () => {
  for (const row of conformanceRows<Row>('images.json')) {
    expect(reading(row)).toEqual({ tag: '', digest: '', ...row });
  }
});
