import { describe, expect, it } from 'vitest';
import { claimsOf, findConflicts } from '../../src/core/claims.ts';
import type { TargetEdit } from '../../src/core/target.ts';

function values(path: string, key: string, value: string): TargetEdit {
  return { kind: 'helmvalues', path, values: [{ key, value, role: 'tag', alias: 'web' }] };
}

function conflictsOf(edits: Readonly<Record<string, TargetEdit>>) {
  return findConflicts(Object.entries(edits).map(([party, edit]) => ({ party, claims: claimsOf(edit) })));
}

describe('conflicts between applications', () => {
  it('names those that want different values for one scalar', () => {
    expect(conflictsOf({ a: values('v.yaml', 'web.tag', '1'), b: values('v.yaml', 'web.tag', '2') })).toEqual(
      [{ place: 'v.yaml: web.tag', parties: ['a', 'b'] }],
    );
  });

  it.each([
    ['equal values', values('v.yaml', 'web.tag', '1'), values('v.yaml', 'web.tag', '1')],
    ['other keys', values('v.yaml', 'web.tag', '1'), values('v.yaml', 'api.tag', '2')],
    ['other files', values('v.yaml', 'web.tag', '1'), values('w.yaml', 'web.tag', '2')],
  ])('%s are none', (_, a, b) => {
    expect(conflictsOf({ a, b })).toEqual([]);
  });

  it('compares images of a shared kustomization by name', () => {
    const edit = (tag: string): TargetEdit => ({
      kind: 'kustomization',
      directory: 'base',
      images: [{ name: 'web', named: true, newName: 'ghcr.io/acme/web', tag, alias: 'web' }],
    });
    expect(conflictsOf({ a: edit('1'), b: edit('2') })).toEqual([
      { place: 'base/kustomization: image web', parties: ['a', 'b'] },
    ]);
  });
});
