/** Credentials go to the servers that they are for, and nowhere else, whatever these servers do. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runInProcess, runToEnd, temporaryFolder } from '../cli/start-program.ts';
import { git, makeBareRepository, readBranch } from '../fakes/bare-repository.ts';
import { startGitServer } from '../fakes/git-http.ts';
import { startKubeApi } from '../fakes/kube-api.ts';
import {
  type FakeRegistry,
  type FakeRegistryOptions,
  sendError,
  startFakeRegistry,
} from '../fakes/registry.ts';
import { startTokenServer } from '../fakes/token-server.ts';
import { anApplication, aSecret, pullSecret, repositoryCredentials } from './support/objects.ts';
import { canSeeProcesses, processesWith, type SeenProcess } from './support/processes.ts';

/** Everything that must not be seen; the user names may. */
const secrets = {
  kube: 'kube-S3cret/1+a',
  pull: 'pull-S3cret/2+b',
  field: 'field-S3cret/3+c',
  variable: 'variable-S3cret/4+d',
  program: 'program-S3cret/5+e',
  wrong: 'wrong-S3cret/6+f',
  broken: 'broken-S3cret/7+g',
  push: 'push-S3cret/8+h',
  inUrl: 'url-S3cret-9-i',
  wrongPush: 'wrongpush-S3cret/10+j',
  wrongSource: 'source-S3cret-11-k',
  inOddUrl: 'odd-S3cret/12+l',
} as const;

/** As they are, and as servers and logs may write them. */
const forms: readonly string[] = Object.values(secrets).flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
  ...['ci', 'bot'].map((user) => Buffer.from(`${user}:${secret}`).toString('base64')),
]);

function leaksIn(text: string): readonly string[] {
  return forms.filter((form) => text.includes(form));
}

/** Names and contents of all files below a folder. */
function textsBelow(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const texts = names.map((name) => {
    const path = join(folder, name);
    return statSync(path).isFile() ? `${name}\n${readFileSync(path, 'latin1')}` : name;
  });
  return texts.join('\n');
}

async function startScene() {
  const folder = temporaryFolder();
  const tmp = join(folder, 'tmp');
  mkdirSync(tmp);
  const seen: SeenProcess[] = [];
  const look = () => seen.push(...processesWith(`TMPDIR=${tmp}`));

  const tokens = await startTokenServer({ users: { ci: secrets.field } });
  const users = (password: string): FakeRegistryOptions => ({
    auth: { kind: 'basic', users: { ci: password } },
  });
  const registries: Record<string, FakeRegistry> = {
    'pull.test': await startFakeRegistry(users(secrets.pull)),
    'field.test': await startFakeRegistry({ auth: { kind: 'bearer', tokens } }),
    'variable.test': await startFakeRegistry(users(secrets.variable)),
    'program.test': await startFakeRegistry(users(secrets.program)),
    'wrong.test': await startFakeRegistry(users('another')),
    'broken.test': await startFakeRegistry(),
    'source.test': await startFakeRegistry(),
  };
  for (const registry of Object.values(registries)) {
    registry.push('acme/web', '1.1.0', {});
    registry.fault = () => {
      look();
      return false;
    };
  }
  // It repeats what it was sent, as some do when they are set to debug.
  const wrong = registries['wrong.test'];
  if (wrong !== undefined) {
    wrong.fault = ({ headers }, response) => {
      const { authorization = 'nothing' } = headers;
      const plain = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString();
      const challenge = { 'www-authenticate': 'Basic realm="x"' };
      sendError(response, 401, 'UNAUTHORIZED', `you sent ${authorization}, that is ${plain}`, challenge);
      return true;
    };
  }

  const root = join(folder, 'git');
  for (const name of ['deploy', 'in-url', 'echo']) {
    await makeBareRepository(join(root, `${name}.git`), { 'README.md': 'deploy\n' });
  }
  const server = await startGitServer({
    root,
    auth: { username: 'bot', password: secrets.push },
    intercept: (request, response) => {
      look();
      if (!request.url?.startsWith('/echo.git')) return false;
      const { authorization = 'nothing' } = request.headers;
      const plain = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString();
      response
        .writeHead(403, { 'content-type': 'text/plain' })
        .end(`you sent ${authorization}, that is ${plain}\n`);
      return true;
    },
  });
  const open = await startGitServer({
    root,
    auth: { username: 'bot', password: secrets.inUrl },
    intercept: () => (look(), false),
  });

  const application = (name: string, annotations: Readonly<Record<string, string>>, repoURL: string) =>
    anApplication(name, {
      repoURL,
      images: [`${name}.test/acme/web:1.0.0`],
      annotations: {
        'image-list': `web=${name}.test/acme/web:1.x`,
        'write-back-method': 'git',
        ...annotations,
      },
    });
  const deploy = `${server.url}/deploy.git`;
  const oddUrl = `https://bot:${secrets.inOddUrl}@git.test/odd.git`; // the slash should be written %2F
  const pulling = (
    name: string,
    repoURL: string,
    annotations: Readonly<Record<string, string>>,
    source: Readonly<Record<string, unknown>>,
  ) =>
    anApplication(name, {
      repoURL,
      source,
      images: ['pull.test/acme/web:1.0.0'],
      annotations: {
        'image-list': 'web=pull.test/acme/web:1.x',
        'web.pull-secret': 'pullsecret:argocd/pull',
        'write-back-method': 'git',
        ...annotations,
      },
    });
  const withUser = new URL(`${open.url}/in-url.git`);
  withUser.username = 'bot';
  withUser.password = secrets.inUrl;
  const program = join(folder, 'login.sh');
  writeFileSync(program, `#!/bin/sh\necho 'ci:${secrets.program}'\n`);
  chmodSync(program, 0o700);
  const kube = await startKubeApi({
    token: secrets.kube,
    objects: [
      repositoryCredentials(server.url, 'bot', secrets.push),
      aSecret('other-git', { username: 'bot', password: secrets.wrongPush }),
      pullSecret('pull', 'pull.test', 'ci', secrets.pull),
      pullSecret('wrong', 'wrong.test', 'ci', secrets.wrong),
      aSecret('field', { login: `ci:${secrets.field}` }),
      {
        ...aSecret('broken', { '.dockerconfigjson': `{"auths":{"broken.test":${secrets.broken}` }),
        type: 'kubernetes.io/dockerconfigjson',
      },
      application('pull', { 'web.pull-secret': 'pullsecret:argocd/pull' }, deploy),
      application('field', { 'web.pull-secret': 'secret:argocd/field#login' }, deploy),
      application('variable', { 'web.pull-secret': 'env:REGISTRY_LOGIN' }, withUser.href),
      application(
        'program',
        { 'web.pull-secret': `ext:${program}`, 'write-back-method': 'git:secret:argocd/other-git' },
        `${server.url}/echo.git`,
      ),
      application('wrong', { 'web.pull-secret': 'pullsecret:argocd/wrong' }, deploy),
      application('broken', { 'web.pull-secret': 'pullsecret:argocd/broken' }, deploy),
      application('source', { 'web.pull-secret': `ci:${secrets.wrongSource}` }, deploy),
      pulling('odd-url', oddUrl, {}, {}),
      pulling(
        'chart',
        deploy,
        { 'git-repository': oddUrl, 'write-back-target': 'helmvalues:/v.yaml' },
        { chart: 'web' },
      ),
    ],
  });
  kube.faults.push({ when: () => (look(), false), respond: { kind: 'hang' } });
  onTestFinished(async () => {
    for (const closing of [...Object.values(registries), tokens, server, open]) await closing.close();
    await kube.stop();
  });
  const entries = Object.entries(registries).map(([prefix, { url }]) => ({
    name: prefix,
    prefix,
    api_url: url,
  }));
  writeFileSync(join(folder, 'registries.conf'), JSON.stringify({ registries: entries }));
  const argv = [
    'run',
    '--once',
    '--loglevel=trace',
    `--kubeconfig=${kube.kubeconfig(join(folder, 'kubeconfig'), { namespace: 'argocd' })}`,
    `--registries-conf-path=${join(folder, 'registries.conf')}`,
    '--git-commit-message-path=',
    `--cache-dir=${join(folder, 'cache')}`,
  ];
  const environment = { TMPDIR: tmp, REGISTRY_LOGIN: `ci:${secrets.variable}` };
  return { folder, tmp, root, kube, argv, environment, seen };
}

describe.skipIf(!canSeeProcesses)('the program', () => {
  it.each(['text', 'json'])(
    'shows no credential of its own in %s logs, events, commits, files and processes',
    async (format) => {
      const { folder, tmp, root, kube, argv, environment, seen } = await startScene();

      const { code, stdout, stderr } = await runToEnd([...argv, `--logformat=${format}`], environment, {
        expects: [/^/], // all that can go wrong does
      });

      expect(code).toBe(0);
      // All that can be done is done, and all that is wrong is told.
      expect(stdout).toMatch(/images_considered=9 images_skipped=0 images_updated=3 errors=6/);
      for (const said of [
        '401 unauthorized',
        'web.pull-secret',
        'pullsecret:argocd/broken',
        'echo.git',
        'odd.git',
      ]) {
        expect(stderr).toContain(said);
      }
      const events = kube.objects.all('events');
      const commits = [
        await readBranch(join(root, 'deploy.git'), 'main'),
        await readBranch(join(root, 'in-url.git'), 'main'),
      ];
      const counted = Map.groupBy(events, (event) => event['reason']);
      expect(counted.get('ImagesUpdated')).toHaveLength(3);
      expect(counted.get('ImageUpdateFailed')?.length).toBeGreaterThan(0);
      expect(commits.map((branch) => branch.commits.length)).toEqual([3, 2]);
      const gits = seen.filter(
        ({ arguments: line }) => /git/.test(line) && !/main\.ts|tidewaiter\.cjs/.test(line),
      );
      expect(gits.length).toBeGreaterThan(5);
      const places = {
        stdout,
        stderr,
        events: JSON.stringify(events),
        commits: JSON.stringify(commits),
        reflog: (await git(join(root, 'deploy.git'), ['log', '--all', '--format=raw'])).toString(),
        cache: textsBelow(join(folder, 'cache')),
        temporary: textsBelow(tmp),
        arguments: seen.map((one) => one.arguments).join('\n'),
        environments: gits.map((one) => one.environment).join('\n'),
      };
      expect(
        Object.entries(places).flatMap(([place, text]) => leaksIn(text).map((leak) => `${place}: ${leak}`)),
      ).toEqual([]);
    },
  );
});

describe('the token for the API server', () => {
  it('is cut out of what the server says', async () => {
    const folder = temporaryFolder();
    const kube = await startKubeApi({ token: secrets.kube });
    onTestFinished(() => kube.stop());
    const body = JSON.stringify({ kind: 'Status', message: `unknown token ${secrets.kube}` });
    kube.faults.push({ respond: { kind: 'status', status: 401, body } });

    const { stdout, stderr } = await runInProcess([
      'run',
      '--once',
      '--loglevel=trace',
      '--git-commit-message-path=',
      '--registries-conf-path=',
      `--kubeconfig=${kube.kubeconfig(join(folder, 'kubeconfig'))}`,
    ]);

    expect(stderr).toContain('list Applications in all namespaces: 401 unknown token ***');
    expect(leaksIn(stdout + stderr)).toEqual([]);
  });
});

describe('settings that hold a secret where none should be', () => {
  const kubeconfig = { apiVersion: 'v1', kind: 'Config', 'current-context': 'none' };

  it.each([
    {
      name: 'registries.conf with a password for a source',
      file: 'registries.conf',
      text: `registries:\n- {name: a, prefix: a.test, api_url: https://a.test, credentials: "ci:${secrets.wrongSource}"}\n`,
    },
    {
      name: 'registries.conf that breaks off in a password',
      file: 'registries.conf',
      text: `registries:\n- name: a\n  credentials: "ci:${secrets.wrongSource}\n  : x`,
    },
    {
      name: 'a kubeconfig that breaks off in a token',
      file: 'kubeconfig',
      text: `apiVersion: v1\nkind: Config\nusers:\n- name: a\n  user: {token: "${secrets.kube}\n  : x`,
    },
    { name: 'a kubeconfig that is a token', file: 'kubeconfig', text: secrets.kube },
  ])('are not quoted: $name', async ({ file, text }) => {
    const folder = temporaryFolder();
    const path = (name: string) => join(folder, name);
    writeFileSync(path('kubeconfig'), JSON.stringify(kubeconfig));
    writeFileSync(path('registries.conf'), '');
    writeFileSync(path(file), text);

    const { code, stdout, stderr } = await runInProcess([
      'run',
      '--once',
      '--git-commit-message-path=',
      `--kubeconfig=${path('kubeconfig')}`,
      `--registries-conf-path=${path('registries.conf')}`,
    ]);

    expect(code).toBe(1);
    expect(stderr).toContain(file);
    expect(leaksIn(stdout + stderr)).toEqual([]);
  });
});
