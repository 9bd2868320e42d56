/** The bundled program of the sources as they are, apart from what `npm run build` made. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../../scripts/build.ts');

/** Path of the program, in the folder. Throws if it cannot be built; esbuild's own words are on the error output. */
export function bundleProgram(folder: string): string {
  try {
    execFileSync(process.execPath, [script, folder], { stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (cause) {
    throw new Error('the program to measure cannot be built', { cause });
  }
  return join(folder, 'main.js');
}
