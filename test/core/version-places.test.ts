/** Where versions stand, by the names that lines of commits use. */
import { describe, expect, test } from 'vitest';
import type { TrackedImage } from '../../src/core/config/annotations.ts';
import type { TargetEdit } from '../../src/core/edit/edit.ts';
import { type VersionPlace, versionPlaces } from '../../src/core/version-places.ts';
import { aRef, anImage } from './builders.ts';

const values: TargetEdit = { kind: 'helmvalues', path: 'shop/values.yaml', values: [] };
const override: TargetEdit = { kind: 'override-helm', path: '.argocd-source-shop.yaml', parameters: [] };
const images: TargetEdit = { kind: 'override-kustomize', path: '.argocd-source-shop.yaml', images: [] };
const kustomization: TargetEdit = { kind: 'kustomization', directory: 'shop', images: [] };
const manifests: TargetEdit = {
  kind: 'manifests',
  images: [],
  paths: ['shop'],
  recurse: false,
  include: '',
  exclude: '',
};
const digest = `sha256:${'a'.repeat(64)}`;
const pod = (tag: string, name = 'web') =>
  `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: ${name}\n      image: ghcr.io/acme/web:${tag}\n`;

type Row = [
  string,
  Partial<TrackedImage>,
  TargetEdit,
  Readonly<Record<string, string>>,
  readonly VersionPlace[],
];

describe('where the version of an image stands', () => {
  test.each<Row>([
    [
      'values, by default',
      {},
      values,
      { 'shop/values.yaml': 'image:\n  tag: 2.1.4\n' },
      [{ path: 'shop/values.yaml', key: 'image.tag', version: { tag: '2.1.4' } }],
    ],
    [
      'values, with a spec',
      { helm: { spec: 'web.image' } },
      values,
      { 'shop/values.yaml': `web:\n  image: acme/web:2.1.4@${digest}\n` },
      [{ path: 'shop/values.yaml', key: 'web.image', version: { tag: '2.1.4', digest } }],
    ],
    [
      'values without a key',
      {},
      values,
      { 'shop/values.yaml': 'a: 1\n' },
      [{ path: 'shop/values.yaml', key: 'image.tag' }],
    ],
    [
      'values with keys for tag and digest',
      { helm: { tag: 'web.tag', digest: 'web.digest' } },
      values,
      { 'shop/values.yaml': `web:\n  tag: 2.1.4\n  digest: ${digest}\n` },
      [{ path: 'shop/values.yaml', key: 'web.tag', version: { tag: '2.1.4', digest } }],
    ],
    [
      'values with a key for the digest alone',
      { helm: { digest: 'web.digest' } },
      values,
      { 'shop/values.yaml': `web:\n  digest: ${digest}\n` },
      [{ path: 'shop/values.yaml', key: 'web.digest', version: { digest } }],
    ],
    ['values where only a name is written', { helm: { name: 'web.name' } }, values, {}, []],
    [
      'parameters',
      { helm: { tag: 'web.tag' } },
      override,
      {
        '.argocd-source-shop.yaml':
          'helm:\n  parameters:\n    - name: web.tag\n      value: 2.1.4\n      forcestring: true\n',
      },
      [{ path: '.argocd-source-shop.yaml', key: 'web.tag', version: { tag: '2.1.4' } }],
    ],
    [
      'no override file',
      { helm: { tag: 'web.tag' } },
      override,
      {},
      [{ path: '.argocd-source-shop.yaml', key: 'web.tag' }],
    ],
    [
      'kustomize images',
      {},
      images,
      { '.argocd-source-shop.yaml': 'kustomize:\n  images:\n    - ghcr.io/acme/web:2.1.4\n' },
      [{ path: '.argocd-source-shop.yaml', key: 'images[ghcr.io/acme/web]', version: { tag: '2.1.4' } }],
    ],
    [
      'a kustomization, under a name of its own, in the file that is there',
      { kustomizeName: aRef('web') },
      kustomization,
      { 'shop/kustomization.yml': 'images:\n  - name: web\n    newTag: 2.1.4\n' },
      [{ path: 'shop/kustomization.yml', key: 'images[web]', version: { tag: '2.1.4' } }],
    ],
    [
      'each manifest that names it',
      { manifests: { container: 'web' } },
      manifests,
      { 'shop/a.yaml': pod('2.1.4'), 'shop/b.yaml': pod('2.1.5'), 'shop/c.yaml': pod('2.1.6', 'other') },
      [
        { path: 'shop/a.yaml', key: 'ghcr.io/acme/web#web', version: { tag: '2.1.4' } },
        { path: 'shop/b.yaml', key: 'ghcr.io/acme/web#web', version: { tag: '2.1.5' } },
      ],
    ],
  ])('%s', (_, changes, edit, texts, expected) => {
    expect(versionPlaces(anImage(changes), edit, new Map(Object.entries(texts)))).toEqual(expected);
  });
});
