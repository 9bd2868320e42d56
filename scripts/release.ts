/**
 * Makes what a release consists of: `node scripts/release.ts <folder>`, in a checkout of the tag v<version>.
 * The npm package, the Helm chart, install.yaml, the SBOM, checksums; the same bytes from the same commit. Needs git,
 * npm and GNU tar, and no network. Images are built from the npm package's files by the Dockerfile, one a platform.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { releaseProblems } from './release-problems.ts';

const root = join(import.meta.dirname, '..');
const [, , target] = process.argv;

if (target === undefined) {
  process.stderr.write('usage: node scripts/release.ts <folder>\n');
  process.exit(1);
}
const folder = resolve(target);
const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
const problems = releaseProblems(
  root,
  version,
  git('tag', '--points-at', 'HEAD').split('\n'),
  git('status', '--porcelain'),
);
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}
const epochS = git('log', '-1', '--format=%ct');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

bundle();
run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]);
copyFileSync(join(root, 'dist/sbom.spdx.json'), join(folder, `tidewaiter-${version}.spdx.json`));
copyFileSync(join(root, 'manifests/install.yaml'), join(folder, 'install.yaml'));
packChart();
writeChecksums();
process.stdout.write(readFileSync(join(folder, 'SHA256SUMS'), 'utf8'));

function bundle(): void {
  run(process.execPath, ['scripts/build.ts'], { SOURCE_DATE_EPOCH: epochS });
}

/** As `helm package` makes it, but with the times of the commit. */
function packChart(): void {
  const staged = mkdtempSync(join(tmpdir(), 'tidewaiter-chart-'));
  cpSync(join(root, 'charts/tidewaiter'), join(staged, 'tidewaiter'), { recursive: true });
  const flags = [
    '--sort=name',
    `--mtime=@${epochS}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=u=rwX,go=rX',
  ];
  const archive = execFileSync('tar', [...flags, '--format=ustar', '-C', staged, '-cf', '-', 'tidewaiter']);
  writeFileSync(join(folder, `tidewaiter-chart-${version}.tgz`), gzipSync(archive, { level: 9 }));
  rmSync(staged, { recursive: true });
}

function writeChecksums(): void {
  const lines = readdirSync(folder)
    .toSorted()
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}  ${name}\n`,
    );
  writeFileSync(join(folder, 'SHA256SUMS'), lines.join(''));
}

function git(...command: readonly string[]): string {
  return execFileSync('git', command, { cwd: root, encoding: 'utf8' }).trim();
}

function run(
  program: string,
  flags: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): void {
  execFileSync(program, flags, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...variables },
  });
}
