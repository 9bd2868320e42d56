/** Commits themselves: their messages and signatures, and that they are whole or not there at all. */
import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RunningProgram, startProgram } from '../cli/start-program.ts';
import { git } from '../fakes/bare-repository.ts';
import { makeKey } from '../fakes/sshd.ts';
import type { TestWorldOptions } from '../fakes/world.ts';
import type { BenchOptions } from './support/bench.ts';
import { type GitScene, ourName, startScene, writesOf } from './support/git-scene.ts';

const run = promisify(execFile);
const web = 'reg.test/acme/web';
const ourEmail = 'noreply@argoproj.io';

async function aScene(options: BenchOptions = {}): Promise<GitScene> {
  const scene = await startScene({}, options);
  scene.tags('acme/web', '1.0.0');
  scene.app('web', { images: [`${web}:1.0.0`], annotations: { 'image-list': `web=${web}` } });
  scene.app('api', { images: [`${web}:1.0.0`], annotations: { 'image-list': `web=${web}` } });
  scene.bench.registry().push('acme/web', '1.1.0', {
    labels: {
      'org.opencontainers.image.revision': 'cafe1234',
      'org.opencontainers.image.source': 'https://x.test',
    },
  });
  return scene;
}

async function messages(scene: GitScene, options: Partial<TestWorldOptions>): Promise<readonly string[]> {
  expect(writesOf(await scene.process(options).run())).toEqual({ api: 'committed', web: 'committed' });
  return (await scene.branch()).commits.slice(0, 2).map(({ message }) => message);
}

describe('messages', () => {
  it('fault O-S1-5: of a template that fails are warned of, with each commit', async () => {
    const scene = await aScene();

    const [message] = await messages(scene, { commitTemplate: '{{ .AppNam }}' });

    expect(message).toBe('build: update of application web\n');
    scene.tags('acme/web', '1.2.0');
    const report = await scene.process({ commitTemplate: '{{ .AppNam }}' }).run();
    expect(report.applications[0]?.warnings).toEqual([
      { message: expect.stringMatching(/the template of commit messages fails: .*AppNam/) as string },
    ]);
  });

  const manifestRequests = (scene: GitScene) =>
    scene.bench.registry().requests.filter(({ path }) => !path.endsWith('/tags/list')).length;

  it('tell the labels of the new image, which are asked for once', async () => {
    const scene = await aScene();
    const commitTemplate =
      'bump {{.AppName}}\n\n{{range .AppChanges}}{{.Image}} {{.NewTag}} is {{index .Labels "org.opencontainers.image.revision"}}\n{{end}}';

    expect(await messages(scene, { commitTemplate })).toEqual([
      'bump web\n\nacme/web 1.1.0 is cafe1234\n',
      'bump api\n\nacme/web 1.1.0 is cafe1234\n',
    ]);
    expect(manifestRequests(scene)).toBe(3); // of the tag, its manifest, its config
  });

  it('that use no labels ask for none', async () => {
    const scene = await aScene();

    await messages(scene, { commitTemplate: 'bump {{.AppName}}' });

    expect(manifestRequests(scene)).toBe(0);
  });

  it('that use labels ask for none where nothing is committed', async () => {
    const scene = await aScene();
    const commitTemplate = 'bump {{range .AppChanges}}{{.Labels}}{{end}}';
    await messages(scene, { commitTemplate: 'bump' });
    scene.bench.registry().clearLog();

    const report = await scene.process({ commitTemplate }).run();

    expect(writesOf(report)).toEqual({ api: 'unchanged', web: 'unchanged' });
    expect(manifestRequests(scene)).toBe(0);
  });

  it('whose labels cannot be had keep the commit back, with the reason', async () => {
    const scene = await aScene();
    scene.bench.registry().fault = ({ path }, response) => {
      if (!path.includes('/manifests/')) return false;
      response.writeHead(403).end();
      return true;
    };

    const report = await scene.process({ commitTemplate: '{{range .AppChanges}}{{.Labels}}{{end}}' }).run();

    expect(writesOf(report)['web']).toMatch(/reg\.test.*acme\/web.*403|403/);
    expect((await scene.branch()).commits).toHaveLength(1);
  });

  it('are cleaned as git does it and signed off', async () => {
    const scene = await aScene();
    const commitTemplate = '\n\n# {{.AppName}}  \n\n\n\nbody\t\n\nReviewed-by: A <a@b>\n\n';

    expect((await messages(scene, { commitTemplate, git: { signOff: true } }))[0]).toBe(
      `# web\n\nbody\n\nReviewed-by: A <a@b>\nSigned-off-by: ${ourName} <${ourEmail}>\n`,
    );
  });
});

describe('signatures', () => {
  const plain = { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };

  async function verifyBoth(
    scene: GitScene,
    settings: readonly string[],
    env: NodeJS.ProcessEnv,
  ): Promise<void> {
    for (const commit of ['main', 'main~1']) {
      await run('git', ['-C', scene.path, ...settings, 'verify-commit', commit], { env });
    }
  }

  it('of an SSH key are those of its owner', async () => {
    const scene = await aScene();
    const key = await makeKey(join(scene.bench.folder, 'signing'));
    const allowed = join(scene.bench.folder, 'allowed');
    await writeFile(allowed, `${ourEmail} ${await readFile(`${key}.pub`, 'utf8')}`);

    await messages(scene, { signing: { method: 'ssh', key } });

    await verifyBoth(scene, ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${allowed}`], plain);
  });

  it('of a GPG key are those of its owner', async () => {
    const scene = await aScene();
    const home = await mkdtemp(join(tmpdir(), 'gpg-')); // sockets have short paths only
    await chmod(home, 0o700);
    const env = { ...plain, GNUPGHOME: home };
    onTestFinished(async () => {
      await run('gpgconf', ['--kill', 'gpg-agent'], { env });
      await rm(home, { recursive: true, force: true });
    });
    const owner = `${ourName} <${ourEmail}>`;
    await run(
      'gpg',
      ['--batch', '--quiet', '--passphrase', '', '--quick-gen-key', owner, 'ed25519', 'sign'],
      { env },
    );

    await messages(scene, {
      signing: { method: 'openpgp', key: ourEmail },
      environment: { GNUPGHOME: home },
    });

    await verifyBoth(scene, [], env);
  });

  it('that cannot be made keep the commit back', async () => {
    const scene = await aScene();

    const report = await scene.process({ signing: { method: 'ssh', key: '/nonexistent' } }).run();

    const write = report.applications[0]?.write;
    expect(write).toMatchObject({ kind: 'failed', failure: { code: 'signing' } });
    expect(write).toHaveProperty(
      'failure.advice',
      expect.stringContaining('unsigned commits are never made'),
    );
    expect((await scene.branch()).commits).toHaveLength(1);
  });
});

describe('a full disk', () => {
  it('is named, and the next cycle with room works', async ({ skip }) => {
    const scene = await aScene();
    const folder = join(scene.bench.folder, 'tiny');
    await mkdir(folder);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status !== 0)
      skip('skipped: needs the right to mount');
    onTestFinished(() => void spawnSync('umount', ['-l', folder]));
    const filler = join(folder, 'filler');
    await writeFile(filler, randomBytes(1_000_000));
    const program = scene.process({ folder });

    expect(writesOf(await program.run())['web']).toMatch(/space/);
    expect((await scene.branch()).commits).toHaveLength(1);

    await rm(filler);
    expect(writesOf(await program.run())).toEqual({ api: 'committed', web: 'committed' });
  });
});

describe('a program that is killed', () => {
  it.each([2, 4, 6, 7])(
    'at request %i to Git has pushed all or nothing, and the next one does the rest',
    async (moment) => {
      let requests = 0;
      const started: RunningProgram[] = [];
      const scene = await aScene({
        git: {
          intercept: () => {
            requests += 1;
            if (requests === moment) started[0]?.signal('SIGKILL');
            return false;
          },
        },
      });
      const conf = join(scene.bench.folder, 'registries.conf');
      await writeFile(
        conf,
        `registries:\n- {name: test, prefix: reg.test, api_url: "${scene.bench.registry().url}"}\n`,
      );
      const argv = [
        'run',
        '--once',
        `--kubeconfig=${join(scene.bench.folder, 'kubeconfig')}`,
        `--registries-conf-path=${conf}`,
        `--cache-dir=${join(scene.bench.folder, 'killed')}`,
        '--git-commit-message-path=',
      ];
      const killed = startProgram(argv);
      started.push(killed);
      await killed.ended;
      const between = (await scene.branch()).commits;
      expect(between.length).toBeOneOf([1, 3]);

      const { code } = await startProgram(argv).ended;

      expect(code).toBe(0);
      const { commits, files } = await scene.branch();
      expect(commits).toHaveLength(3);
      expect(Object.keys(files)).toHaveLength(2);
      await git(scene.path, ['fsck', '--strict']);
    },
  );
});
