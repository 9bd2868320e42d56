/** The program as a process of its own, against a real registry, a real Git server and a strict API server. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type RunningProgram, runInProcess, startProgram, temporaryFolder } from '../cli/start-program.ts';
import { git, makeBareRepository, readBranch } from '../fakes/bare-repository.ts';
import { type DockerRegistry, hasDockerRegistry, startDockerRegistry } from '../fakes/docker-registry.ts';
import { type GitServerOptions, startGitServer } from '../fakes/git-http.ts';
import { makeImage } from '../fakes/image-content.ts';
import { type ObjectSeed, startKubeApi } from '../fakes/kube-api.ts';
import { type FakeRegistry, startFakeRegistry } from '../fakes/registry.ts';
import { parseLogLine, problemsIn } from './support/log.ts';
import {
  type ApplicationParts,
  anApplication,
  pullSecret,
  repositoryCredentials,
} from './support/objects.ts';

const root = join(import.meta.dirname, '../..');
const gitUser = { username: 'bot', password: 'git-password-7c1f' };
const puller = { name: 'ci', password: 'pull-password-51d2' };
const image = 'reg.test/acme/web';

/** What the repository holds before: one folder per type of source. */
const files = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'chart/values.yaml': `image:\n  name: ${image}\n  tag: 1.0.0 # the app's\n`,
  'overlay/kustomization.yaml': `resources:\n- ../plain\nimages:\n- name: ${image}\n  newTag: 1.0.0 # kept\n`,
  'plain/deployment.yaml': `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: ${image}:1.0.0 # kept\n`,
};

const changedFiles: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(files).map(([path, text]) => [
    path,
    path === 'chart/Chart.yaml' ? text : text.replace(/: ?1\.0\.0/, (old) => old.replace('1.0.0', '1.1.0')),
  ]),
);

interface Source {
  /** What Argo CD finds in the folder. */
  readonly sourceType: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One Application for each type of source, without status. */
const sources: Readonly<Record<string, Source>> = {
  chart: {
    sourceType: 'Helm',
    annotations: {
      'write-back-target': 'helmvalues',
      'web.helm.image-name': 'image.name',
      'web.helm.image-tag': 'image.tag',
    },
  },
  overlay: { sourceType: 'Kustomize', annotations: { 'write-back-target': 'kustomization' } },
  plain: { sourceType: 'Directory', annotations: { 'write-back-target': 'manifests' } },
};

interface Scene {
  readonly folder: string;
  readonly repository: string;
  readonly repoURL: string;
  /** Flags but those that say where Applications come from. */
  readonly argv: readonly string[];
}

async function startScene(
  registryUrl: string,
  intercept: GitServerOptions['intercept'] = () => false,
): Promise<Scene> {
  const folder = temporaryFolder();
  const repository = join(folder, 'git', 'deploy.git');
  await makeBareRepository(repository, files);
  const server = await startGitServer({ root: join(folder, 'git'), auth: gitUser, intercept });
  onTestFinished(() => server.close());
  writeFileSync(
    join(folder, 'registries.conf'),
    JSON.stringify({ registries: [{ name: 'test', prefix: 'reg.test', api_url: registryUrl }] }),
  );
  const argv = [
    'run',
    `--registries-conf-path=${join(folder, 'registries.conf')}`,
    '--git-commit-message-path=',
    `--cache-dir=${join(folder, 'cache')}`,
  ];
  return { folder, repository, repoURL: `${server.url}/deploy.git`, argv };
}

/** Applications and their Secrets; `parts` adds to each Application. */
function objectsFor({ repoURL }: Scene, parts: Partial<ApplicationParts> = {}): readonly ObjectSeed[] {
  const list = { 'image-list': `web=${image}:1.x`, 'write-back-method': 'git' };
  const login = { 'web.pull-secret': 'pullsecret:argocd/pull' };
  return [
    repositoryCredentials(new URL(repoURL).origin, gitUser.username, gitUser.password),
    pullSecret('pull', 'reg.test', puller.name, puller.password),
    ...Object.entries(sources).map(([name, { sourceType, annotations }]) =>
      anApplication(name, {
        repoURL,
        annotations: { ...list, ...login, ...annotations },
        sourceType,
        ...parts,
      }),
    ),
  ];
}

function writeObjects({ folder }: Scene, objects: readonly ObjectSeed[]): string {
  const path = join(folder, 'applications');
  mkdirSync(path, { recursive: true });
  for (const object of objects) {
    writeFileSync(join(path, `${object.kind}-${object.metadata.name}.yaml`), JSON.stringify(object));
  }
  return `--applications=${path}`;
}

/** Messages at level info and above, each with its application. */
function told(stdout: string): readonly string[] {
  return stdout
    .trim()
    .split('\n')
    .map(parseLogLine)
    .map(({ message, fields }) =>
      [message, fields['application']].filter((part) => part !== undefined).join(' @ '),
    );
}

const perApplication = (lines: (name: string) => readonly string[]) => Object.keys(sources).flatMap(lines);
const summary = (updated: number) =>
  `Processing results: applications=3 images_considered=3 images_skipped=0 images_updated=${updated} errors=0`;
const opening = [
  expect.stringMatching(/^tidewaiter v.* starting/) as string,
  expect.stringMatching(/^Loaded 1 registry configurations from /) as string,
  'Starting image update cycle, considering 3 annotated application(s) for update',
];

describe.skipIf(!hasDockerRegistry())('run --once (skipped: needs docker-registry)', () => {
  let registry: DockerRegistry;
  let bundle = '';

  beforeAll(async () => {
    const dist = temporaryFolder();
    const built = spawnSync(process.execPath, [join(root, 'scripts/build.ts'), dist], { encoding: 'utf8' });
    expect(built.stderr).toBe('');
    bundle = join(dist, 'main.js');
    registry = await startDockerRegistry({ user: puller });
    for (const tag of ['1.0.0', '1.1.0', '2.0.0']) {
      const content = makeImage({ comment: tag });
      await registry.push('acme/web', { ...content, tags: { [tag]: content.digest } });
    }
  });

  afterAll(() => registry.close());

  /** A dry run, the run itself, and another one. */
  async function runThrice(argv: readonly string[], script?: string) {
    const run = (...more: readonly string[]) =>
      startProgram([...argv, '--once', ...more], {}, { script }).ended;
    return [await run('--dry-run'), await run(), await run()] as const;
  }

  describe('three times', () => {
    it('from its sources: reads manifest files, takes current versions from the targets, and needs no cluster', async () => {
      const scene = await startScene(registry.url);
      const argv = [...scene.argv, writeObjects(scene, objectsFor(scene))];
      const before = await readBranch(scene.repository, 'main');

      const [dry, first, second] = await runThrice(argv);

      expect([dry, first, second].map(({ code, stderr }) => [code, stderr])).toEqual(Array(3).fill([0, '']));
      expect(told(dry.stdout)).toEqual([
        ...opening,
        ...perApplication((name) => [
          `Image would be updated @ argocd/${name}`,
          `Dry run - not committing 1 change(s) to application @ argocd/${name}`,
        ]),
        summary(3),
      ]);
      expect(told(first.stdout)).toEqual([
        ...opening,
        ...perApplication((name) => [
          `Image updated @ argocd/${name}`,
          `Changes committed and pushed @ argocd/${name}`,
        ]),
        summary(3),
      ]);
      expect(told(second.stdout)).toEqual([...opening, summary(0)]);
      const updates = (stdout: string) =>
        stdout
          .split('\n')
          .map(parseLogLine)
          .filter(({ fields }) => 'old' in fields);
      for (const { fields } of [...updates(dry.stdout), ...updates(first.stdout)]) {
        expect(fields).toMatchObject({ alias: 'web', image, old: '1.0.0', new: '1.1.0' });
      }
      const after = await readBranch(scene.repository, 'main');
      expect(after.files).toEqual(changedFiles);
      expect(after.commits.length - before.commits.length).toBe(3);
    });

    it('from its bundle: reads a cluster, commits, and writes one Event for each Application', async () => {
      const scene = await startScene(registry.url);
      const kube = await startKubeApi({
        token: 'kube-token-90ab',
        objects: objectsFor(scene, { images: [`${image}:1.0.0`] }),
      });
      onTestFinished(() => kube.stop());
      const kubeconfig = kube.kubeconfig(join(scene.folder, 'kubeconfig'), { namespace: 'argocd' });

      const [dry, first, second] = await runThrice([...scene.argv, `--kubeconfig=${kubeconfig}`], bundle);

      expect([dry, first, second].map(({ code, stderr }) => [code, stderr])).toEqual(Array(3).fill([0, '']));
      expect(told(dry.stdout).at(-1)).toBe(summary(3));
      expect(told(first.stdout).at(-1)).toBe(summary(3));
      expect(told(second.stdout)).toEqual([...opening, summary(0)]);
      const { files: after, commits } = await readBranch(scene.repository, 'main');
      expect(after).toEqual(changedFiles);
      expect(commits).toHaveLength(4);
      const events = kube.objects
        .all('events')
        .map(({ involvedObject, reason, metadata }) => [
          (involvedObject as { readonly name: string }).name,
          reason,
          (metadata['annotations'] as Readonly<Record<string, string>>)[
            'argocd-image-updater.image-0/new-tag'
          ],
        ]);
      expect(events).toEqual(Object.keys(sources).map((name) => [name, 'ImagesUpdated', '1.1.0']));
    });
  });

  it('tells what is wrong with an Application, does the others, and ends with 0', async () => {
    const scene = await startScene(registry.url);
    const [credentials, pull, chart, overlay] = objectsFor(scene);
    const wrong = anApplication('wrong', {
      repoURL: scene.repoURL,
      annotations: {
        'image-list': `web=${image}:1.x`,
        'write-back-method': 'git',
        'write-back-target': 'kustomization:/overlay',
        'web.update-strategy': 'newst',
      },
    });
    const objects = [credentials, pull, chart, overlay, wrong].filter((object) => object !== undefined);

    const { code, stdout, stderr } = await startProgram(
      [...scene.argv, writeObjects(scene, objects), '--once'],
      {},
      { expects: [/web\.update-strategy/] },
    ).ended;

    expect(code).toBe(0);
    expect(problemsIn(stderr.trim().split('\n'))).toEqual([
      {
        level: 'error',
        message:
          'web.update-strategy "newst": expected one of semver, newest-build, alphabetical, digest, numeric',
        fields: {
          advice: 'correct the annotation',
          alias: 'web',
          annotation: 'argocd-image-updater.argoproj.io/web.update-strategy',
          application: 'argocd/wrong',
          image: `web=${image}:1.x`,
        },
      },
    ]);
    expect(stdout).toContain('images_considered=3 images_skipped=0 images_updated=2 errors=1');
  });
});

describe('the daemon', () => {
  async function startFakes(intercept: GitServerOptions['intercept'] = () => false): Promise<{
    readonly scene: Scene;
    readonly registry: FakeRegistry;
    readonly argv: readonly string[];
    /** For temporary files. */
    readonly tmp: string;
  }> {
    const registry = await startFakeRegistry();
    onTestFinished(() => registry.close());
    for (const repository of ['acme/web', 'acme/api']) {
      for (const tag of ['1.0.0', '1.1.0']) registry.push(repository, tag, {});
    }
    const scene = await startScene(registry.url, intercept);
    const api = anApplication('api', {
      repoURL: scene.repoURL,
      path: 'plain',
      images: ['reg.test/acme/api:1.0.0'],
      annotations: { 'image-list': 'api=reg.test/acme/api:1.x', 'write-back-method': 'git' },
    });
    const applications = writeObjects(scene, [...objectsFor(scene), api]);
    const tmp = join(scene.folder, 'tmp');
    mkdirSync(tmp);
    return {
      scene,
      registry,
      tmp,
      argv: [...scene.argv, applications, '--health-port=0', '--metrics-port=0'],
    };
  }

  /** Checks that nothing is half done, and that the next run does the rest. */
  async function expectRepair({ repository }: Scene, argv: readonly string[], tmp: string): Promise<void> {
    await git(repository, ['fsck', '--strict']);
    const { files: after } = await readBranch(repository, 'main');
    for (const [path, text] of Object.entries(files))
      expect([text, changedFiles[path]]).toContain(after[path]);
    // Node keeps what the launcher has it compile.
    expect(readdirSync(tmp).filter((name) => name !== 'node-compile-cache')).toEqual([]);

    const next = await runInProcess([...argv, '--once'], { PATH: process.env['PATH'] ?? '' });

    expect([next.code, next.stderr]).toEqual([0, '']);
    const { files: done } = await readBranch(repository, 'main');
    expect(done).toMatchObject({
      ...changedFiles,
      'plain/.argocd-source-api.yaml': expect.any(String) as string,
    });
  }

  it('that is stopped while a registry stalls ends within its grace and leaves nothing half done', async () => {
    const { scene, registry, argv, tmp } = await startFakes();
    const stalled = Promise.withResolvers<void>();
    registry.fault = ({ path }) => {
      if (!path.startsWith('/v2/acme/api/')) return false;
      stalled.resolve();
      return true;
    };
    const program = startProgram(
      [...argv, '--shutdown-grace=500ms'],
      { TMPDIR: tmp },
      { expects: [/cancelled/] },
    );
    await stalled.promise;

    program.signal('SIGTERM');
    const { code, stdout } = await program.ended;

    expect(code).toBe(0);
    expect(stdout).toMatch(/SIGTERM received, nothing new is begun[^]*grace is over[^]*Stopped/);
    expect(stdout).toMatch(/level=warning msg="[^"]*reg\.test\/acme\/api: cancelled"/);
    registry.fault = undefined;
    await expectRepair(scene, argv, tmp);
  });

  it('that is stopped at once in the middle of a push leaves nothing half done', async () => {
    const pushing = Promise.withResolvers<void>();
    const { scene, argv, tmp } = await startFakes(({ url }) => {
      if (url?.endsWith('/git-receive-pack')) pushing.resolve();
      return false;
    });
    const program = startProgram(
      [...argv, '--shutdown-grace=1h'],
      { TMPDIR: tmp },
      { expects: [/cancelled/] },
    );
    await pushing.promise;

    program.signal('SIGTERM');
    await program.printed('nothing new is begun');
    program.signal('SIGTERM');
    const { code, stdout } = await program.ended;

    expect(code).toBe(0);
    expect(stdout).toMatch(/SIGTERM received again, running work is given up[^]*Stopped/);
    await expectRepair(scene, argv, tmp);
  });

  it('tells a problem that lasts once, and when it is over', async () => {
    const { registry, argv } = await startFakes();
    registry.fault = ({ path }, response) => {
      if (!path.startsWith('/v2/acme/api/')) return false;
      response.writeHead(500, { 'retry-after': '3600' }).end();
      return true;
    };
    const program = startProgram(
      [...argv, '--interval=20ms'],
      {},
      { expects: [/an interval below 1m/, /reg\.test\/acme\/api: 500/] },
    );
    await program.printed('Processing results', 3);

    registry.fault = undefined;
    const { stdout, stderr } = await stopAfter(program, 'Problem resolved', 1);

    expect(stderr.match(/list tags of reg\.test\/acme\/api: 500/g)).toHaveLength(1);
    expect(stdout).toMatch(
      /msg="Problem resolved" application=argocd\/api lasted_seconds=\d+ problem="list tags of reg\.test\/acme\/api: 500 /,
    );
  });

  it('starts cycles by a cron expression', async () => {
    const { scene, argv } = await startFakes();
    const program = startProgram([...argv, '--schedule=* * * * * *', '--schedule-timezone=Europe/Berlin']);

    const { code, stdout, stderr } = await stopAfter(program, 'Processing results', 2);

    expect([code, stderr]).toEqual([0, '']);
    const starts = stdout.split('\n').filter((line) => line.includes('Starting image update cycle'));
    expect(starts.length).toBeGreaterThanOrEqual(2);
    expect((await readBranch(scene.repository, 'main')).commits).toHaveLength(5);
  });

  async function stopAfter(program: RunningProgram, text: string, times: number) {
    await program.printed(text, times);
    program.signal('SIGTERM');
    return program.ended;
  }
});
