import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { editKustomization, kustomizeEditFromString } from '../../src/core/edit/kustomization.ts';
import type { EditedFile } from '../../src/core/yaml/edited-file.ts';
import type { KustomizeEdit } from '../../src/core/edit/edit.ts';
import type { Outcome } from '../../src/core/base/outcome.ts';
import { conformanceRows } from './tables.ts';

interface Row {
  readonly original: string;
  readonly images: readonly string[];
  readonly output?: string;
  readonly unchanged?: boolean;
  readonly error?: string;
}

const rows = conformanceRows<Row>('kustomizations.json');

function apply({ original, images }: Row): Outcome<EditedFile | null> {
  const edits: KustomizeEdit[] = [];
  for (const text of images) {
    const edit = kustomizeEditFromString(text);
    if (!edit.ok) return edit;
    edits.push(edit.value);
  }
  return editKustomization('kustomization.yaml', original, edits);
}

interface Entry {
  readonly name: string;
  readonly newName?: string;
}

/** Texts of all scalars, with `newName` in every entry. */
function meaning(text: string): unknown {
  const read = parse(text, { schema: 'failsafe' }) as { readonly images?: readonly Entry[] };
  if (!Array.isArray(read.images)) return read;
  return { ...read, images: read.images.map((entry: Entry) => ({ newName: entry.name, ...entry })) };
}

/** Lines of the original, outside of `images`, that the edit lost. */
function lostLines(original: string, edited: string): readonly string[] {
  const lines = edited.split('\n');
  return original
    .split('\n')
    .filter((line) => !/newTag|digest|newName|images:|\{/.test(line) && !lines.includes(line));
}

describe('kustomizations.json', () => {
  it(`means the same as 0.18 makes it, in ${rows.length} rows`, () => {
    const mismatches = rows.filter((row) => {
      const edited = apply(row);
      if (row.error !== undefined)
        return edited.ok || !edited.failure.message.includes('single YAML document');
      if (!edited.ok) return true;
      const text = edited.value?.text ?? row.original;
      return JSON.stringify(sorted(meaning(text))) !== JSON.stringify(sorted(meaning(row.output ?? '')));
    });

    expect(mismatches.slice(0, 3)).toEqual([]);
  });

  it('keeps every other line byte for byte', () => {
    const damaged = rows.filter((row) => {
      const edited = apply(row);
      return edited.ok && lostLines(row.original, edited.value?.text ?? row.original).length > 0;
    });

    expect(damaged.slice(0, 3)).toEqual([]);
  });

  it('changes nothing the second time', () => {
    const restless = rows.filter((row) => {
      const edited = apply(row);
      if (!edited.ok || edited.value === null) return false;
      const again = apply({ ...row, original: edited.value.text });
      return !again.ok || again.value !== null;
    });

    expect(restless.slice(0, 3)).toEqual([]);
  });
});

/** Keys in one order, so that only what is written counts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, nested]) => [key, sorted(nested)]));
}
