/** A dry run says what a run then does: the same files to the byte, the same failures. */
import { applyPatch } from 'diff';
import { describe, expect, it } from 'vitest';
import type { WriteResult } from '../../src/core/report/report.ts';
import { startScene, writesOf } from './support/git-scene.ts';

const web = 'reg.test/acme/web';

const rows = [
  ['values', { sourceType: 'Helm', annotations: { 'write-back-target': 'helmvalues' } }],
  ['crlf', { sourceType: 'Helm', annotations: { 'write-back-target': 'helmvalues' } }],
  ['override', { sourceType: 'Helm' }],
  ['overlay', { sourceType: 'Kustomize' }],
  ['custom', { sourceType: 'Kustomize', annotations: { 'write-back-target': 'kustomization' } }],
  ['plain', { sourceType: 'Directory', annotations: { 'write-back-target': 'manifests' } }],
  ['bump', { sourceType: 'Helm', annotations: { 'git-branch': 'main:bump-{{.AppName}}' } }],
  ['missing', { sourceType: 'Kustomize', annotations: { 'write-back-target': 'kustomization' } }],
  ['block', { sourceType: 'Helm', annotations: { 'write-back-target': 'helmvalues' } }],
] as const;

const files = {
  'values/values.yaml': `# kept\nimage: {name: ${web}, tag: 1.0.0}  # here\n`,
  'crlf/values.yaml': `image:\r\n  name: ${web}\r\n  tag: "1.0.0"`,
  'custom/kustomization.yaml': `images:\n- name: ${web}\n  newTag: 1.0.0\n`,
  'plain/pod.yaml': `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - {name: web, image: "${web}:1.0.0"}\n`,
  'missing/other.yaml': 'a: 1\n',
  'block/values.yaml': `image:\n  name: ${web}\n  tag: |\n    1.0.0\n`,
};

describe('fault O-S1-3: a dry run', () => {
  it('tells the files, failures and conflicts of the run that follows, and leaves no trace at the server', async () => {
    const scene = await startScene(files);
    scene.tags('acme/web', '1.0.0', '1.1.0', '1.2.0');
    for (const [name, parts] of rows)
      scene.app(name, {
        images: [`${web}:1.0.0`],
        ...parts,
        annotations: { 'image-list': `web=${web}:1.x`, ...('annotations' in parts ? parts.annotations : {}) },
      });
    for (const [name, constraint] of [
      ['one', '1.1.x'],
      ['two', '1.2.x'],
    ] as const)
      scene.app(name, {
        sourceType: 'Helm',
        images: [`${web}:1.0.0`],
        annotations: {
          'image-list': `web=${web}:${constraint}`,
          'write-back-target': 'helmvalues:/shared.yaml',
        },
      });
    await scene.foreign('main', { 'shared.yaml': `image: {name: ${web}, tag: 1.0.0}\n` });
    const before = await scene.branch();

    const rehearsed = await scene.process({ dryRun: true }).run();

    expect(scene.traffic().pushes).toBe(0);
    expect(await scene.branches()).toEqual(['main']);
    expect((await scene.branch()).commits).toEqual(before.commits);
    expect(scene.bench.events()).toEqual([]);
    const { report } = await scene.cycle();
    const told = writesOf(rehearsed);
    const done = writesOf(report);
    expect(
      Object.fromEntries(
        Object.entries(told).map(([name, kind]) => [name, kind.replace('dry-run', 'committed')]),
      ),
    ).toEqual(done);
    expect(done['missing']).toContain('none of kustomization.yaml');
    expect(done['one']).toMatch(/argocd\/two wants/);
    expect(Object.values(done).filter((kind) => kind === 'committed')).toHaveLength(7);

    const patched = new Map(Object.entries(before.files).map(([path, content]) => [path, String(content)]));
    for (const { write } of rehearsed.applications) {
      for (const { path, diff } of filesOf(write)) {
        const after = applyPatch(patched.get(path) ?? '', diff, { autoConvertLineEndings: false });
        expect(after).not.toBe(false);
        patched.set(path, String(after));
      }
    }
    const main = await scene.branch();
    const bump = await scene.branch('bump-bump');
    const written = { ...bump.files, ...main.files };
    for (const [path, text] of patched) expect(String(written[path])).toBe(text);
    expect([...patched.keys()].toSorted()).toEqual(Object.keys(written).toSorted());
    const messages = rehearsed.applications.flatMap(({ write }) => messageOf(write));
    expect(messages.toSorted()).toEqual(
      [...main.commits, ...bump.commits]
        .map(({ message }) => message)
        .filter((message) => message.startsWith('build:'))
        .toSorted(),
    );
  });
});

function filesOf(
  write: WriteResult | undefined,
): readonly { readonly path: string; readonly diff: string }[] {
  return write?.kind === 'dry-run' && write.would.kind === 'commit' ? write.would.files : [];
}

function messageOf(write: WriteResult | undefined): readonly string[] {
  return write?.kind === 'dry-run' && write.would.kind === 'commit' ? [write.would.message] : [];
}
