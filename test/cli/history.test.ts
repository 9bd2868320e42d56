/** The command `history`: what Git tells of our commits, and of nobody else's. */
import { describe, expect, it } from 'vitest';
import { toldCommit } from '../../src/cli/history/told-commit.ts';
import { commitFiles } from '../fakes/bare-repository.ts';
import { imageHost, type RehearsalScene, startRehearsal } from './rehearsal-scene.ts';
import { join } from 'node:path';

const web = `${imageHost}/acme/web`;
const values = (tag: string) => `image:\n  name: ${web}\n  tag: "${tag}"\n`;
const files = {
  'shop/Chart.yaml': 'name: shop\n',
  'shop/values.yaml': values('2.1.4'),
  'pay/Chart.yaml': 'name: pay\n',
  'pay/values.yaml': values('2.1.0'),
};
const toValues = { 'write-back-method': 'git', 'write-back-target': 'helmvalues' };

async function written(): Promise<RehearsalScene> {
  const scene = await startRehearsal(files);
  for (const tag of ['2.1.0', '2.1.4', '2.1.5']) scene.registry.push('acme/web', tag, {});
  scene.app('shop', { 'image-list': `web=${web}:~2.1`, ...toValues, 'git-commit-trailers': 'true' });
  scene.app('pay', { 'image-list': `web=${web}:~2.1`, ...toValues });
  const { code } = await scene.run('run', '--once', '--exit-code');
  expect(code).toBe(0);
  await commitFiles(
    join(scene.folder, 'git/deploy.git'),
    'main',
    { other: 'x' },
    'build: automatic update of shop',
  );
  return scene;
}

describe('history', () => {
  it('tells our commits, newest first, with versions, and none of others', async () => {
    const { run } = await written();

    const { code, stdout, stderr } = await run('history');

    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^WHEN +APPLICATION +IMAGE +FROM +TO +COMMIT +REPOSITORY$/);
    expect(
      lines
        .slice(1)
        .map((line) => line.split(/ {2,}/).slice(1, 5))
        .toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
    ).toEqual([
      ['argocd/shop', 'acme/web', '2.1.4', '2.1.5'],
      ['pay', 'acme/web', '2.1.0', '2.1.5'],
    ]);
  });

  it('is about one Application where one is named, with its rule where trailers tell it', async () => {
    const { run } = await written();

    const { stdout } = await run('history', 'shop', '--json');

    expect(JSON.parse(stdout)).toMatchObject([
      {
        application: 'argocd/shop',
        changes: [{ image: 'acme/web', from: '2.1.4', to: '2.1.5' }],
        rules: ['semver ~2.1'],
        branch: 'main',
        commit: expect.stringMatching(/^[0-9a-f]{40}$/) as unknown,
      },
    ]);
    expect((await run('history', 'none')).stdout).toBe('nothing was committed\n');
  });

  it('leaves out what is older than --since, and says which repository could not be read', async () => {
    const scene = await written();
    scene.app('lost', {
      'image-list': web,
      ...toValues,
      'git-repository': `${scene.git.url}/none.git`,
      'git-branch': 'main',
    });

    const { code, stdout, stderr } = await scene.run('history', '--since=1h');

    expect(code).toBe(1);
    expect(stdout).toContain('argocd/shop');
    expect(stderr).toMatch(/^Error: .*none/);
    expect((await scene.run('history', '--since=1ms')).stdout).toBe('nothing was committed\n');
  });
});

describe('a commit of ours', () => {
  it.each([
    [
      "build: automatic update of shop\n\nupdates image acme/web tag '1' to '2'\n",
      { application: 'shop', changes: [{ image: 'acme/web', from: '1', to: '2' }] },
    ],
    [
      'bump\n\nImage-Updater-Application: team-a/shop\nImage-Updater-Rule: semver 1.x\n',
      { application: 'team-a/shop', rules: ['semver 1.x'], changes: [] },
    ],
    [
      'bump\n\nImage-Updater-Change: main apps/values.yaml image.tag - -> 2.1.5\n',
      { changes: [{ image: 'apps/values.yaml image.tag', from: '-', to: '2.1.5' }] },
    ],
    ['bump images\n', { subject: 'bump images', changes: [], rules: [] }],
  ])('%j tells what it can', (message, told) => {
    expect(toldCommit({ message })).toMatchObject(told);
  });
});
