/** Runs one subject on one hostile text, and says how much CPU time it took at best. */
import { parentPort } from 'node:worker_threads';
import { subjects } from './hostile-subjects.ts';

export interface Trial {
  readonly subject: string;
  readonly shape: string;
  readonly length: number;
}

/** What is done in less is done again, for the first run also compiles the code. */
const shortMs = 100;
const mostRuns = 3;

parentPort?.on('message', ({ subject: name, shape, length }: Trial) => {
  const subject = subjects.find((each) => each.name === name);
  const text = subject?.shapes[shape]?.(length);
  if (subject === undefined || text === undefined) throw new Error(`no text ${shape} for ${name}`);
  let bestMs = Number.POSITIVE_INFINITY;
  for (let run = 0; run < mostRuns && (run === 0 || bestMs < shortMs); run += 1) {
    const before = process.threadCpuUsage();
    subject.work(text);
    const { user, system } = process.threadCpuUsage(before);
    bestMs = Math.min(bestMs, (user + system) / 1000);
  }
  parentPort?.postMessage(bestMs);
});
