/** Annotations of one image, as 0.18 reads them. */
import { isDeepStrictEqual } from 'node:util';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { annotationPrefix, readConfig, type TrackedImage } from '../../src/core/config/annotations.ts';
import type { Application } from '../../src/core/config/application.ts';
import { fullName } from '../../src/core/image/image.ts';
import type { SecretSource } from '../../src/core/config/keys/secret-source.ts';
import { conformanceRows } from './tables.ts';

interface OptionsRow {
  readonly alias: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly expect: {
    readonly allows: Readonly<Record<string, boolean>>;
    readonly force: boolean;
    readonly ignore: readonly string[] | null;
    readonly imageName: string;
    readonly imageSpec: string;
    readonly imageTag: string;
    readonly kustomize: string;
    readonly platforms: readonly string[];
    readonly pullSecret: PullSecret | null;
    readonly strategy: string;
  };
}

interface PullSecret {
  readonly type: number;
  readonly registry: string;
  readonly namespace: string;
  readonly name: string;
  readonly field: string;
  readonly env: string;
  readonly script: string;
}

function readRow({ alias, annotations }: OptionsRow): TrackedImage {
  const app: Application = {
    namespace: 'argocd',
    name: 'app',
    uid: '',
    resourceVersion: '',
    project: 'default',
    annotations: { ...annotations, [`${annotationPrefix}image-list`]: `${alias}=ghcr.io/acme/web:1.0` },
    labels: {},
    sourceKind: 'single',
    sources: [{ repoURL: 'https://git.example/ops.git', path: 'web', targetRevision: 'main' }],
    status: { sourceTypes: ['Helm'], images: [] },
  };
  const [configured] = readConfig(app, { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64' }).images;
  if (!configured?.image.ok) throw new Error(JSON.stringify(configured?.image));
  return configured.image.value;
}

function asRow(image: TrackedImage, tags: readonly string[]): OptionsRow['expect'] {
  const { allow, ignore } = image.filter;
  const pattern = allow === undefined ? undefined : RE2JS.compile(allow);
  return {
    allows: Object.fromEntries(tags.map((tag) => [tag, pattern?.matcher(tag).find() ?? true])),
    force: image.forceUpdate,
    ignore: ignore.length === 0 ? null : ignore,
    imageName: image.helm.name ?? '',
    imageSpec: image.helm.spec ?? '',
    imageTag: image.helm.tag ?? '',
    kustomize: image.kustomizeName === undefined ? '' : fullName(image.kustomizeName),
    platforms: image.platforms,
    pullSecret: image.credentials === undefined ? null : pullSecret(image.credentials),
    strategy: image.strategy.kind,
  };
}

function pullSecret(source: SecretSource): PullSecret {
  const none = { registry: '', namespace: '', name: '', field: '', env: '', script: '' };
  switch (source.kind) {
    case 'pullsecret':
      return { ...none, type: 1, namespace: source.namespace, name: source.name, field: '.dockerconfigjson' };
    case 'secret':
      return { ...none, type: 2, namespace: source.namespace, name: source.name, field: source.field };
    case 'env':
      return { ...none, type: 3, env: source.name };
    case 'ext':
      return { ...none, type: 4, script: source.path };
  }
}

describe('options.json', () => {
  const rows = conformanceRows<OptionsRow>('options.json');

  it(`reads all ${rows.length} sets of annotations as 0.18 does`, () => {
    const mismatches = rows
      .map((row) => ({ row, read: asRow(readRow(row), Object.keys(row.expect.allows)) }))
      .filter(({ row, read }) => !isDeepStrictEqual(read, row.expect));

    expect(mismatches.slice(0, 3)).toEqual([]);
    expect(rows.length).toBeGreaterThan(0);
  });
});
