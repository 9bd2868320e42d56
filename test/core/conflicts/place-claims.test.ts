import { describe, expect, it } from 'vitest';
import { claimsOf, describeConflict, findConflicts } from '../../../src/core/conflicts/place-claims.ts';
import type { TargetEdit } from '../../../src/core/edit/edit.ts';

function values(path: string, key: string, value: string, role: 'tag' | 'name' = 'tag'): TargetEdit {
  return { kind: 'helmvalues', path, values: [{ key, value, role, alias: 'web' }] };
}

function conflictsOf(edits: Readonly<Record<string, TargetEdit>>): readonly string[] {
  const parties = Object.entries(edits).map(([key, edit]) => ({ party: { key }, claims: claimsOf(edit) }));
  return findConflicts(parties).map(describeConflict);
}

describe('conflicts between applications', () => {
  it('names those that want different values for one scalar', () => {
    const edits = { a: values('v.yaml', 'web.tag', '1'), b: values('v.yaml', 'web.tag', '2') };

    expect(conflictsOf(edits)).toEqual([
      'v.yaml: web.tag: a wants 1, b wants 2; nothing is written for them until they agree',
    ]);
  });

  it.each([
    ['equal values', values('v.yaml', 'web.tag', '1'), values('v.yaml', 'web.tag', '1')],
    ['other keys', values('v.yaml', 'web.tag', '1'), values('v.yaml', 'api.tag', '2')],
    [
      'two spellings of one repository',
      values('v.yaml', 'web.name', 'nginx', 'name'),
      values('v.yaml', 'web.name', 'docker.io/library/nginx', 'name'),
    ],
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
      'base/kustomization: image web: a wants ghcr.io/acme/web:1, b wants ghcr.io/acme/web:2; nothing is written for them until they agree',
    ]);
  });

  it('names a few of many', () => {
    const edits = Array.from(
      { length: 8 },
      (_, i) => [`app-${i}`, values('v.yaml', 'web.tag', `${i}`)] as const,
    );

    expect(conflictsOf(Object.fromEntries(edits))[0]).toContain('app-4 wants 4 and 3 more; nothing');
  });
});
