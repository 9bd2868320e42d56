/** `rollback: respect` on a real Git server: whatever people do, a process that remembers nothing writes nothing back. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CycleReport } from '../../src/core/report/report.ts';
import { reasonText } from '../../src/core/policy/reason-text.ts';
import { commitFiles, git } from '../fakes/bare-repository.ts';
import { type GitScene, startScene, writesOf } from './support/git-scene.ts';

const web = 'reg.test/acme/web';
const path = 'web/values.yaml';
const values = (tag: string, key = 'tag'): string => `image:\n  ${key}: ${tag}\n`;
const policies = { flags: new Map(), cycleMs: 120_000 };

/** The reason why `web` is held, else what became of its write. */
function told(report: CycleReport): string | undefined {
  const [decision] = report.applications[0]?.decisions ?? [];
  const isHeld = decision?.kind === 'held' || decision?.kind === 'waiting';
  return isHeld ? reasonText(decision.reason) : writesOf(report)['web'];
}

async function aScene(more: Readonly<Record<string, string>> = {}) {
  const scene = await startScene({ [path]: values('1.0.0'), 'README.md': 'x\n' });
  scene.tags('acme/web', '1.0.0', '1.1.0');
  const app = (annotations: Readonly<Record<string, string>> = {}) =>
    scene.app('web', {
      sourceType: 'Helm',
      images: [`${web}:1.0.0`],
      annotations: {
        'image-list': `web=${web}`,
        'write-back-target': 'helmvalues',
        'web.helm.image-tag': 'image.tag',
        rollback: 'respect',
        ...more,
        ...annotations,
      },
    });
  app();
  const first = (await git(scene.path, ['rev-parse', 'main'])).toString().trim();
  return { ...scene, app, first, newPod: () => newPod(scene) };
}

/** Another process with an empty cache; what it remembers is in the cluster. */
async function newPod(scene: GitScene): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'tidewaiter-pod-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const pod = scene.process({ folder, policies });
  return told(await pod.run());
}

type Scene = Awaited<ReturnType<typeof aScene>>;

const held = /^rollback: 1\.1\.0 was taken back to /;
const unsure = /^rollback-unsure: 1\.1\.0 was probably taken back to 1\.0\.0: /;

describe('a person who takes back what we wrote', () => {
  it.each<[string, (scene: Scene) => Promise<unknown>, RegExp]>([
    [
      'RB-01: by a revert',
      (scene) => scene.foreign('main', { [path]: values('1.0.0') }, 'Revert "build"'),
      held,
    ],
    ['RB-01: by an edit of the value', (scene) => scene.foreign('main', { [path]: values('0.9.0') }), held],
    [
      'RB-14: by a forced push',
      async (scene) => git(scene.path, ['update-ref', 'refs/heads/main', scene.first]),
      held,
    ],
    [
      'RB-09: by a history that is squashed into one commit',
      async (scene) => {
        await git(scene.path, ['update-ref', '-d', 'refs/heads/main']);
        await commitFiles(scene.path, 'main', { [path]: values('1.0.0') }, 'squashed');
      },
      held,
    ],
    [
      'RB-17: in a file that is moved at once',
      async (scene) => {
        await scene.foreign(
          'main',
          { [path]: { deleted: true }, 'apps/web/values.yaml': values('1.0.0') },
          'tidy up',
        );
        scene.app({ 'write-back-target': 'helmvalues:/apps/web/values.yaml' });
      },
      unsure,
    ],
    [
      'RB-18: at a key that is renamed at once',
      async (scene) => {
        await scene.foreign('main', { [path]: values('1.0.0', 'version') }, 'rename');
        scene.app({ 'web.helm.image-tag': 'image.version' });
      },
      unsure,
    ],
  ])('%s: holds in a new pod, until something newer appears', async (_, act, expected) => {
    const scene = await aScene();
    expect(await scene.newPod()).toBe('committed');
    await act(scene);
    const before = await scene.branch();

    expect(await scene.newPod()).toMatch(expected);
    expect(await scene.branch()).toEqual(before);
    scene.tags('acme/web', '1.2.0');
    expect(await scene.newPod()).toBe('committed');
  });

  it('2.6: on a write branch: it is left as it is', async () => {
    const scene = await aScene({ 'git-branch': 'main:bump' });
    expect(await scene.newPod()).toBe('committed');
    expect(await scene.newPod()).toBe('unchanged');
    await scene.foreign('bump', { [path]: values('1.0.0') }, 'not yet');
    const before = await scene.branch('bump');

    expect(await scene.newPod()).toMatch(/^rollback: 1\.1\.0 was taken back to 1\.0\.0: on branch bump/);
    expect(await scene.branch('bump')).toEqual(before);
  });

  it('2.6: and nobody, where a pull request is squashed as it is', async () => {
    const scene = await aScene({ 'git-branch': 'main:bump' });
    await scene.newPod();
    await scene.foreign('main', { [path]: values('1.1.0') }, 'bump web (#7)');
    await git(scene.path, ['update-ref', '-d', 'refs/heads/bump']);
    scene.tags('acme/web', '1.2.0');

    expect(await scene.newPod()).toBe('committed');
    expect((await scene.branch('bump')).files[path]).toBe(values('1.2.0'));
  });
});
