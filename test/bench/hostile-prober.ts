/** Asks /healthz again and again, in a thread of its own, and remembers how long the longest answer took. */
import { parentPort, workerData } from 'node:worker_threads';

const url = workerData as string;
const pauseMs = 20;
const patienceMs = 20_000;
let longestMs = 0;
let lost = 0;
let isOver = false;

parentPort?.on('message', () => {
  isOver = true;
});

async function probe(): Promise<boolean> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
    await reply.text();
    return true;
  } catch {
    return false;
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, pauseMs));

while (!(await probe())) await pause();
parentPort?.postMessage('up');
while (!isOver) {
  const startedMs = performance.now();
  const isAnswered = await probe();
  if (isOver) break;
  longestMs = Math.max(longestMs, performance.now() - startedMs);
  if (!isAnswered) lost += 1;
  await pause();
}
parentPort?.postMessage({ longestMs, lost });
parentPort?.close();
