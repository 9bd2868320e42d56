/** Measures cycles of the program over one load: requests, wall, CPU and peak memory. */
import { join } from 'node:path';
import { measureGitFloor } from './git-floor.ts';
import { type Load, type LoadSize, makeLoad } from './load.ts';
import { type Measured, runDaemonCycles, runProgram } from './measure.ts';

export interface CycleRow {
  readonly size: LoadSize;
  readonly phase: Phase;
  readonly registryRequests: number;
  readonly gitRequests: number;
  readonly commits: number;
  readonly events: number;
  readonly wallMs: number;
  /** Absent for a cycle of the daemon, which is one of several of its process. */
  readonly cpuMs?: number;
  /** Absent where not the program was measured. */
  readonly peakMiB?: number;
}

export type Phase =
  | 'first cycle'
  | 'next cycle, not synced'
  | 'nothing to do, --once'
  | 'again, after a restart'
  | 'nothing to do, in the daemon'
  | 'git alone: ls-remote, fetch, push';

/** Enough for the heap to find its size. */
const quietCycles = 50;

/** `program`: path of the bundle. `folder` is made anew and removed. */
export async function measureCycles(
  size: LoadSize,
  program: string,
  folder: string,
): Promise<readonly CycleRow[]> {
  const load = await makeLoad(size, folder);
  try {
    const rows = [
      await runOnce(load, program, 'first cycle'),
      await runOnce(load, program, 'next cycle, not synced'),
    ];
    load.sync();
    if (size.strategy === 'newest-build') {
      rows.push(await runOnce(load, program, 'again, after a restart'), await runGit(load));
      return rows;
    }
    rows.push(await runOnce(load, program, 'nothing to do, --once'), await runDaemon(load, program));
    return rows;
  } finally {
    await load.close();
  }
}

async function runOnce(load: Load, program: string, phase: Phase): Promise<CycleRow> {
  reset(load);
  const measured = await runProgram(program, ['run', '--once', ...programArguments(load)], environment());
  return { ...rowOf(load, phase, commitsIn(measured), measured), cpuMs: measured.cpuMs };
}

/** Beside the first cycle: what of its CPU no program can spare that runs git for each repository. */
async function runGit(load: Load): Promise<CycleRow> {
  const phase = 'git alone: ls-remote, fetch, push';
  const floor = await measureGitFloor(load);
  return {
    size: load.size,
    phase,
    registryRequests: 0,
    commits: load.size.gitRepositories,
    events: 0,
    ...floor,
  };
}

async function runDaemon(load: Load, program: string): Promise<CycleRow> {
  const { cyclesMs, peakMiB } = await runDaemonCycles(
    program,
    ['run', '--interval', '100ms', ...programArguments(load)],
    environment(),
    { cycles: quietCycles, beforeCycle: () => reset(load) },
  );
  return rowOf(load, 'nothing to do, in the daemon', 0, { wallMs: cyclesMs.at(-1) ?? 0, peakMiB });
}

export function programArguments({ folder, kubeconfig, registriesConf }: Load): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--argocd-namespace=argocd',
    `--registries-conf-path=${registriesConf}`,
    `--cache-dir=${join(folder, 'cache')}`,
    '--health-port=0',
    '--metrics-port=0',
  ];
}

/** Nothing of this machine's settings but what programs are found by. */
export function environment(): NodeJS.ProcessEnv {
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

function rowOf(
  { size, git, registry, kube }: Load,
  phase: Phase,
  commits: number,
  { wallMs, peakMiB }: { readonly wallMs: number; readonly peakMiB: number },
): CycleRow {
  const events = kube.requests.filter(
    ({ method, path }) => method === 'POST' && path.endsWith('/events'),
  ).length;
  return {
    size,
    phase,
    registryRequests: registry.count,
    gitRequests: git.requests.length,
    commits,
    events,
    wallMs,
    peakMiB,
  };
}
