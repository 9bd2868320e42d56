/** Entry of the program. */
import { runProgram } from './cli/program.ts';
import { guardProcess, processIo } from './cli/program-io.ts';

guardProcess();
// The launcher loads this with require, which rules out a top-level await. Idle connections would keep the process alive.
void runProgram(processIo()).then((code) => process.exit(code));
