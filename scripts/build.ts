/** Bundles the program: dist/main.js and its chunks, or <folder>/main.js for `node scripts/build.ts <folder>`. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { builtinModules } from './builtin-modules.ts';
import { leanClientNode, leanUndici } from './client-node.ts';
import { problemsOfBundle } from './bundle-problems.ts';
import { leanGot } from './lean-got.ts';
import { thirdPartyNotices } from './notices.ts';
import { bundledPackages } from './packages.ts';
import { spdxDocument } from './sbom.ts';

const root = join(import.meta.dirname, '..');
const folder = process.argv[2] ?? join(root, 'dist');

/** Bundled CommonJS packages use names that ES modules do not have. */
const banner = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`;

const built = { commit: commitOfSources(), date: dateOfBuild() };
rmSync(folder, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts', 'src/file-worker.ts'],
  outdir: folder,
  bundle: true,
  // One chunk a command and an edge: what is not used is not loaded.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node24',
  // Class names appear in errors and in API objects, so identifiers stay.
  minifyWhitespace: true,
  minifySyntax: true,
  // One character beyond Latin-1 makes V8 keep a file in two bytes per character.
  charset: 'ascii',
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  banner: { js: banner },
  define: { TIDEWAITER_BUILD: JSON.stringify(built), ...leanUndici },
  plugins: [leanGot, builtinModules, leanClientNode(root)],
  metafile: true,
  logLevel: 'warning',
});
const problems = problemsOfBundle(root, metafile);
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}
const packages = bundledPackages(root, metafile);
writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(root, packages));
writeFileSync(join(folder, 'sbom.spdx.json'), spdxDocument(root, packages, built));

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
