/** Rows of write-back method argocd (spec/policies.md 2.7), and what is remembered for them. */
import { describe, expect, it, test } from 'vitest';
import { emptyMemory, withLines } from '../../../../src/core/policy/memory/memory.ts';
import { type SpecOwner, takenFromSpec } from '../../../../src/core/policy/rollback/spec-rollback.ts';
import { wroteAt, wroteLine, wroteLines } from '../../../../src/core/policy/rollback/lines/wrote.ts';

const atMs = 1_700_000_000_000;
const place = { branch: '', path: 'argocd/shop', key: 'image.tag' };

function facts(held: string, wrote?: string) {
  return {
    strategy: { kind: 'semver' },
    held: { tag: held },
    admits: () => true,
    createdOf: () => undefined,
    resumed: [],
    ...(wrote === undefined ? {} : { wrote: { version: wrote, commit: '-', unix: atMs / 1000 } }),
  } as const;
}

describe('a spec that somebody has put back', () => {
  test.each<[string, string, string | undefined, SpecOwner | undefined, string | undefined]>([
    ['RB-24 a parent Application', '2.1.4', '2.1.5', { manager: 'argocd-controller' }, 'reverted'],
    [
      'RB-24 an ApplicationSet',
      '2.1.4',
      '2.1.5',
      { manager: 'argocd-applicationset-controller' },
      'reverted',
    ],
    ['a person', '2.1.4', '2.1.5', { manager: 'kubectl-edit', atMs }, 'rollback'],
    ['over the API of Argo CD, where nobody knows who', '2.1.4', '2.1.5', undefined, 'rollback'],
    [
      'RB-25 a rollback that leaves the spec alone',
      '2.1.5',
      '2.1.5',
      { manager: 'argocd-controller' },
      undefined,
    ],
    ['up by a person', '2.1.6', '2.1.5', { manager: 'kubectl-edit' }, undefined],
    ['down by us', '2.1.4', '2.1.5', { manager: 'argocd-image-updater' }, undefined],
    ['nothing remembered', '2.1.4', undefined, { manager: 'kubectl-edit' }, undefined],
  ])('%s', (_, held, wrote, owner, expected) => {
    const record = owner === undefined ? undefined : { owner, deployed: [] };

    expect(takenFromSpec(facts(held, wrote), record)?.code).toBe(expected);
  });

  it('is let go on by resume', () => {
    const resumed = [{ version: '2.1.5' }];

    expect(takenFromSpec({ ...facts('2.1.4', '2.1.5'), resumed }, undefined)).toBeUndefined();
  });
});

describe('what we wrote last', () => {
  const other = { branch: 'main', path: 'a/values.yaml', key: 'image.tag' };

  it('is found again by repository and place', () => {
    const message = 'bump\n\nImage-Updater-Change: main a/values.yaml image.tag 1 -> 2@sha256:aa\n';
    const lines = wroteLines('git.example/ops', { id: 'f'.repeat(40), branch: 'main', message, atMs });
    const memory = withLines(emptyMemory, [
      ...lines,
      ...wroteLine('', place, { tag: '3' }, { id: '-', atMs }),
    ]);

    expect(wroteAt(memory, 'git.example/ops', other)).toEqual({
      version: '2@sha256:aa',
      commit: 'f'.repeat(40),
      unix: atMs / 1000,
    });
    expect(wroteAt(memory, 'git.example/else', other)).toBeUndefined();
    expect(wroteAt(memory, '', place)?.version).toBe('3');
  });

  it('is nothing where a command acted for a person, or a version was taken away', () => {
    const line = 'Image-Updater-Change: main a/values.yaml image.tag 2 -> ';
    const told = (message: string, branch = 'main') =>
      wroteLines('git.example/ops', { id: 'f', branch, message, atMs });

    expect(told(`t\n\n${line}1\nImage-Updater-By: ann\n`)).toEqual([]);
    expect(told(`t\n\n${line}-\n`)).toEqual([]);
    expect(told(`t\n\n${line}1\n`)).toHaveLength(1);
  });

  it('2.6: is nothing of a write branch, which base need never have', () => {
    const message = 'bump\n\nImage-Updater-Change: main a/values.yaml image.tag 1 -> 2\n';

    expect(wroteLines('git.example/ops', { id: 'f', branch: 'bump', message, atMs })).toEqual([]);
  });
});
