/** Entry of the program. */
import { runProgram } from './cli/program.ts';
import { processIo } from './cli/program-io.ts';

// Idle connections would keep the process alive.
process.exit(await runProgram(processIo()));
