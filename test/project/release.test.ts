/** What a release consists of, made twice in a clone of this repository, and run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { releaseProblems } from '../../scripts/release-problems.ts';
import { temporaryFolder } from '../cli/start-program.ts';

const root = join(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

describe('a checkout', () => {
  it('is a release with its tag and nothing changed', () => {
    expect(releaseProblems(root, version, ['other', `v${version}`], '')).toEqual([]);
  });

  it.each([
    ['without a tag', version, [], '', `the commit has no tag v${version}`],
    ['with changes', version, [`v${version}`], ' M README.md', 'changes that are not committed'],
    ['of another version', '9.9.9', ['v9.9.9'], '', 'charts/tidewaiter/Chart.yaml names version'],
  ])('%s is none', (_, named, tags, changes, says) => {
    expect(releaseProblems(root, named, tags, changes).join('\n')).toContain(says);
  });
});

describe('a release', () => {
  let clone = '';
  let made: readonly (readonly [string, string])[] = [];
  let again: readonly (readonly [string, string])[] = [];

  beforeAll(() => {
    clone = join(temporaryFolder(), 'clone');
    // the files as they are now, whether they are committed or not
    const files = git(root, 'ls-files', '--cached', '--others', '--exclude-standard').split('\n');
    for (const path of files.filter((one) => one !== '' && existsSync(join(root, one)))) {
      mkdirSync(join(clone, path, '..'), { recursive: true });
      cpSync(join(root, path), join(clone, path));
    }
    symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
    git(clone, 'init', '--quiet');
    git(clone, 'add', '--all');
    git(clone, '-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '--quiet', '-m', 'release');
    git(clone, 'tag', `v${version}`);
    for (const architecture of ['amd64', 'arm64']) makeBase(architecture);
    made = release('one');
    again = release('two');
  });

  /** In place of a root file system. */
  function makeBase(architecture: string): void {
    const staged = temporaryFolder();
    mkdirSync(join(staged, 'etc'));
    writeFileSync(join(staged, 'etc/issue'), `Debian of ${architecture}`);
    mkdirSync(join(clone, '../bases'), { recursive: true });
    execFileSync('tar', ['-C', staged, '-cf', join(clone, '../bases', `${architecture}.tar`), 'etc']);
  }

  function release(name: string): readonly (readonly [string, string])[] {
    const folder = join(clone, '..', name);
    execFileSync(process.execPath, ['scripts/release.ts', folder, join(clone, '../bases')], { cwd: clone });
    return readdirSync(folder).map((file) => [file, readFileSync(join(folder, file)).toString('base64')]);
  }

  it('is the same bytes when it is made again', () => {
    expect(made.map(([name]) => name)).toEqual([
      'SHA256SUMS',
      'install.yaml',
      `tidewaiter-${version}.spdx.json`,
      `tidewaiter-${version}.tgz`,
      `tidewaiter-chart-${version}.tgz`,
      `tidewaiter-image-${version}.tar`,
    ]);
    expect(again).toEqual(made);
  });

  it('has checksums that hold', () => {
    const { status, stdout } = spawnSync('sha256sum', ['--check', 'SHA256SUMS'], {
      cwd: join(clone, '../one'),
      encoding: 'utf8',
    });

    expect(stdout.match(/: OK$/gm)).toHaveLength(5);
    expect(status).toBe(0);
  });

  it('has a package whose program runs the demo', () => {
    const folder = temporaryFolder();
    execFileSync('tar', ['-xzf', join(clone, '../one', `tidewaiter-${version}.tgz`), '-C', folder]);

    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(folder, 'package/bin/tidewaiter.cjs'), 'demo'],
      { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder } },
    );

    expect(stderr).toBe('');
    expect(stdout).toContain('build: automatic update of shop');
    expect(status).toBe(0);
  });

  it('issue 10, 1: has an image for two platforms, whose blobs are what their names say', () => {
    const folder = temporaryFolder();
    execFileSync('tar', ['-xf', join(clone, '../one', `tidewaiter-image-${version}.tar`), '-C', folder]);
    const blob = ({ digest }: Blob): Buffer => {
      const bytes = readFileSync(join(folder, 'blobs', digest.replace(':', '/')));
      expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest);
      return bytes;
    };
    const document = (of: Blob) => JSON.parse(blob(of).toString()) as ImageDocument;
    const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as ImageDocument;

    const platforms = document(index.manifests[0]!).manifests;

    expect(index.manifests[0]?.annotations).toEqual({ 'org.opencontainers.image.ref.name': `v${version}` });
    expect(platforms.map(({ platform }) => platform)).toEqual([
      { architecture: 'amd64', os: 'linux' },
      { architecture: 'arm64', os: 'linux', variant: 'v8' },
    ]);
    for (const { platform, ...manifest } of platforms) {
      const { config, layers } = document(manifest);
      const { architecture, config: run, rootfs } = document(config);
      const tars = layers.map((layer) => gunzipSync(blob(layer)));
      const files = tars.map((tar) =>
        execFileSync('tar', ['-tf', '-'], { input: tar, encoding: 'utf8' }).split('\n'),
      );
      expect(architecture).toBe(platform?.architecture);
      expect(rootfs.diff_ids).toEqual(
        tars.map((tar) => `sha256:${createHash('sha256').update(tar).digest('hex')}`),
      );
      expect(tars[0]?.toString()).toContain(`Debian of ${architecture}`);
      expect(files[1]).toEqual(
        expect.arrayContaining(
          ['LICENSE', 'package.json', 'bin/tidewaiter.cjs', 'dist/main.js', 'dist/sbom.spdx.json'].map(
            (path) => `usr/local/lib/tidewaiter/${path}`,
          ),
        ),
      );
      expect(run).toMatchObject({
        User: '1000',
        Env: [expect.stringMatching(/^PATH=/), 'HOME=/app'],
        Entrypoint: ['/sbin/tini', '--', '/usr/local/bin/argocd-image-updater'],
        WorkingDir: '/app',
        Labels: {
          'org.opencontainers.image.title': 'Tidewaiter',
          'org.opencontainers.image.version': version,
          'org.opencontainers.image.revision': git(clone, 'rev-parse', 'HEAD').trim(),
        },
      });
    }
  });

  it('names every package of the bundle once, with its licence and checksum', () => {
    const text = Buffer.from(made.find(([name]) => name.endsWith('.spdx.json'))?.[1] ?? '', 'base64');
    const { packages, relationships } = JSON.parse(text.toString()) as {
      readonly packages: readonly {
        SPDXID: string;
        name: string;
        licenseDeclared: string;
        checksums?: unknown;
      }[];
      readonly relationships: readonly { relatedSpdxElement: string }[];
    };
    const ids = packages.map(({ SPDXID }) => SPDXID);

    expect(new Set(ids).size).toBe(ids.length);
    expect(relationships.map(({ relatedSpdxElement }) => relatedSpdxElement).toSorted()).toEqual(
      ids.toSorted(),
    );
    expect(packages.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['tidewaiter', 'zod', 'got', 'yaml']),
    );
    expect(packages.filter(({ licenseDeclared }) => licenseDeclared === 'NOASSERTION')).toEqual([]);
    expect(packages.filter(({ checksums }) => checksums === undefined).map(({ name }) => name)).toEqual([
      'tidewaiter',
    ]);
  });
});

interface Blob {
  readonly digest: string;
}

interface ImageDocument {
  readonly manifests: readonly (Blob & {
    readonly platform?: { readonly architecture: string };
    readonly annotations?: object;
  })[];
  readonly config: Blob;
  readonly layers: readonly Blob[];
  readonly architecture: string;
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

function git(folder: string, ...command: readonly string[]): string {
  return execFileSync('git', command, { cwd: folder, encoding: 'utf8' });
}
