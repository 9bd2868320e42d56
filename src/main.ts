/** Entry of the program. */
import { runProgram } from './cli/program.ts';
import { guardProcess, processIo, written } from './cli/process/program-io.ts';

guardProcess();
// It lies beside this file, as a source and in a bundle.
const fileWorker = new URL(import.meta.url.replace(/main(\.[jt]s)$/, 'file-worker$1'));
// The launcher loads this with require, which rules out a top-level await. Idle connections would keep the process alive.
void runProgram(processIo(fileWorker)).then(async (code) => {
  await Promise.all([process.stdout, process.stderr].map(written));
  process.exit(code);
});
