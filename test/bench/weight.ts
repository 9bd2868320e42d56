/** What the program weighs before it does anything, and how many other programs one repository costs. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, programArguments } from './cycles.ts';
import { makeLoad, type LoadSize } from './load.ts';
import { type Measured, runProgram } from './measure.ts';
import { type Cell, printTable } from './table.ts';

const repetitions = 5;

/** One Application that follows each of two images, in one repository. */
const smallest: LoadSize = {
  name: '1',
  applications: 1,
  imagesPerApplication: 2,
  gitRepositories: 1,
  imageRepositories: 2,
  tags: 5,
  registry: 'in-process',
  target: 'override',
  strategy: 'semver',
  latencyMs: 0,
};

export async function benchWeight(program: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  printTable(['start', 'peak MiB', 'wall s'], await starts(program, folder));
  console.log('');
  printTable(
    ['programs started for one repository', 'execve'],
    await processes(program, join(folder, 'load')),
  );
  console.log('');
}

async function starts(program: string, folder: string): Promise<readonly (readonly Cell[])[]> {
  const nothing = join(folder, 'nothing.mjs');
  writeFileSync(nothing, '');
  const applications = join(folder, 'applications');
  mkdirSync(applications);
  writeFileSync(join(applications, 'none.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: none}\n');
  const once = ['run', '--once', `--applications=${applications}`, '--registries-conf-path='];
  return [
    ['Node alone', ...(await typical(nothing, []))],
    ['version', ...(await typical(program, ['version']))],
    ['run --once, files mode, no Application', ...(await typical(program, once))],
  ];
}

/** The largest peak, and the median of the wall times. */
async function typical(program: string, args: readonly string[]): Promise<readonly Cell[]> {
  const runs: Measured[] = [];
  for (let i = 0; i < repetitions; i += 1) runs.push(await runProgram(program, args, environment()));
  const walls = runs.map(({ wallMs }) => wallMs).toSorted((a, b) => a - b);
  const median = walls[Math.floor(repetitions / 2)] ?? 0;
  return [Math.max(...runs.map(({ peakMiB }) => peakMiB)).toFixed(0), (median / 1000).toFixed(2)];
}

async function processes(program: string, folder: string): Promise<readonly (readonly Cell[])[]> {
  const load = await makeLoad(smallest, folder);
  try {
    const args = ['run', '--once', ...programArguments(load)];
    return [
      ['first write', await startedBy(program, args, join(folder, 'first.strace'))],
      ['next --once, not synced', await startedBy(program, args, join(folder, 'next.strace'))],
    ];
  } finally {
    await load.close();
  }
}

/** Programs that were started, the measured one not counted; `–` where strace is missing. */
async function startedBy(program: string, args: readonly string[], trace: string): Promise<Cell> {
  if (spawnSync('strace', ['-V']).status !== 0) return '–';
  await runProgram(program, args, environment(), ['strace', '-f', '-qq', '-e', 'trace=execve', '-o', trace]);
  const lines = readFileSync(trace, 'utf8').split('\n');
  return lines.filter((line) => /execve\(|execve resumed/.test(line) && line.endsWith(' = 0')).length - 1;
}
