/** `rollback: respect` where Applications are written to a branch of their own (spec/policies.md 2.6). */
import { describe, expect, it } from 'vitest';
import type { MemoryGit } from '../../fakes/memory-git.ts';
import { values } from '../../fakes/memory-world.ts';
import { makeScene, reasons, url } from './scene.ts';

const respects = { 'git-branch': 'main:bump', rollback: 'respect' };

const onBranch = (git: MemoryGit, name: string) => git.file(url, `${name}/values.yaml`, 'bump');

/** Our commit stands on the branch `bump`, and somebody has put the old version back there. */
async function lowered(more: Readonly<Record<string, string>> = respects) {
  const scene = makeScene({ web: more });
  expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
  scene.git.commit(url, 'not yet', { 'web/values.yaml': values('web', '1.0.0') }, 'bump');
  return { ...scene, onBranch: () => onBranch(scene.git, 'web') };
}

describe('a version that was taken back on a write branch', () => {
  it('2.6: is not written there again, cycle after cycle', async () => {
    const scene = await lowered();

    for (const { writes, report } of [await scene.cycle(), await scene.cycle()]) {
      expect(writes).toEqual({ web: 'nothing' });
      expect(reasons(report)['web']).toMatch(
        /^rollback: 1\.1\.0 was taken back to 1\.0\.0: on branch bump \(commit [0-9a-f]{7} of Ops\)/,
      );
    }
    expect(scene.onBranch()).toContain('tag: 1.0.0');
    expect(scene.git.messages(url, 'bump')[0]).toBe('not yet');
  });

  it('2.6: gives way to a newer one', async () => {
    const scene = await lowered();
    scene.shelf.tags.set('acme/web', ['1.0.0', '1.1.0', '1.2.0']);

    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
    expect(scene.onBranch()).toContain('tag: 1.2.0');
  });

  it('2.6: comes again where a person lets it go on', async () => {
    const scene = await lowered();
    const { report } = await scene.cycle();
    const [decision] = report.applications[0]?.decisions ?? [];
    const resume = decision?.kind === 'held' ? decision.reason.resume : undefined;
    expect(resume).toMatchObject({ version: '1.1.0' });
    scene.sets('argocd-image-updater-holds', { 'argocd.web.web': JSON.stringify({ resumed: [resume] }) });

    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
    expect(scene.onBranch()).toContain('tag: 1.1.0');
  });

  it('2.6: does not stop others of the branch', async () => {
    const scene = makeScene({ web: respects, api: respects });
    await scene.cycle();
    scene.git.commit(url, 'not yet', { 'web/values.yaml': values('web', '1.0.0') }, 'bump');
    scene.shelf.tags.set('acme/api', ['1.0.0', '1.1.0', '1.2.0']);

    expect((await scene.cycle()).writes).toEqual({ api: 'committed', web: 'nothing' });
    expect(onBranch(scene.git, 'api')).toContain('tag: 1.2.0');
    expect(onBranch(scene.git, 'web')).toContain('tag: 1.0.0');
  });

  it('2.6: waits with the reason where the history of the branch cannot be read', async () => {
    const scene = await lowered();
    scene.git.loses(url, 'bump');

    const { writes, report } = await scene.cycle();

    expect(writes).toEqual({ web: 'nothing' });
    expect(reasons(report)['web']).toMatch(
      /^rollback-unsure: whether a version was taken back cannot be told/,
    );
    expect(scene.onBranch()).toContain('tag: 1.0.0');
  });

  it('2.6: one that nobody has merged yet is no rewritten history of its base', async () => {
    const scene = makeScene({ web: respects });
    await scene.cycle();

    const { writes, report } = await scene.cycle();

    expect(writes).toEqual({ web: 'unchanged' });
    expect(reasons(report)).toEqual({});
  });

  it('without the policy is written again', async () => {
    const scene = await lowered({ 'git-branch': 'main:bump' });

    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
    expect(scene.onBranch()).toContain('tag: 1.1.0');
  });
});
