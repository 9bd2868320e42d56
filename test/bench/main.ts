/** `npm run bench [size…]`: counts, wall, CPU and peak memory of the bundled program per size. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Load, type LoadSize, makeLoad } from './load.ts';
import { type Measured, runDaemonCycles, runProgram } from './measure.ts';

const base: LoadSize = {
  name: '300',
  applications: 300,
  imagesPerApplication: 2,
  gitRepositories: 1,
  imageRepositories: 40,
  tags: 30,
  registry: 'docker-registry',
  target: 'override',
  latencyMs: 20,
};

const sizes: readonly LoadSize[] = [
  base,
  { ...base, name: '300-helmvalues', target: 'helmvalues' },
  {
    ...base,
    name: '1000',
    applications: 1000,
    gitRepositories: 50,
    imageRepositories: 200,
    tags: 5,
    registry: 'in-process',
  },
  {
    ...base,
    name: '5000',
    applications: 5000,
    gitRepositories: 200,
    imageRepositories: 1000,
    tags: 5,
    registry: 'in-process',
  },
];

interface Row {
  readonly size: string;
  readonly phase: string;
  readonly registry: number;
  readonly git: number;
  readonly commits: number;
  readonly events: number;
  readonly wallMs: number;
  readonly cpuMs: number | undefined;
  readonly peakMiB: number;
}

const chosen = process.argv.slice(2);
const rows: Row[] = [];
for (const size of sizes) {
  if (chosen.length > 0 && !chosen.includes(size.name)) continue;
  const load = await makeLoad(size, join(tmpdir(), `tidewaiter-bench-${process.pid}`));
  try {
    await measure(load);
  } finally {
    await load.close();
  }
}
printTable();

async function measure(load: Load): Promise<void> {
  await runOnce(load, 'first cycle');
  await runOnce(load, 'next cycle, not synced');
  load.sync();
  await runOnce(load, 'nothing to do, --once');
  await runDaemon(load);
}

async function runOnce(load: Load, phase: string): Promise<void> {
  reset(load);
  const measured = await runProgram(['run', '--once', ...programArguments(load)], environment());
  record(load, phase, measured, commitsIn(measured));
}

async function runDaemon(load: Load): Promise<void> {
  const cycles = 4;
  const { cyclesMs, peakMiB } = await runDaemonCycles(
    ['run', '--interval', '1s', ...programArguments(load)],
    environment(),
    cycles,
    () => reset(load),
  );
  const wallMs = cyclesMs.at(-1) ?? 0;
  record(load, 'nothing to do, in the daemon', { wallMs, cpuMs: undefined, peakMiB }, 0);
}

function programArguments({ folder, kubeconfig, registriesConf }: Load): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--argocd-namespace=argocd',
    `--registries-conf-path=${registriesConf}`,
    `--cache-dir=${join(folder, 'cache')}`,
    '--health-port=0',
  ];
}

/** Nothing of this machine's settings but what programs are found by. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'] };
}

function reset({ git, registry, kube }: Load): void {
  git.requests.length = 0;
  registry.count = 0;
  kube.requests.length = 0;
}

function commitsIn({ output }: Measured): number {
  return output.split('Changes committed and pushed').length - 1;
}

function record(
  { size, git, registry, kube }: Load,
  phase: string,
  measured: { readonly wallMs: number; readonly cpuMs: number | undefined; readonly peakMiB: number },
  commits: number,
): void {
  const events = kube.requests.filter(
    ({ method, path }) => method === 'POST' && path.endsWith('/events'),
  ).length;
  const { wallMs, cpuMs, peakMiB } = measured;
  rows.push({
    size: size.name,
    phase,
    registry: registry.count,
    git: git.requests.length,
    commits,
    events,
    wallMs,
    cpuMs,
    peakMiB,
  });
}

function printTable(): void {
  console.log(
    '| size | phase | registry requests | Git requests | commits | events | wall s | CPU s | peak MiB |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const { size, phase, registry, git, commits, events, wallMs, cpuMs, peakMiB } of rows) {
    const seconds = (ms: number | undefined): string => (ms === undefined ? '–' : (ms / 1000).toFixed(2));
    const cells = [
      size,
      phase,
      registry,
      git,
      commits,
      events,
      seconds(wallMs),
      seconds(cpuMs),
      peakMiB.toFixed(0),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
