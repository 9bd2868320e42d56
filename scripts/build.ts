/** Bundles the program into one file: dist/main.js, or <folder>/main.js for `node scripts/build.ts <folder>`. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const folder = process.argv[2] ?? join(root, 'dist');

/** Bundled CommonJS packages call `require`, which ES modules do not have. */
const banner = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

rmSync(folder, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outfile: join(folder, 'main.js'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  // Class names appear in errors and in API objects, so identifiers stay.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  banner: { js: banner },
  define: { TIDEWAITER_BUILD: JSON.stringify({ commit: commitOfSources(), date: dateOfBuild() }) },
  logLevel: 'warning',
});

/** BUILD_COMMIT serves builds without a repository, such as that of the image. */
function commitOfSources(): string {
  const given = process.env['BUILD_COMMIT'] ?? '';
  if (given !== '') return given;
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: root,
      stdio: [...stdio],
      encoding: 'utf8',
    }).trim();
  } catch {
    return ''; // no repository, or no git
  }
}

/** SOURCE_DATE_EPOCH, in seconds, makes builds repeatable. */
function dateOfBuild(): string {
  const seconds = process.env['SOURCE_DATE_EPOCH'];
  const date = seconds === undefined || seconds === '' ? new Date() : new Date(Number(seconds) * 1000);
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
