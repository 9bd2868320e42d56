/** images-odd.json: malformed and hostile entries. */
import { expect, it } from 'vitest';
import { type ImageRef, imageText, parseImageRef } from '../../src/core/image/image.ts';
import { parseImageListEntry } from '../../src/core/config/keys/image-list.ts';
import { conformanceRows } from './tables.ts';

interface Row {
  readonly identifier: string;
}

const entries = conformanceRows<Row>('images-odd.json').map((row) => row.identifier);

/** True if all that would be asked stands in the entry: the host (or it is Docker Hub) and a path that a URL can hold. */
function isAsked(entry: string, { canonical }: ImageRef): boolean {
  const { registry, repository } = canonical;
  const path = repository.replace(/^library\//, '');
  return (
    (registry === 'docker.io' || entry.includes(registry)) && entry.includes(path) && /^[\w./-]+$/.test(path)
  );
}

it('every entry is refused with its name and a reason, or names the host and the path that are asked', () => {
  const mismatches = entries.filter((entry) => {
    const parsed = parseImageListEntry(entry);
    if (parsed.ok) return !isAsked(entry, parsed.value.image);
    const { kind, message } = parsed.failure;
    return (
      kind !== 'config' ||
      !message.startsWith(`image-list entry ${JSON.stringify(entry.slice(0, 9)).slice(0, -1)}`)
    );
  });

  expect(mismatches.slice(0, 5)).toEqual([]);
});

it('every accepted entry says the same once it is printed', () => {
  const mismatches = entries.filter((entry) => {
    const parsed = parseImageListEntry(entry);
    if (!parsed.ok) return false;
    const printed = parseImageListEntry(imageText(parsed.value.image));
    return !printed.ok || imageText(printed.value.image) !== imageText(parsed.value.image);
  });

  expect(mismatches.slice(0, 5)).toEqual([]);
});

it('as running images they are read or refused alike', () => {
  const mismatches = entries.filter((entry) => {
    const parsed = parseImageRef(entry);
    return parsed.ok ? !isAsked(entry, parsed.value) : parsed.failure.kind !== 'config';
  });

  expect(mismatches.slice(0, 5)).toEqual([]);
});
