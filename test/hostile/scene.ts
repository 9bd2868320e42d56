/** The program as a process, with one honest Application and one whose registry and repository are hostile. */
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { annotationPrefix } from '../../src/core/config/annotations.ts';
import { startProgram, type RunningProgram, temporaryFolder } from '../cli/start-program.ts';
import { commitFiles, git, makeBareRepository } from '../fakes/bare-repository.ts';
import { type GitServerOptions, startGitServer } from '../fakes/git-http.ts';
import { freePort } from '../fakes/free-port.ts';

export type Reply = (path: string, response: ServerResponse) => void;

export interface Hostile {
  /** Images that the hostile Application tracks; one if absent. */
  readonly images?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Answers what is behind `/v2/bad/<repository>/`; absent: two tags. */
  readonly reply?: Reply;
  /** Files of the hostile repository beside its chart. */
  readonly files?: Readonly<Record<string, string>>;
  /** Behind the images in its values.yaml. */
  readonly values?: string;
  readonly refs?: number;
  readonly git?: Pick<GitServerOptions, 'intercept' | 'loseAnswer'>;
  readonly flags?: readonly string[];
}

export interface Scene {
  readonly program: RunningProgram;
  readonly root: string;
  /** Ends the program: status codes of /healthz, the largest memory that it had, and all that it printed. */
  finish(): Promise<{
    readonly output: string;
    readonly health: ReadonlySet<number | 'none'>;
    readonly peakMiB: number;
  }>;
  /** `values.yaml` of the honest one's branch. */
  goodValues(): Promise<string>;
}

export const json = (response: ServerResponse, body: unknown): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const fewTags = { name: 'a', tags: ['1.0.0', '1.1.0'] };

export async function startScene(hostile: Hostile): Promise<Scene> {
  const folder = temporaryFolder();
  const root = join(folder, 'git');
  await makeRepositories(hostile, root);
  const server = await startGitServer({ root, ...hostile.git });
  onTestFinished(() => server.close());
  const registry = await startRegistry(hostile);
  const applications = writeApplications(hostile, folder, server.url);
  const registriesConf = join(folder, 'registries.conf');
  const entry = { name: 'test', prefix: 'registry.test', api_url: `http://127.0.0.1:${portOf(registry)}` };
  writeFileSync(registriesConf, JSON.stringify({ registries: [entry] }));
  const healthPort = await freePort();
  const flags = ['--applications', applications, '--registries-conf-path', registriesConf];
  const daemon = [
    '--cache-dir',
    join(folder, 'cache'),
    '--health-port',
    String(healthPort),
    '--metrics-port',
    '0',
    '--logformat',
    'json',
  ];
  const program = startProgram(
    ['run', ...flags, ...daemon, ...(hostile.flags ?? ['--interval', '1h'])],
    {},
    { expects: [/^/] },
  );
  const probe = startProbe(`http://127.0.0.1:${healthPort}/healthz`);
  return {
    program,
    root,
    goodValues: async () => (await git(join(root, 'good.git'), ['show', 'main:values.yaml'])).toString(),
    finish: async () => {
      const health = await probe.stop();
      const status = readFileSync(`/proc/${program.pid}/status`, 'utf8');
      program.signal('SIGTERM');
      const { stdout, stderr } = await program.ended;
      return {
        output: stdout + stderr,
        health,
        peakMiB: Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024,
      };
    },
  };
}

/** Asks again and again from the first answer on. */
function startProbe(url: string): { stop(): Promise<ReadonlySet<number | 'none'>> } {
  const seen = new Set<number | 'none'>();
  let isOver = false;
  const ask = async (): Promise<number | 'none'> => {
    try {
      const reply = await fetch(url, { signal: AbortSignal.timeout(20_000) });
      await reply.arrayBuffer();
      return reply.status;
    } catch {
      return 'none';
    }
  };
  const probing = (async () => {
    while (!isOver) {
      const answer = await ask();
      if (answer !== 'none' || seen.size > 0) seen.add(answer); // before the first answer it starts
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await probing;
      return seen;
    },
  };
}

async function startRegistry({ reply }: Hostile): Promise<Server> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const [, owner, path] = /^\/v2\/(good|bad)\/[^/]+\/(.*)$/.exec(request.url ?? '') ?? [];
    if (owner === 'bad' && reply !== undefined) reply(path ?? '', response);
    else json(response, owner === undefined ? {} : fewTags);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function makeRepositories(
  { images = 1, values = '', files = {}, refs }: Hostile,
  root: string,
): Promise<void> {
  const chart = { 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\n' };
  await makeBareRepository(join(root, 'good.git'), { ...chart, 'values.yaml': 'image0: {tag: 1.0.0}\n' });
  const bad = join(root, 'bad.git');
  await makeBareRepository(bad, { 'README.md': '' });
  const tracked = Array.from({ length: images }, (_, i) => `image${i}: {tag: 1.0.0}\n`).join('');
  await commitFiles(bad, 'main', { ...chart, 'values.yaml': tracked + values, ...files }, 'start');
  if (refs === undefined) return;
  const head = (await git(bad, ['rev-parse', 'main'])).toString().trim();
  const lines = Array.from({ length: refs }, (_, i) => `${head} refs/heads/r${String(i).padStart(7, '0')}\n`);
  writeFileSync(join(bad, 'packed-refs'), `# pack-refs with: peeled fully-peeled sorted \n${lines.join('')}`);
}

function writeApplications(
  { images = 1, annotations = {} }: Hostile,
  folder: string,
  gitUrl: string,
): string {
  const path = join(folder, 'applications');
  mkdirSync(path);
  const good = application('good', gitUrl, 1, {});
  const bad = application('bad', gitUrl, images, annotations);
  writeFileSync(
    join(path, 'all.json'),
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [bad, good] }),
  );
  return path;
}

function application(
  name: string,
  gitUrl: string,
  images: number,
  more: Readonly<Record<string, string>>,
): unknown {
  const aliases = Array.from({ length: images }, (_, i) => `image${i}`);
  const annotations = {
    'image-list': aliases.map((alias) => `${alias}=registry.test/${name}/${alias}`).join(','),
    ...Object.fromEntries(aliases.map((alias) => [`${alias}.helm.image-tag`, `${alias}.tag`])),
    'write-back-method': 'git',
    'write-back-target': 'helmvalues',
    ...more,
  };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: 'argocd',
      annotations: Object.fromEntries(
        Object.entries(annotations).map(([key, value]) => [`${annotationPrefix}${key}`, value]),
      ),
    },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: name },
      source: { repoURL: `${gitUrl}/${name}.git`, path: '.', targetRevision: 'main' },
    },
    status: {
      sourceType: 'Helm',
      summary: { images: aliases.map((alias) => `registry.test/${name}/${alias}:1.0.0`) },
    },
  };
}
