/** Base and write branches: where commits land, and that nobody's work is lost. */
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { commitFiles, git } from '../fakes/bare-repository.ts';
import { makeRealClock } from '../fakes/clock.ts';
import { type GitScene, ourName, type SceneApplication, startScene, writesOf } from './support/git-scene.ts';

const web = 'reg.test/acme/web';
const values = (tag: string): string => `image:\n  name: ${web}\n  tag: ${tag}\n`;
const listed = { 'image-list': `web=${web}`, 'write-back-target': 'helmvalues' };

/** An application on 1.0.0 where there is 1.1.0. */
async function aScene(annotations: Readonly<Record<string, unknown>> = {}, more: SceneApplication = {}) {
  const scene = await startScene({ 'web/values.yaml': values('1.0.0') });
  scene.tags('acme/web', '1.0.0', '1.1.0');
  const runs = (tag: string) =>
    scene.app('web', {
      sourceType: 'Helm',
      images: [`${web}:${tag}`],
      ...more,
      annotations: { ...listed, ...annotations },
    });
  runs('1.0.0');
  return { ...scene, runs };
}

async function write(scene: GitScene): Promise<string | undefined> {
  return writesOf((await scene.cycle()).report)['web'];
}

describe('the base branch', () => {
  it.each(['HEAD', '', 'refs/heads/trunk'])('is found for targetRevision "%s"', async (targetRevision) => {
    const scene = await aScene({}, { targetRevision });
    await git(scene.path, ['branch', '-m', 'main', 'trunk']);
    await git(scene.path, ['symbolic-ref', 'HEAD', 'refs/heads/trunk']);

    expect(await write(scene)).toBe('committed');
    expect((await scene.branch('trunk')).files['web/values.yaml']).toBe(values('1.1.0'));
  });

  it.each([
    ['a'.repeat(40), 'is a commit'],
    ['1.2.*', 'is a version range'],
    ['>=1.0', 'is a version range'],
  ])('cannot be %s, which costs no git process', async (targetRevision, reason) => {
    const scene = await aScene({}, { targetRevision });
    const { report, everything } = await scene.cycle();

    expect(writesOf(report)['web']).toContain(reason);
    expect(scene.traffic().requests).toBe(0);
    expect(everything).not.toContain('Git command');
  });

  it('cannot be a tag, which one ls-remote tells', async () => {
    const scene = await aScene({}, { targetRevision: 'v1' });
    await git(scene.path, ['tag', 'v1', 'main']);

    expect(await write(scene)).toContain('v1 is a tag of');
    expect(scene.traffic()).toEqual({ reads: 1, pushes: 0, requests: 2 });
  });

  it('that is not there is named', async () => {
    const scene = await aScene({ 'git-branch': 'none' });

    expect(await write(scene)).toMatch(/has no branch none$/);
  });

  it('may be rewritten and moved back between cycles', async () => {
    const scene = await aScene();
    expect(await write(scene)).toBe('committed');
    await git(scene.path, ['update-ref', '-d', 'refs/heads/main']);
    await commitFiles(scene.path, 'main', { 'web/values.yaml': values('0.9.0') }, 'another history');

    expect(await write(scene)).toBe('committed');
    const { commits, files } = await scene.branch();
    expect(commits).toHaveLength(2);
    expect(files['web/values.yaml']).toBe(values('1.1.0'));
  });
});

describe('a write branch', () => {
  const template = { 'git-branch': 'main:bump{{range .Images}}-{{.Name}}-{{.NewTag}}{{end}}' };
  const name = 'bump-acme/web-1.1.0';

  it('is made from base, and left alone once it holds what is wanted', async () => {
    const scene = await aScene(template);

    expect(await write(scene)).toBe('committed');
    expect(await scene.branches()).toEqual([name, 'main']);
    expect((await scene.branch(name)).commits).toHaveLength(2);
    expect((await scene.branch()).commits).toHaveLength(1);
    scene.traffic();

    expect(await write(scene)).toBe('unchanged');
    expect(scene.traffic()).toEqual({ reads: 1, pushes: 0, requests: 2 });
    const another = scene.process();
    expect(writesOf(await another.run())).toEqual({ web: 'unchanged' });
    expect(scene.traffic()).toEqual({ reads: 1, pushes: 0, requests: 2 });
  });

  it('gets a name that Git takes', async () => {
    const scene = await aScene({
      'git-branch': 'main:up date/..{{range .Images}}~^{{.Name}}{{end}}/x.lock',
    });

    expect(await write(scene)).toBe('committed');
    const [branch = ''] = (await scene.branches()).filter((other) => other !== 'main');
    expect(branch).toMatch(/^up-date\/[-\w/]+x$/);
  });

  it('goes on where it is, above the commits of others', async () => {
    const scene = await aScene({ 'git-branch': 'main:bump' });
    await write(scene);
    const foreign = await scene.foreign('bump', { 'web/notes.md': 'reviewed\n' });
    scene.tags('acme/web', '1.2.0');

    expect(await write(scene)).toBe('committed');
    const { commits, files } = await scene.branch('bump');
    expect(commits).toHaveLength(4);
    expect(commits[1]?.sha).toBe(foreign);
    expect(files['web/values.yaml']).toBe(values('1.2.0'));
    expect(files['web/notes.md']).toBe('reviewed\n');
  });

  it('starts anew from base once it is merged', async () => {
    const scene = await aScene({ 'git-branch': 'main:bump' });
    await write(scene);
    const merge = await git(scene.path, [
      '-c',
      'user.name=m',
      '-c',
      'user.email=m@x',
      'commit-tree',
      '-m',
      'Merge',
      '-p',
      'main',
      '-p',
      'bump',
      'bump^{tree}',
    ]);
    await git(scene.path, ['update-ref', 'refs/heads/main', merge.toString().trim()]);
    await scene.foreign('main', { 'web/later': 'x' });
    scene.tags('acme/web', '1.2.0');

    expect(await write(scene)).toBe('committed');
    const { commits, files } = await scene.branch('bump');
    expect(commits[1]?.sha).toBe((await scene.branch()).commits[0]?.sha);
    expect(files['web/later']).toBe('x');
    expect(files['web/values.yaml']).toBe(values('1.2.0'));
  });

  it('starts anew from base once it is squashed', async () => {
    const scene = await aScene({ 'git-branch': 'main:bump' });
    await write(scene);
    await scene.foreign('main', { 'web/values.yaml': values('1.1.0') }, 'squash');
    scene.runs('1.1.0');
    scene.tags('acme/web', '1.2.0');

    expect(await write(scene)).toBe('committed');
    const { commits } = await scene.branch('bump');
    expect(commits).toHaveLength(3);
    expect(commits[1]?.message).toContain('squash');
  });

  it('goes on with a commit of somebody else below ours, though it is squashed', async () => {
    const scene = await aScene({ 'git-branch': 'main:bump' });
    await write(scene);
    const foreign = await scene.foreign('bump', { 'web/notes.md': 'reviewed\n' });
    scene.tags('acme/web', '1.2.0');
    await write(scene);
    await scene.foreign('main', { 'web/values.yaml': values('1.2.0') }, 'squash');
    scene.runs('1.2.0');
    scene.tags('acme/web', '1.3.0');

    expect(await write(scene)).toBe('committed');
    const { commits, files } = await scene.branch('bump');
    expect(commits).toHaveLength(5);
    expect(commits[2]?.sha).toBe(foreign);
    expect(files['web/notes.md']).toBe('reviewed\n');
    expect(files['web/values.yaml']).toBe(values('1.3.0'));
  });

  it('that was merged and deleted stays deleted while nothing newer is there', async () => {
    const scene = await aScene({ 'git-branch': 'main:bump' });
    await write(scene);
    await git(scene.path, ['update-ref', 'refs/heads/main', 'refs/heads/bump']);
    await git(scene.path, ['update-ref', '-d', 'refs/heads/bump']);

    expect(await write(scene)).toBe('unchanged');
    expect(await scene.branches()).toEqual(['main']);
  });

  it('that was deleted unmerged is made again', async () => {
    const scene = await aScene({ 'git-branch': 'main:bump' });
    await write(scene);
    await git(scene.path, ['update-ref', '-d', 'refs/heads/bump']);

    expect(await write(scene)).toBe('committed');
    expect((await scene.branch('bump')).files['web/values.yaml']).toBe(values('1.1.0'));
  });

  it('of somebody else is not started anew, even if base holds its content', async () => {
    const scene = await aScene({ 'git-branch': 'main:bump' });
    const base = (await scene.branch()).commits[0]?.sha ?? '';
    await commitFiles(scene.path, 'bump', { 'docs/plan': 'long work\n' }, 'not ours', base);

    expect(await write(scene)).toBe('committed');
    const { files, commits } = await scene.branch('bump');
    expect(files['docs/plan']).toBe('long work\n');
    expect(commits.map(({ committer }) => committer.name)).toEqual([ourName, 'Someone', 'Someone']);
  });

  it('is shared by two applications: one push, two commits', async () => {
    const scene = await aScene({ 'git-branch': 'main:bump' });
    await scene.foreign('main', { 'api/values.yaml': values('1.0.0') });
    scene.app('api', {
      sourceType: 'Helm',
      images: [`${web}:1.0.0`],
      annotations: { ...listed, 'git-branch': 'main:bump' },
    });
    await write(scene);
    expect(scene.traffic().pushes).toBe(1);
    const { commits } = await scene.branch('bump');
    expect(commits.slice(0, 2).map(({ message }) => message.split('\n')[0])).toEqual([
      'build: automatic update of web',
      'build: automatic update of api',
    ]);
  });
});

describe('races', () => {
  it('are won against a writer who commits every few milliseconds for a while', async () => {
    const scene = await aScene();
    let goesOn = true;
    let count = 0;
    const writer = (async () => {
      for (; goesOn && count < 25; count += 1) await scene.foreign('main', { [`other/${count}`]: 'x' });
    })();

    const results: (string | undefined)[] = [];
    for (let i = 0; i < 4 && results.at(-1) !== 'committed'; i += 1) results.push(await write(scene));
    goesOn = false;
    await writer;

    expect(results.at(-1)).toBe('committed');
    const { commits, files } = await scene.branch();
    expect(commits.filter(({ committer }) => committer.name === 'Someone')).toHaveLength(1 + count);
    expect(Object.keys(files).filter((path) => path.startsWith('other/'))).toHaveLength(count);
  });

  it('lost on every attempt end in one clear message', async () => {
    const scene = await aScene();
    await raceEachPush(scene, 'main');

    const { report, lines } = await scene.cycle();

    expect(writesOf(report)['web']).toBe(
      `push main to ${scene.url}: somebody else was faster in each of 4 attempts; the next cycle tries again`,
    );
    expect(lines.filter((line) => line.includes('level=error'))).toHaveLength(1);
    expect((await scene.branch()).commits).toHaveLength(1 + 4);
    expect(scene.bench.events()).toEqual([]);
  });

  it('for a write branch that would start anew leave the commit of the other', async () => {
    const scene = await aScene({ 'git-branch': 'main:bump' });
    await write(scene);
    await scene.foreign('main', { 'web/values.yaml': values('1.1.0') }, 'squash');
    scene.tags('acme/web', '1.2.0');
    await raceEachPush(scene, 'bump', 1);

    expect(await write(scene)).toBe('committed');
    const { commits, files } = await scene.branch('bump');
    expect(commits[1]?.message).toBe('race-1\n');
    expect(files['web/values.yaml']).toBe(values('1.2.0'));
  });

  it('with somebody who replaces the history before it is fetched are tried again', async () => {
    let looks = 0;
    let path = '';
    const scene = await startScene(
      { 'web/values.yaml': values('1.0.0') },
      {
        git: {
          intercept: ({ method, url }) => {
            looks += method === 'GET' && url?.endsWith('git-upload-pack') === true ? 1 : 0;
            if (looks === 2 && path !== '') replaceHistory(path);
            return false;
          },
        },
      },
    );
    path = scene.path;
    scene.tags('acme/web', '1.0.0', '1.1.0');
    scene.app('web', { sourceType: 'Helm', images: [`${web}:1.0.0`], annotations: listed });

    expect(await write(scene)).toBe('committed');
    const { commits, files } = await scene.branch();
    expect(commits.map(({ message }) => message.split('\n')[0])).toEqual([
      'build: automatic update of web',
      'new history',
    ]);
    expect(files['web/values.yaml']).toBe(values('1.1.0'));
  });

  it('of two processes on one repository leave both results', async () => {
    const files = Object.fromEntries(
      ['a', 'b', 'c', 'd'].map((name) => [`${name}/values.yaml`, values('1.0.0')]),
    );
    const scene = await startScene(files);
    scene.tags('acme/web', '1.0.0', '1.1.0');
    for (const name of ['a', 'b', 'c', 'd'])
      scene.app(name, { sourceType: 'Helm', images: [`${web}:1.0.0`], annotations: listed });
    // In the same second both make the very same commits.
    const clock = { ...makeRealClock(), now: () => 1_800_000_000_000 };
    const one = scene.process({ folder: join(scene.bench.folder, 'one'), git: { clock } });
    const two = scene.process({ folder: join(scene.bench.folder, 'two'), git: { clock } });

    const reports = await Promise.all([one.run(), two.run()]);

    for (const report of reports)
      for (const result of Object.values(writesOf(report)))
        expect(['committed', 'unchanged', 'nothing']).toContain(result);
    const { commits, files: after } = await scene.branch();
    expect(commits).toHaveLength(5);
    expect(new Set(Object.values(after))).toEqual(new Set([values('1.1.0')]));
    // Who finds the very commit at the server that it made cannot tell whose push it was: the Event is one all the same.
    expect(scene.bench.events()).toHaveLength(4);
  });
});

describe('a server that refuses', () => {
  it('a protected branch is quoted, and other branches of the push succeed', async () => {
    const scene = await aScene();
    await scene.foreign('main', { 'api/values.yaml': values('1.0.0') });
    scene.app('api', {
      sourceType: 'Helm',
      images: [`${web}:1.0.0`],
      annotations: { ...listed, 'git-branch': 'main:bump' },
    });
    await scene.hook(
      'pre-receive',
      'while read -r old new ref; do [ "$ref" = refs/heads/main ] && { echo "main is protected, see wiki/42" >&2; exit 1; }; done; exit 0',
    );

    const { report } = await scene.cycle();

    const writes = writesOf(report);
    expect(writes['api']).toBe('committed');
    expect(writes['web']).toMatch(/pre-receive hook declined.*main is protected, see wiki\/42/);
  });

  it('one ref by its update hook hurts that ref only', async () => {
    const scene = await aScene();
    await scene.foreign('main', { 'api/values.yaml': values('1.0.0') });
    scene.app('api', {
      sourceType: 'Helm',
      images: [`${web}:1.0.0`],
      annotations: { ...listed, 'git-branch': 'main:bump' },
    });
    await scene.hook('update', '[ "$1" = refs/heads/bump ] && { echo "no bumps" >&2; exit 1; }; exit 0');

    const writes = writesOf((await scene.cycle()).report);

    expect(writes['web']).toBe('committed');
    expect(writes['api']).toMatch(/hook declined.*no bumps/);
  });

  it('by being gone is named, and forgotten once the repository is back', async () => {
    const scene = await aScene();
    await rename(scene.path, `${scene.path}.away`);

    expect(await write(scene)).toMatch(/404|not found/i);

    await rename(`${scene.path}.away`, scene.path);
    expect(await write(scene)).toBe('committed');
  });

  it('the commit we hold, after its history was replaced by another repository', async () => {
    const scene = await aScene();
    await write(scene);
    await rm(scene.path, { recursive: true });
    const again = await scene.bench.addRepository('ops/deploy', { 'web/values.yaml': values('1.0.0') });
    expect(again).toBe(scene.url);

    expect(await write(scene)).toBe('committed');
    expect((await scene.branch()).commits).toHaveLength(2);
  });
});

/** Main begins anew, and nothing of what it held is left. */
function replaceHistory(path: string): void {
  const run = (...args: readonly string[]) =>
    execFileSync('git', ['-C', path, '-c', 'user.name=x', '-c', 'user.email=x@x', ...args], { stdio: 'pipe' })
      .toString()
      .trim();
  run('update-ref', 'refs/heads/main', run('commit-tree', '-m', 'new history', 'main^{tree}'));
  run('reflog', 'expire', '--expire=now', '--all');
  run('gc', '--quiet', '--prune=now');
}

/** Somebody else commits to the branch while a push is under way, in the middle of it. */
async function raceEachPush(scene: GitScene, branch: string, times = 99): Promise<void> {
  await scene.hook(
    'pre-receive',
    `unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
echo x >> races; [ $(wc -l < races) -gt ${times} ] && exit 0
tip=refs/heads/${branch}
git update-ref $tip $(git -c user.name=x -c user.email=x@x commit-tree -m race-$(wc -l < races) -p $tip $tip^{tree})`,
  );
}
