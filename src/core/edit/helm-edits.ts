/** Decided versions as Helm parameters and values. */
import type { Application, HelmParameter } from '../config/application.ts';
import { helmReads } from '../config/helm-reads.ts';
import { type HelmKeys, parameterKeys, valueKeys } from '../config/keys/target-keys.ts';
import { fullName, imageText, tagWithDigest } from '../image/image.ts';
import { type DecidedVersion, writtenVersion } from './decided-version.ts';
import type { ValueEdit } from './edit.ts';

/** Helm parameters of one image; an unknown version leaves the tag parameter out (writeback.md 2.3). */
export function helmParameters(decided: DecidedVersion): readonly HelmParameter[] {
  return helmValues(parameterKeys(decided.image.helm), decided)
    .toSorted((a, b) => parameterOrder.indexOf(a.role) - parameterOrder.indexOf(b.role))
    .map(({ key, value, role }) => ({
      name: key,
      value,
      forceString: true,
      ...(role === 'digest' && value === '' ? { onlyIfThere: true } : {}),
    }));
}

/** Values in the order in which missing keys are made (writeback.md 4.1); of several for one key the last counts. */
export function valueEdits(decided: readonly DecidedVersion[]): readonly ValueEdit[] {
  const edits = decided.flatMap((version) =>
    helmValues(valueKeys(version.image.helm), version).map((keyed) => ({
      ...keyed,
      alias: version.image.alias,
    })),
  );
  const last = new Map(edits.map((edit) => [edit.key, edit]));
  return edits.filter((edit) => last.get(edit.key) === edit);
}

const parameterOrder: readonly ValueEdit['role'][] = ['spec', 'name', 'tag', 'digest'];

/** An unknown version leaves the key of the tag out. */
export function helmValues(keys: HelmKeys, decided: DecidedVersion): readonly Omit<ValueEdit, 'alias'>[] {
  const { to } = decided;
  const values: Omit<ValueEdit, 'alias'>[] = [];
  if (keys.spec !== undefined)
    values.push({ key: keys.spec, value: imageText(writtenVersion(decided)), role: 'spec' });
  const tag = tagValue(keys, decided);
  if (keys.tag !== undefined && tag !== undefined) values.push({ key: keys.tag, value: tag, role: 'tag' });
  const digest = digestValue(decided);
  if (keys.digest !== undefined && digest !== undefined)
    values.push({ key: keys.digest, value: digest, role: 'digest' });
  if (keys.name !== undefined) values.push({ key: keys.name, value: fullName(to), role: 'name' });
  return values;
}

/** Beside a key of its own the digest does not stand behind the tag; where it alone is written, the tag stays as it is. */
function tagValue({ digest }: HelmKeys, { image, to }: DecidedVersion): string | undefined {
  if (to.tag === undefined || image.format === 'digest') return undefined;
  return digest === undefined ? tagWithDigest(to) : to.tag;
}

/** In most charts a digest wins over the tag: an old one must not stay beside a new tag. */
function digestValue({ image, to }: DecidedVersion): string | undefined {
  return to.digest ?? (image.format === 'tag' ? '' : undefined);
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
