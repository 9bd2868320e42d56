/** overrides.json: `.argocd-source-….yaml` files, byte for byte. */
import { expect, it } from 'vitest';
import type { HelmParameter } from '../../src/core/config/application.ts';
import { editHelmOverride, editKustomizeOverride } from '../../src/core/edit/override/override.ts';
import { conformanceRows } from './tables.ts';

interface Row {
  readonly original: string;
  readonly output: string;
  readonly parameters?: readonly HelmParameter[];
  readonly images?: readonly string[];
}

const path = '.argocd-source-shop.yaml';

function answer({ original, parameters, images = [] }: Row): unknown {
  const edited =
    parameters === undefined
      ? editKustomizeOverride(path, original, images)
      : editHelmOverride(path, original, parameters);
  return edited.ok ? (edited.value?.text ?? original) : edited.failure;
}

const rows = conformanceRows<Row>('overrides.json');

it(`writes all ${rows.length} files`, () => {
  const mismatches = rows
    .map((row) => ({ row, actual: answer(row) }))
    .filter(({ row, actual }) => actual !== row.output);

  expect(mismatches.slice(0, 5)).toEqual([]);
});
