/** The bundled program of the sources as they are, apart from what `npm run build` made. */
import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const script = join(root, 'scripts/build.ts');

/** Path of the launcher, in the folder. Throws if it cannot be built; esbuild's own words are on the error output. */
export function bundleProgram(folder: string): string {
  try {
    execFileSync(process.execPath, [script, join(folder, 'dist')], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  } catch (cause) {
    throw new Error('the program to measure cannot be built', { cause });
  }
  // As beside the program's own dist folder: without it Node compiles the bundle twice to find out that it is a module.
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
  return join(folder, 'bin/tidewaiter.cjs');
}
