/** Runs one subject on one hostile text, and says how long it took. */
import { parentPort } from 'node:worker_threads';
import { subjects } from './hostile-subjects.ts';

export interface Trial {
  readonly subject: string;
  readonly shape: string;
  readonly length: number;
}

parentPort?.on('message', ({ subject: name, shape, length }: Trial) => {
  const subject = subjects.find((each) => each.name === name);
  const text = subject?.shapes[shape]?.(length);
  if (subject === undefined || text === undefined) throw new Error(`no text ${shape} for ${name}`);
  const startedMs = performance.now();
  subject.work(text);
  parentPort?.postMessage(performance.now() - startedMs);
});
