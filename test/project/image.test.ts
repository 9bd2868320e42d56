/** The bundle, its launcher, and the Dockerfile that puts both into an image. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const launcher = join(root, 'bin/tidewaiter.cjs');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ');

interface Copy {
  /** Name of a stage; absent: the build context. */
  readonly from?: string;
  readonly sources: readonly string[];
  readonly target: string;
}

interface Stage {
  readonly base: string;
  readonly copies: readonly Copy[];
  readonly lines: readonly string[];
}

function readStages(): readonly Stage[] {
  return dockerfile
    .split(/^(?=FROM )/m)
    .filter((text) => text.startsWith('FROM '))
    .map((text) => {
      const lines = text.split('\n');
      const base = /^FROM (?:--\S+ )?(\S+)/.exec(text)?.[1] ?? '';
      return { base, lines, copies: lines.filter((line) => line.startsWith('COPY ')).map(readCopy) };
    });
}

function readCopy(line: string): Copy {
  const words = line.split(/\s+/).slice(1);
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  const copy = { sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
  return from === undefined ? copy : { ...copy, from };
}

/** What the context holds: the ignore file drops everything and takes these back. */
function contextPaths(): ReadonlySet<string> {
  const lines = readFileSync(join(root, '.dockerignore'), 'utf8').trim().split('\n');
  expect(lines[0]).toBe('*');
  return new Set(lines.slice(1).map((line) => line.replace(/^!/, '')));
}

let dist = '';

/** Copies what a stage copies from the context, and from other stages what `built` says. */
function copyInto(folder: string, stage: Stage | undefined, built: string): void {
  for (const { from, sources, target } of stage?.copies ?? []) {
    for (const source of sources) {
      const path = from === undefined ? join(root, source) : built;
      cpSync(path, join(folder, target, statSync(path).isDirectory() ? '' : source), { recursive: true });
    }
  }
}

/** The build stage, with the packages that are installed already. */
beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-build-'));
  copyInto(folder, readStages()[0], '');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  execFileSync(process.execPath, [join(folder, 'scripts/build.ts')], {
    env: { ...process.env, BUILD_COMMIT: '0123456789abcdef0123456789abcdef01234567', SOURCE_DATE_EPOCH: '0' },
  });
  dist = join(folder, 'dist');
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
  it('copies only what is in the context and in the repository', () => {
    const context = contextPaths();
    const sources = readStages().flatMap(({ copies }) =>
      copies.filter(({ from }) => from === undefined).flatMap((copy) => copy.sources),
    );

    expect(sources.length).toBeGreaterThan(5);
    expect(sources.filter((path) => !context.has(path) || !existsSync(join(root, path)))).toEqual([]);
  });

  it('makes a folder that runs', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-image-'));
    copyInto(folder, readStages().at(-1), dist);

    const output = execFileSync(
      process.execPath,
      [join(folder, 'bin/tidewaiter.cjs'), 'version', '--short'],
      {
        encoding: 'utf8',
      },
    );

    expect(output).toMatch(/^v\d/);
  });

  it('has the tools, the user and the paths of 0.18', () => {
    const last = readStages().at(-1);
    const text = last?.lines.join('\n') ?? '';

    expect(last?.base).toBe('node:24-alpine');
    for (const tool of ['aws-cli', 'ca-certificates', 'git', 'gpg', 'gpg-agent', 'openssh-client', 'tini']) {
      expect(text).toMatch(new RegExp(`apk add [^&]*\\b${tool}\\b`));
    }
    expect(text).toMatch(/adduser -D -u 1000 .* -h \/app/);
    expect(text).toMatch(/^USER 1000$/m);
    expect(text).toContain('ENTRYPOINT ["/sbin/tini", "--", "/usr/local/bin/argocd-image-updater"]');
    for (const name of ['tidewaiter', 'argocd-image-updater']) {
      expect(text).toContain(`ln -s ../lib/tidewaiter/bin/tidewaiter.cjs /usr/local/bin/${name}`);
    }
  });
});
