/**
 * `npm run bench webhook`: 300 Applications and the daemon. From a push to the pushed commit, a thousand equal events in
 * a second, and `kill -9` between event and commit.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '../fakes/free-port.ts';
import { environment, programArguments } from './cycles.ts';
import { host, type Load, makeLoad } from './load.ts';
import { sizes } from './sizes.ts';
import { printTable } from './table.ts';

const pushes = 12;
const mostMs = 2_000;
const crowd = 1_000;
const senders = 20;
const secret = 'bench-webhook-secret';

/** A daemon, and how many cycles it has ended. */
interface Daemon {
  readonly child: ChildProcess;
  readonly port: number;
  readonly cycles: () => number;
  /** After so many cycles. */
  readonly ended: (cycles: number) => Promise<void>;
}

export async function benchWebhook(program: string, folder: string): Promise<void> {
  const [base] = sizes;
  if (base === undefined) throw new Error('there is no size');
  const load = await makeLoad({ ...base, registry: 'in-process' }, folder);
  try {
    let daemon = await startDaemon(program, load);
    load.sync();
    const tookMs: number[] = [];
    const foreign: string[] = [];
    let lists = 0;
    for (let at = 0; at < pushes; at += 1) {
      load.asked();
      tookMs.push(await pushAndWait(load, daemon, `bench/image${at}`, `1.1.${at}`));
      const asked = load.asked();
      lists += asked.filter((path) => path === `/v2/bench/image${at}/tags/list`).length;
      foreign.push(...asked.filter((path) => path !== '/v2/' && !path.startsWith(`/v2/bench/image${at}/`)));
    }
    const { cycles, sentMs } = await sendCrowd(load, daemon);
    const made = await killBetween(load, daemon, async () => {
      daemon = await startDaemon(program, load);
    });
    await kill(daemon);
    if (foreign.length > 0) console.log(`asked besides: ${[...new Set(foreign)].join(', ')}`);
    const sorted = tookMs.toSorted((a, b) => a - b);
    const [median, worst] = [sorted[pushes / 2] ?? 0, sorted.at(-1) ?? 0];
    printTable(
      ['Webhooks, 300 Applications', 'Measured', 'Wanted'],
      [
        ['push to pushed commit, median', `${median.toFixed(0)} ms`, ''],
        ['push to pushed commit, longest', `${worst.toFixed(0)} ms`, `${mostMs} ms at most`],
        [`lists asked for, ${pushes} pushes`, lists, pushes],
        ['other repositories asked', foreign.length, 0],
        [`cycles for ${crowd} equal events in ${sentMs.toFixed(0)} ms`, cycles, crowdCycles(sentMs)],
        ['made up for after kill -9', made ? 'yes' : 'no', 'yes'],
      ],
    );
    if (worst > mostMs || lists !== pushes || foreign.length > 0 || cycles > crowdCycles(sentMs) || !made)
      process.exitCode = 1;
  } finally {
    await load.close();
  }
}

/** Those that come within 1.2 seconds are one. */
function crowdCycles(sentMs: number): number {
  return 1 + Math.floor(sentMs / 1_200);
}

/** Its first cycle has ended. */
async function startDaemon(program: string, load: Load): Promise<Daemon> {
  const port = await freePort();
  const flags = [
    '--interval=1h',
    '--enable-webhook',
    `--webhook-port=${port}`,
    `--generic-webhook-secret=${secret}`,
  ];
  const child = spawn(process.execPath, [program, 'run', ...flags, ...programArguments(load)], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let count = 0;
  const waiting = new Set<() => void>();
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (!line.includes('Processing results')) return;
    count += 1;
    for (const look of waiting) look();
  });
  const ended = (cycles: number) =>
    new Promise<void>((resolve) => {
      const look = (): void => {
        if (count < cycles) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const daemon = { child, port, cycles: () => count, ended };
  await ended(1);
  return daemon;
}

async function kill({ child }: Daemon): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

async function post({ port }: Daemon, repository: string, tag: string): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/webhook?type=generic&secret=${secret}`, {
    method: 'POST',
    body: JSON.stringify({ registry: host, repository, tag }),
  });
  if (answer.status !== 200) throw new Error(`the webhook was answered with ${answer.status}`);
  await answer.arrayBuffer();
}

async function pushAndWait(load: Load, daemon: Daemon, repository: string, tag: string): Promise<number> {
  const [before, cycles] = [headOf(load), daemon.cycles()];
  load.push(repository, tag);
  const beganMs = performance.now();
  await post(daemon, repository, tag);
  while (headOf(load) === before) await setTimeout(5);
  const tookMs = performance.now() - beganMs;
  await daemon.ended(cycles + 1);
  return tookMs;
}

/** The only repository's branch, as the server has it. */
function headOf({ folder }: Load): string {
  return readFileSync(join(folder, 'git/deploy0.git/refs/heads/main'), 'utf8');
}

async function sendCrowd(load: Load, daemon: Daemon) {
  const [repository, tag] = ['bench/image20', '1.2.0'];
  const before = daemon.cycles();
  load.push(repository, tag);
  const beganMs = performance.now();
  const sendSome = async (): Promise<void> => {
    for (let sent = 0; sent < crowd / senders; sent += 1) await post(daemon, repository, tag);
  };
  await Promise.all(Array.from({ length: senders }, sendSome));
  const sentMs = performance.now() - beganMs;
  await daemon.ended(before + 1);
  await setTimeout(5_000); // another one would begin in this time
  return { cycles: daemon.cycles() - before, sentMs };
}

/** True where nothing was pushed before the end, and the next start has pushed it. */
async function killBetween(load: Load, daemon: Daemon, restart: () => Promise<void>): Promise<boolean> {
  const before = headOf(load);
  load.push('bench/image21', '1.3.0');
  await post(daemon, 'bench/image21', '1.3.0');
  await kill(daemon);
  const isLost = headOf(load) === before;
  await restart();
  return isLost && headOf(load) !== before;
}
