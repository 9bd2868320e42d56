/** Decided versions as Helm parameters and values. */
import type { Application, HelmParameter } from '../config/application.ts';
import { helmReads } from '../config/helm-reads.ts';
import { type HelmKeys, parameterKeys, valueKeys } from '../config/keys/target-keys.ts';
import { fullName, type ImageRef, imageText, tagWithDigest } from '../image/image.ts';
import type { DecidedVersion } from './decided-version.ts';
import type { ValueEdit } from './edit.ts';

/** Helm parameters of one image; an unknown version leaves the tag parameter out (writeback.md 2.3). */
export function helmParameters({ image, to }: DecidedVersion): readonly HelmParameter[] {
  return helmValues(parameterKeys(image.helm), to)
    .toSorted((a, b) => parameterOrder.indexOf(a.role) - parameterOrder.indexOf(b.role))
    .map(({ key, value }) => ({ name: key, value, forceString: true }));
}

/** Values in the order in which missing keys are made (writeback.md 4.1); of several for one key the last counts. */
export function valueEdits(decided: readonly DecidedVersion[]): readonly ValueEdit[] {
  const edits = decided.flatMap(({ image, to }) =>
    helmValues(valueKeys(image.helm), to).map((keyed) => ({ ...keyed, alias: image.alias })),
  );
  const last = new Map(edits.map((edit) => [edit.key, edit]));
  return edits.filter((edit) => last.get(edit.key) === edit);
}

const parameterOrder: readonly ValueEdit['role'][] = ['spec', 'name', 'tag'];

/** An unknown version leaves the key of the tag out. */
export function helmValues({ spec, tag, name }: HelmKeys, to: ImageRef): readonly Omit<ValueEdit, 'alias'>[] {
  const values: Omit<ValueEdit, 'alias'>[] = [];
  if (spec !== undefined) values.push({ key: spec, value: imageText(to), role: 'spec' });
  if (tag !== undefined && to.tag !== undefined)
    values.push({ key: tag, value: tagWithDigest(to), role: 'tag' });
  if (name !== undefined) values.push({ key: name, value: fullName(to), role: 'name' });
  return values;
}

/** Where nothing reports what runs, the chart's own values tell it. */
export function defaultsOf(app: Application, sourceIndex: number): readonly string[] | undefined {
  const source = app.sources[sourceIndex];
  if (app.status !== undefined || source === undefined) return undefined;
  const reads = helmReads(app, sourceIndex, source.repoURL, '');
  const files = reads?.files.filter((file) => !file.includes('*')).toReversed() ?? [];
  return files.length === 0 ? undefined : files.slice(0, maxDefaults);
}

const maxDefaults = 20;
