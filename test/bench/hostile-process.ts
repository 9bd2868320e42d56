/** The bundled program as a daemon, beside hostile servers: how long it is silent, and how much memory it takes. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { commitFiles, git, makeBareRepository } from '../fakes/bare-repository.ts';
import { startGitServer } from '../fakes/git-http.ts';
import { type HostileRow, hostileRows } from './hostile-rows.ts';
import { printHead, printRow } from './table.ts';
import { freePort } from '../fakes/free-port.ts';

const patienceMs = 180_000;
const host = 'registry.example.test';
const prefix = 'argocd-image-updater.argoproj.io';

/** `wanted`: parts of the names of rows; all if there are none. */
export async function benchHostileProcess(
  program: string,
  folder: string,
  wanted: readonly string[],
): Promise<void> {
  printHead([
    'input',
    'longest answer of /healthz ms',
    'probes lost',
    'longest turn ms (CPU)',
    'peak MiB',
    'cycle s',
    'outcome',
  ]);
  for (const row of hostileRows) {
    if (wanted.length > 0 && !wanted.some((part) => row.name.includes(part))) continue;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const seen = await runRow(row, program, folder);
    printRow([
      row.name,
      seen.longestMs.toFixed(0),
      seen.lost,
      `${seen.turnMs} (${seen.turnCpuMs})`,
      seen.peakMiB.toFixed(0),
      seen.cycle,
      seen.outcome,
    ]);
  }
}

interface Seen {
  readonly longestMs: number;
  readonly lost: number;
  /** Longest time between two turns of the event loop, and the CPU time that its thread took in it. */
  readonly turnMs: number;
  readonly turnCpuMs: number;
  readonly peakMiB: number;
  readonly cycle: string;
  readonly outcome: string;
}

async function runRow(row: HostileRow, program: string, folder: string): Promise<Seen> {
  const started = Promise.withResolvers<void>();
  const registry = await startRegistry(row, started.promise);
  const root = join(folder, 'git');
  await fillRepository(row, root);
  const server = await startGitServer({ root });
  const paths = writeSettings(row, folder, server.url, portOf(registry));
  const healthPort = await freePort();
  const turns = join(folder, 'turns.json');
  writeFileSync(join(folder, 'turns.mjs'), turnMeter(turns));
  const flags = [
    ['run', '--applications', paths.applications, '--registries-conf-path', paths.registriesConf],
    ['--cache-dir', join(folder, 'cache'), '--health-port', String(healthPort)],
    ['--metrics-port', '0', '--interval', '1h', '--logformat', 'json'],
  ].flat();
  const child = spawn(process.execPath, ['--import', join(folder, 'turns.mjs'), program, ...flags], {
    env: { PATH: process.env['PATH'], HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const prober = new Worker(new URL('./hostile-prober.ts', import.meta.url), {
    workerData: `http://127.0.0.1:${healthPort}/healthz`,
  });
  await once(prober, 'message');
  const upAtMs = Date.now();
  started.resolve();
  const lines = await cycleLines(child);
  const peakMiB =
    Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
  prober.postMessage('over');
  const [probed] = (await once(prober, 'message')) as [{ longestMs: number; lost: number }];
  child.kill('SIGTERM');
  await once(child, 'exit');
  await server.close();
  registry.closeAllConnections();
  registry.close();
  const turn = longestTurn(turns, upAtMs);
  return { ...probed, ...turn, peakMiB, ...lines };
}

/** Runs in the program before it: writes down every turn that took long, at the end. */
function turnMeter(path: string): string {
  return `import { writeFileSync } from 'node:fs';
const turns = [];
let last = performance.now();
let cpu = process.threadCpuUsage();
setInterval(() => {
  const now = performance.now();
  const nowCpu = process.threadCpuUsage();
  const cpuMs = (nowCpu.user + nowCpu.system - cpu.user - cpu.system) / 1000;
  if (now - last > 30) turns.push([Date.now() - (now - last), now - last, cpuMs]);
  last = now;
  cpu = nowCpu;
}, 5).unref();
process.on('exit', () => writeFileSync(${JSON.stringify(path)}, JSON.stringify(turns)));
`;
}

function longestTurn(path: string, sinceMs: number): { readonly turnMs: number; readonly turnCpuMs: number } {
  const turns = JSON.parse(readFileSync(path, 'utf8')) as readonly (readonly [number, number, number])[];
  const own = turns.filter(([startedMs]) => startedMs >= sinceMs);
  const [, turnMs, turnCpuMs] = own.reduce((worst, next) => (next[2] > worst[2] ? next : worst), [0, 0, 0]);
  return { turnMs: Math.round(turnMs), turnCpuMs: Math.round(turnCpuMs) };
}

/** Up to the summary of the first cycle. */
async function cycleLines({ stdout, stderr }: ChildProcessByStdio<null, Readable, Readable>): Promise<{
  readonly cycle: string;
  readonly outcome: string;
}> {
  const problems: string[] = [];
  const output = stdout;
  stderr.on('data', (chunk: Buffer) => {
    problems.push(/"msg":"(.*)"/.exec(chunk.toString())?.[1]?.slice(0, 160) ?? chunk.toString());
  });
  const lines = createInterface({ input: output });
  const read = (async () => {
    for await (const line of lines) {
      const { msg, level, duration_ms: durationMs } = JSON.parse(line) as Readonly<Record<string, string>>;
      if (msg?.startsWith('Processing results') === true)
        return {
          cycle: (Number(durationMs) / 1000).toFixed(1),
          outcome: `${msg.slice(20)} ${problems[0] ?? ''}`,
        };
      if (level === 'error' || level === 'warning' || level === 'warn')
        problems.push(String(msg).slice(0, 160));
    }
    return { cycle: 'none', outcome: `ended: ${problems.join('; ')}` };
  })();
  const patience = new Promise<{ cycle: string; outcome: string }>((resolve) => {
    setTimeout(
      () => resolve({ cycle: `> ${patienceMs / 1000}`, outcome: problems[0] ?? '' }),
      patienceMs,
    ).unref();
  });
  const seen = await Promise.race([read, patience]);
  output.resume();
  return seen;
}

async function startRegistry(row: HostileRow, start: Promise<void>): Promise<Server> {
  const answer = async (url: string): Promise<{ status: number; body: string }> => {
    await start;
    const path = /^\/v2\/bench\/image\d+\/([^?]*)/.exec(url)?.[1];
    return path === undefined ? { status: 200, body: '{}' } : row.reply(path);
  };
  const server = createServer((request, response) => {
    void answer(request.url ?? '').then(({ status, body }) => {
      const bytes = Buffer.from(body);
      const type = body.includes('"mediaType"')
        ? 'application/vnd.oci.image.index.v1+json'
        : 'application/json';
      const digest = createHash('sha256').update(bytes).digest('hex');
      const headers = {
        'content-type': type,
        'content-length': bytes.length,
        'docker-content-digest': `sha256:${digest}`,
      };
      response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function fillRepository(row: HostileRow, root: string): Promise<void> {
  const path = join(root, 'deploy.git');
  await makeBareRepository(path, { 'README.md': '' });
  const images = Array.from({ length: row.images }, (_, i) => `image${i}: {tag: 1.0.0}\n`).join('');
  const head = await commitFiles(
    path,
    'main',
    {
      'apps/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\n',
      'apps/values.yaml': images + (row.values?.() ?? ''),

      ...row.files?.(),
    },
    'applications',
  );
  if (row.refs === undefined) return;
  const sha = String(head).trim() || (await git(path, ['rev-parse', 'main'])).toString().trim();
  const refs = Array.from(
    { length: row.refs },
    (_, i) => `${sha} refs/heads/r${String(i).padStart(7, '0')}\n`,
  );
  writeFileSync(join(path, 'packed-refs'), `# pack-refs with: peeled fully-peeled sorted \n${refs.join('')}`);
}

interface Settings {
  readonly applications: string;
  readonly registriesConf: string;
}

function writeSettings(row: HostileRow, folder: string, gitUrl: string, registryPort: number): Settings {
  const applications = join(folder, 'applications');
  mkdirSync(applications);
  writeFileSync(join(applications, 'app.json'), JSON.stringify(application(row, gitUrl)));
  const registriesConf = join(folder, 'registries.conf');
  const entry = { name: 'bench', prefix: host, api_url: `http://127.0.0.1:${registryPort}` };
  writeFileSync(registriesConf, JSON.stringify({ registries: [entry] }));
  return { applications, registriesConf };
}

function application(row: HostileRow, gitUrl: string): unknown {
  const aliases = Array.from({ length: row.images }, (_, i) => `image${i}`);
  const annotations = {
    'image-list': aliases.map((alias) => `${alias}=${host}/bench/${alias}`).join(','),
    ...Object.fromEntries(aliases.map((alias) => [`${alias}.helm.image-tag`, `${alias}.tag`])),
    'write-back-method': 'git',
    'write-back-target': row.target ?? 'helmvalues',
    ...row.annotations,
  };
  const source = { repoURL: `${gitUrl}/deploy.git`, path: 'apps', targetRevision: 'main' };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: 'app',
      namespace: 'argocd',
      annotations: Object.fromEntries(
        Object.entries(annotations).map(([key, value]) => [`${prefix}/${key}`, value]),
      ),
    },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: 'a' },
      source,
    },
    status: {
      sourceType: 'Helm',
      summary: { images: aliases.map((alias) => `${host}/bench/${alias}:1.0.0`) },
    },
  };
}
