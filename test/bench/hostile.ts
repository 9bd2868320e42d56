/** How the CPU time of parsers and editors grows with the size of hostile texts: the worst text of each. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { subjects } from './hostile-subjects.ts';
import type { Trial } from './hostile-worker.ts';
import { printHead, printRow } from './table.ts';

const kibi = 1024;
const lengths = [64 * kibi, 256 * kibi, 1024 * kibi];
const patienceMs = 60_000; // by the clock
const hopelessMs = 10_000; // what takes longer is not tried with a longer text

interface Times {
  readonly subject: string;
  readonly shape: string;
  /** CPU time, one per length; undefined: not awaited to its end, or not tried as a shorter text took too long. */
  readonly ms: readonly (number | undefined)[];
}

/** `wanted`: names of subjects, or parts of them; all if there are none. */
export async function benchHostileTexts(wanted: readonly string[]): Promise<void> {
  const lab = new Lab();
  printHead([
    'subject',
    'worst text',
    ...lengths.map((length) => `${length / kibi} KiB ms`),
    'growth per doubling',
  ]);
  for (const { name, shapes } of subjects) {
    if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
    const times: Times[] = [];
    for (const shape of Object.keys(shapes)) times.push(await lab.measure(name, shape));
    const { shape, ms } = worstOf(times);
    printRow([name, shape, ...ms.map(millis), growth(ms)]);
  }
  await lab.close();
}

/** A thread that is thrown away when it does not answer. */
class Lab {
  #worker: Worker | undefined;

  async measure(subject: string, shape: string): Promise<Times> {
    const ms: (number | undefined)[] = [];
    for (const length of lengths) {
      const before = ms.at(-1);
      const isHopeless = ms.length > 0 && (before === undefined || before > hopelessMs);
      ms.push(isHopeless ? undefined : await this.#try({ subject, shape, length }));
    }
    return { subject, shape, ms };
  }

  async #try(trial: Trial): Promise<number | undefined> {
    this.#worker ??= new Worker(new URL('./hostile-worker.ts', import.meta.url));
    this.#worker.postMessage(trial);
    try {
      const [ms] = await once(this.#worker, 'message', { signal: AbortSignal.timeout(patienceMs) });
      return ms as number;
    } catch (error) {
      await this.close();
      if (error instanceof Error && error.name === 'AbortError') return undefined;
      throw new Error(`${trial.subject} on ${trial.shape}, ${trial.length} characters`, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }
}

function worstOf(times: readonly Times[]): Times {
  const longest = ({ ms }: Times): number => ms.at(-1) ?? Number.POSITIVE_INFINITY;
  return times.reduce((worst, next) => (longest(next) > longest(worst) ? next : worst));
}

function millis(ms: number | undefined): string {
  return ms === undefined ? 'given up' : ms.toFixed(ms < 10 ? 1 : 0);
}

/** Below this, the ticks of the clock say more than size. */
const leastMs = 50;

/** 2: as the text; 4: as its square. */
function growth(ms: readonly (number | undefined)[]): string {
  const [, middle, largest] = ms;
  if (middle === undefined || largest === undefined) return 'too slow';
  return largest < leastMs ? '–' : Math.sqrt(largest / Math.max(middle, 0.1)).toFixed(1);
}
