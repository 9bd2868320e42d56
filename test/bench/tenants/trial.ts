/** All attempts of one tenant at once, against the program as a process, beside an honest Application of another. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { annotationPrefix, aSecret, pullSecret, repositoryCredentials } from '../../e2e/support/objects.ts';
import { git, makeBareRepository, readBranch } from '../../fakes/bare-repository.ts';
import { startGitServer } from '../../fakes/git-http.ts';
import { type ObjectSeed, startKubeApi } from '../../fakes/kube-api.ts';
import { startFakeRegistry } from '../../fakes/registry.ts';
import { type Attempt, attemptsAt, evilRegistry, goodImage } from './attempts.ts';
import { startEvilServer } from './evil.ts';
import { freePort } from '../../fakes/free-port.ts';

export interface TenantTrial {
  readonly attempts: readonly Attempt[];
  /** Longest answer of /healthz, and those that did not come. */
  readonly longestMs: number;
  readonly lost: number;
  readonly peakMiB: number;
  /** Versions that the honest Application held in the end. */
  readonly honest: string | undefined;
  /** Cycles, of which each had all attempts in it. */
  readonly cycles: number;
  /** Each secret that a server of the attacker, the log, an Event or a commit holds. */
  readonly leaked: readonly string[];
  /** What the log says of ways to a service that only the daemon can reach. */
  readonly refusedInside: readonly string[];
  /** Files of the repository that no attempt may write, and that changed. */
  readonly strayFiles: readonly string[];
  /** What `git fsck --strict` complains of. */
  readonly complaints: string;
  /** Whether the repository on the disk of the daemon was written, or its hook ran. */
  readonly touchedLocal: boolean;
  readonly output: string;
}

const secrets = {
  git: 'git-password-4d1c',
  pull: 'pull-password-77ab',
  cluster: 'cluster-token-91fe',
  kube: 'kube-token-05d3',
  process: 'process-token-c2c2',
} as const;

/** Deadline of the whole; a daemon that hangs is a result like others, one on a busy machine does not. */
const patienceMs = 480_000;
const halfOpenRequests = 220;
/** The metadata service of clouds. */
const insideUrl = 'http://169.254.169.254';

export async function tryTenants(program: readonly string[], folder: string): Promise<TenantTrial> {
  const scene = await setScene(folder);
  const healthPort = await freePort();
  const child = spawn(process.execPath, [...program, ...scene.flags, `--health-port=${healthPort}`], {
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, TOKEN_OF_THE_PROCESS: secrets.process },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const prober = new Worker(new URL('../hostile-prober.ts', import.meta.url), {
    workerData: `http://127.0.0.1:${healthPort}/healthz`,
  });
  await once(prober, 'message');
  const held = halfOpen(healthPort);
  const cycles = (): number => output.split('Processing results').length - 1;
  const untilMs = Date.now() + patienceMs;
  const until = async (isReached: () => Promise<boolean> | boolean): Promise<void> => {
    while (!(await isReached()) && Date.now() < untilMs && child.exitCode === null) await wait(100);
  };
  await until(async () => (await scene.honest()) === '1.1.0');
  scene.release();
  await until(async () => (await scene.honest()) === '1.2.0' && cycles() >= 3);
  const peakKb = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  prober.postMessage('over');
  const [probed] = (await once(prober, 'message')) as [{ longestMs: number; lost: number }];
  for (const socket of held) socket.destroy();
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  const seen = await scene.inspect(output);
  await scene.close();
  return { ...probed, ...seen, peakMiB: Number(peakKb) / 1024, cycles: cycles(), output };
}

async function setScene(folder: string) {
  const root = join(folder, 'git');
  const path = join(root, 'deploy.git');
  const local = join(folder, 'local.git');
  mkdirSync(root, { recursive: true });
  const files = {
    'README.md': 'kept\n',
    'honest/values.yaml': values('1.0.0'),
    'frozen/values.yaml': values('1.0.0'),
    'large/values.yaml': randomBytes(6 * 1024 * 1024),
  };
  await makeBareRepository(path, files);
  await makeBareRepository(join(root, 'other/x.git'), { 'x.yaml': '' });
  await makeBareRepository(local, { 'x.yaml': '' });
  const frozen = 'git diff --name-only "$2" "$3" | grep -q ^frozen && { echo frozen >&2; exit 1; }; exit 0';
  mkdirSync(join(path, 'hooks'), { recursive: true });
  writeFileSync(join(path, 'hooks/update'), `#!/bin/sh\n${frozen}\n`, { mode: 0o755 });
  mkdirSync(join(local, 'hooks'), { recursive: true });
  writeFileSync(join(local, 'hooks/post-receive'), '#!/bin/sh\ntouch hook-ran\n', { mode: 0o755 });
  const server = await startGitServer({ root, auth: { username: 'bot', password: secrets.git } });
  const registry = await startFakeRegistry();
  const evil = await startEvilServer(insideUrl, server.url);
  for (const tag of ['1.0.0', '1.1.0']) registry.push('acme/web', tag, {});
  const attempts = attemptsAt({
    gitHost: new URL(server.url).host,
    evilHost: evil.host,
    gitUrl: server.url,
    evilUrl: evil.url,
    localRepository: local,
  });
  const kube = await startKubeApi({ token: secrets.kube, objects: objectsFor(attempts, server.url) });
  const conf = join(folder, 'registries.conf');
  const entries = [
    { name: 'reg', prefix: 'reg.test', api_url: registry.url },
    { name: 'evil', prefix: evilRegistry, api_url: evil.url },
  ];
  writeFileSync(conf, JSON.stringify({ registries: entries }));
  return {
    flags: [
      'run',
      '--interval=1s',
      '--git-timeout=5s',
      '--metrics-port=0',
      '--git-commit-message-path=',
      '--secret-namespaces=own',
      '--env-credentials=none',
      '--script-folder=none',
      '--enforce-projects',
      `--kubeconfig=${kube.kubeconfig(join(folder, 'kubeconfig'), { namespace: 'argocd' })}`,
      `--registries-conf-path=${conf}`,
      `--cache-dir=${join(folder, 'cache')}`,
    ],
    honest: async () =>
      /tag: "?([\d.]+)/.exec((await readBranch(path, 'main')).files['honest/values.yaml'] ?? '')?.[1],
    release: () => void registry.push('acme/web', '1.2.0', {}),
    inspect: async (output: string) => {
      const log = (await git(path, ['log', '--all', '--format=%an %ae %B'])).toString();
      const events = JSON.stringify(kube.objects.all('events'));
      const told = [...evil.heard, output, log, events];
      const main = await readBranch(path, 'main');
      const localHead = await readBranch(local, 'main');
      const hook = await git(local, ['cat-file', '-e', 'HEAD']).then(() =>
        readFileOr(join(local, 'hook-ran')),
      );
      return {
        attempts,
        honest: /tag: "?([\d.]+)/.exec(main.files['honest/values.yaml'] ?? '')?.[1],
        leaked: Object.values(secrets).filter((secret) => told.some((text) => text.includes(secret))),
        refusedInside: [...new Set(output.match(/(?:token realm|redirect|next page)[^"]* is refused/g))],
        strayFiles: Object.keys(main.files).filter(
          (name) => !/^(?:README\.md|(?:honest|tenant|frozen|large)\/.*)$/.test(name),
        ),
        complaints: await git(path, ['fsck', '--strict', '--no-dangling']).then(
          () => '',
          (error: Error) => error.message,
        ),
        touchedLocal: localHead.commits.length > 1 || hook !== undefined,
      };
    },
    close: async () => {
      await Promise.all([server.close(), registry.close(), evil.close(), kube.stop()]);
    },
  };
}

function objectsFor(attempts: readonly Attempt[], gitUrl: string): readonly ObjectSeed[] {
  const project = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'default', namespace: 'argocd' },
    // what is tried here is not to be stopped by the project
    spec: { sourceRepos: ['*'], sourceNamespaces: ['*'] },
  };
  const honest = application('honest', 'argocd', gitUrl, 'honest', {
    'write-back-target': 'helmvalues',
    'web.helm.image-tag': 'image.tag',
  });
  return [
    project,
    repositoryCredentials(gitUrl, 'bot', secrets.git),
    pullSecret('pull', 'reg.test', 'ci', secrets.pull),
    aSecret(
      'cluster',
      { name: 'prod', server: 'https://prod', config: JSON.stringify({ bearerToken: secrets.cluster }) },
      { 'argocd.argoproj.io/secret-type': 'cluster' },
    ),
    honest,
    ...attempts.map(({ row, annotations }, i) =>
      application(`${row.toLowerCase()}-${i}`, 'team-x', gitUrl, 'tenant', annotations),
    ),
  ];
}

function application(
  name: string,
  namespace: string,
  gitUrl: string,
  path: string,
  annotations: Readonly<Record<string, string>>,
): ObjectSeed {
  const all = { 'image-list': `web=${goodImage}:1.x`, 'write-back-method': 'git', ...annotations };
  const written = Object.entries(all).map(([key, value]) => [`${annotationPrefix}${key}`, value]);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace, annotations: Object.fromEntries(written) as object },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace },
      source: { repoURL: `${gitUrl}/deploy.git`, path, targetRevision: 'main', helm: {} },
    },
    status: { sourceType: 'Helm', summary: { images: [`${imageIn(all['image-list'])}:1.0.0`] } },
  };
}

/** The first of the list. */
function imageIn(list: string): string {
  return /=([^:,]+)/.exec(list)?.[1] ?? goodImage;
}

function values(tag: string): string {
  return `image:\n  name: ${goodImage}\n  tag: ${tag}\n`;
}

/** Requests that never end, as anybody in the cluster can send them. */
function halfOpen(port: number): readonly Socket[] {
  return Array.from({ length: halfOpenRequests }, () => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\n'));
    socket.on('error', () => undefined); // that it is shown out is right
    return socket;
  });
}

function readFileOr(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
