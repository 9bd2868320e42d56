/** What policies cost: the same cycles of 300 Applications with all of them and with none. */
import { join } from 'node:path';
import { environment, programArguments } from './cycles.ts';
import { type Load, makeLoad, type LoadSize } from './load.ts';
import { runDaemonCycles, runProgram } from './measure.ts';
import { sizes } from './sizes.ts';
import { printHead, printRow } from './table.ts';

const mostForPolicies = 1.2; // of the CPU time without
const quietCycles = 30;
/** The program finds its feet. */
const warmCycles = 10;

interface Row {
  readonly phase: string;
  readonly cpuMs: number;
  readonly commits: number;
  /** By kind of question. */
  readonly lists: number;
  readonly manifests: number;
  readonly gitRequests: number;
}

export async function benchPolicies(program: string, folder: string): Promise<void> {
  const base = sizes.find(({ name }) => name === '300-helmvalues');
  if (base === undefined) throw new Error('no such size');
  const size: LoadSize = { ...base, registry: 'in-process' };
  printHead(['phase', 'policies', 'CPU s', 'commits', 'lists of tags', 'manifests', 'Git requests']);
  const without = await measure(size, program, join(folder, 'without'));
  const all = await measure({ ...size, policies: true }, program, join(folder, 'all'));
  console.log('');
  for (const [i, { phase, cpuMs }] of without.entries())
    console.log(
      `${phase}: CPU ${((all[i]?.cpuMs ?? Number.NaN) / cpuMs).toFixed(2)} of that without policies`,
    );
  const sum = (rows: readonly Row[]): number => rows.reduce((total, { cpuMs }) => total + cpuMs, 0);
  console.log(`in all: CPU ${(sum(all) / sum(without)).toFixed(2)} (goal: at most ${mostForPolicies})`);
}

function printed(row: Row, { policies }: LoadSize): Row {
  const { phase, cpuMs, commits, lists, manifests, gitRequests } = row;
  const which = policies === true ? 'all' : 'none';
  printRow([phase, which, (cpuMs / 1000).toFixed(2), commits, lists, manifests, gitRequests]);
  return row;
}

async function measure(size: LoadSize, program: string, folder: string): Promise<readonly Row[]> {
  const load = await makeLoad(size, folder);
  try {
    const rows = [
      printed(await once(load, program, 'first cycle'), size),
      printed(await once(load, program, 'next cycle, not synced'), size),
    ];
    load.sync();
    rows.push(printed(await once(load, program, 'nothing to do, --once'), size));
    return [...rows, printed(await daemon(load, program), size)];
  } finally {
    await load.close();
  }
}

async function once(load: Load, program: string, phase: string): Promise<Row> {
  reset(load);
  const { cpuMs, output } = await runProgram(
    program,
    ['run', '--once', ...programArguments(load)],
    environment(),
  );
  const commits = output.split('Changes committed and pushed').length - 1;
  return { phase, cpuMs, commits, ...requestsOf(load) };
}

/** Of one cycle. */
async function daemon(load: Load, program: string): Promise<Row> {
  const argv = ['run', '--interval', '100ms', ...programArguments(load)];
  const { cpuMs } = await runDaemonCycles(program, argv, environment(), {
    cycles: warmCycles + quietCycles,
    beforeCycle: () => reset(load),
  });
  const passedMs = (cpuMs.at(-1) ?? 0) - (cpuMs[warmCycles - 1] ?? 0);
  return {
    phase: 'nothing to do, in the daemon',
    cpuMs: passedMs / quietCycles,
    commits: 0,
    ...requestsOf(load),
  };
}

function reset(load: Load): void {
  load.git.requests.length = 0;
  load.asked();
}

function requestsOf(load: Load): Pick<Row, 'lists' | 'manifests' | 'gitRequests'> {
  const asked = load.asked();
  const count = (part: string) => asked.filter((path) => path.includes(part)).length;
  return {
    lists: count('/tags/list'),
    manifests: count('/manifests/'),
    gitRequests: load.git.requests.length,
  };
}
