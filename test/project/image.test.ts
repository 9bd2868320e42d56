/** The bundle, its launcher, and what the Dockerfile copies; the image itself is in test/image. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const launcher = join(root, 'bin/tidewaiter.cjs');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ');

interface Copy {
  readonly sources: readonly string[];
  readonly target: string;
}

/** What the image takes from the build context. */
const copies: readonly Copy[] = dockerfile
  .split('\n')
  .filter((line) => line.startsWith('COPY '))
  .map((line) => {
    const paths = line.split(/\s+/).slice(1);
    return { sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
  });

/** What the context holds: the ignore file drops everything and takes these back. */
function contextPaths(): ReadonlySet<string> {
  const lines = readFileSync(join(root, '.dockerignore'), 'utf8').trim().split('\n');
  expect(lines[0]).toBe('*');
  return new Set(lines.slice(1).map((line) => line.replace(/^!/, '')));
}

let dist = '';

beforeAll(() => {
  dist = join(mkdtempSync(join(tmpdir(), 'tidewaiter-build-')), 'dist');
  execFileSync(process.execPath, [join(root, 'scripts/build.ts'), dist], {
    env: { ...process.env, BUILD_COMMIT: '0123456789abcdef0123456789abcdef01234567', SOURCE_DATE_EPOCH: '0' },
  });
  writeFileSync(join(dist, '../package.json'), readFileSync(join(root, 'package.json')));
});

describe('the bundle', () => {
  it('knows its version, commit and date', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

    const output = execFileSync(process.execPath, [join(dist, 'main.js'), 'version'], { encoding: 'utf8' });

    expect(output).toContain(`argocd-image-updater: v${version}+0123456\n`);
    expect(output).toContain('BuildDate: 1970-01-01T00:00:00Z');
  });

  it('runs a cycle without the packages that it was made of', () => {
    const argv = ['run', '--once', '--applications', join(root, 'manifests/base'), '--registries-conf-path='];

    const output = execFileSync(process.execPath, [join(dist, 'main.js'), ...argv], { encoding: 'utf8' });

    expect(output).toContain('Processing results: applications=0');
  });
});

describe('the launcher', () => {
  it.each(['18.20.0', '20.20.2', '24.14.9'])(
    'says on Node %s which one is needed, and exits with 1',
    (version) => {
      const script = `Object.defineProperty(process.versions, 'node', { value: '${version}' }); require(${JSON.stringify(launcher)});`;

      const { status, stderr, stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });

      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^Error: tidewaiter needs Node\.js 24\.15 or newer, this is v[\d.]+\n$/);
    },
  );

  it('needs what package.json says', () => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      engines: { node: string };
    };

    expect(readFileSync(launcher, 'utf8')).toContain(`[${engines.node.slice(2).replace('.', ', ')}]`);
  });

  it('is executable', () => {
    expect(statSync(launcher).mode & 0o111).toBe(0o111);
  });
});

describe('the Dockerfile', () => {
  it('copies only what is in the context', () => {
    const context = contextPaths();
    const sources = copies.flatMap((copy) => copy.sources);

    expect(sources).toContain('dist');
    expect(sources.filter((path) => !context.has(path))).toEqual([]);
    // The bundle is there once it is built.
    expect(sources.filter((path) => path !== 'dist' && !existsSync(join(root, path)))).toEqual([]);
  });

  it('makes a folder that runs', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-image-'));
    for (const { sources, target } of copies) {
      for (const source of sources) {
        const path = source === 'dist' ? dist : join(root, source);
        cpSync(path, join(folder, target, statSync(path).isDirectory() ? '' : source), { recursive: true });
      }
    }

    const output = execFileSync(
      process.execPath,
      [join(folder, 'bin/tidewaiter.cjs'), 'version', '--short'],
      { encoding: 'utf8' },
    );

    expect(output).toMatch(/^v\d/);
  });
});
