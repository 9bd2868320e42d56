import { describe, expect, it } from 'vitest';
import { joinEdits, targetKey } from '../../../src/core/edit/join-edits.ts';
import type { TargetEdit } from '../../../src/core/edit/edit.ts';

const image = (name: string) => ({ name, named: false, newName: name, tag: '1', alias: name });
const edits: Readonly<Record<TargetEdit['kind'], (item: string) => TargetEdit>> = {
  'override-helm': (name) => ({
    kind: 'override-helm',
    path: 'a',
    parameters: [{ name, value: '1', forceString: true }],
  }),
  'override-kustomize': (name) => ({ kind: 'override-kustomize', path: 'a', images: [name] }),
  helmvalues: (key) => ({
    kind: 'helmvalues',
    path: 'a',
    values: [{ key, value: '1', role: 'tag', alias: key }],
  }),
  kustomization: (name) => ({ kind: 'kustomization', directory: 'a', images: [image(name)] }),
  manifests: (repository) => ({
    kind: 'manifests',
    paths: ['a'],
    recurse: false,
    include: '',
    exclude: '',
    images: [{ alias: '', registry: 'r', repository, tag: '1' }],
  }),
};

describe('edits of one target', () => {
  it.each(Object.entries(edits))('%s: have one key, and are joined in order', (kind, make) => {
    const [one, two] = [make('one'), make('two')];

    expect(targetKey(one)).toBe(targetKey(two));
    const joined = JSON.stringify(joinEdits([one, two]));
    expect(joined.indexOf('"one"')).toBeGreaterThan(0);
    expect(joined.indexOf('"two"')).toBeGreaterThan(joined.indexOf('"one"'));
    expect(joinEdits([one])).toEqual(one);
    expect(joined).toContain(`"${kind}"`);
  });

  it('differ in their keys where files or forms differ', () => {
    const keys = Object.values(edits).map((make) => targetKey(make('one')));
    const elsewhere = targetKey({ kind: 'helmvalues', path: 'b', values: [] });

    expect(new Set([...keys, elsewhere]).size).toBe(keys.length + 1);
  });
});
