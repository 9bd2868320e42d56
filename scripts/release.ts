/**
 * Makes what a release consists of: `node scripts/release.ts <folder> [<bases>]`, in a checkout of the tag v<version>.
 * The npm package, the Helm chart, install.yaml, the SBOM, checksums; the same bytes from the same commit. Needs git,
 * npm and GNU tar, and no network. With a folder of bases, `amd64.tar` and `arm64.tar` as `.ci/base` makes them, the
 * image for both platforms as an archive of an OCI layout too.
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
import { readDockerfile } from './dockerfile.ts';
import { writeImageLayout, writeTar } from './image-layout.ts';
import { releaseProblems } from './release-problems.ts';

const root = join(import.meta.dirname, '..');
const [, , target, basesFolder] = process.argv;

if (target === undefined) {
  process.stderr.write('usage: node scripts/release.ts <folder> [<bases>]\n');
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
if (basesFolder !== undefined) await packImage(resolve(basesFolder));
writeChecksums();
process.stdout.write(readFileSync(join(folder, 'SHA256SUMS'), 'utf8'));

function bundle(): void {
  run(process.execPath, ['scripts/build.ts'], { SOURCE_DATE_EPOCH: epochS });
}

/** As `helm package` makes it, but with the times of the commit. */
function packChart(): void {
  const staged = mkdtempSync(join(tmpdir(), 'tidewaiter-chart-'));
  cpSync(join(root, 'charts/tidewaiter'), join(staged, 'tidewaiter'), { recursive: true });
  const archive = join(staged, 'chart.tar');
  writeTar(archive, staged, ['tidewaiter'], epochS);
  writeFileSync(
    join(folder, `tidewaiter-chart-${version}.tgz`),
    gzipSync(readFileSync(archive), { level: 9 }),
  );
  rmSync(staged, { recursive: true });
}

/** For `skopeo copy --all oci-archive:…`, `podman load` and the like. */
async function packImage(bases: string): Promise<void> {
  const staged = mkdtempSync(join(tmpdir(), 'tidewaiter-layout-'));
  const spec = readDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'), {
    VERSION: version,
    BUILD_COMMIT: git('rev-parse', 'HEAD'),
  });
  await writeImageLayout({
    folder: join(staged, 'layout'),
    root,
    spec,
    bases: (['amd64', 'arm64'] as const).map((architecture) => ({
      architecture,
      path: join(bases, `${architecture}.tar`),
    })),
    version,
    epochS,
  });
  const names = ['blobs', 'index.json', 'oci-layout'];
  writeTar(join(folder, `tidewaiter-image-${version}.tar`), join(staged, 'layout'), names, epochS);
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
