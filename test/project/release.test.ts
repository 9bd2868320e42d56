/** What a release consists of, made twice in a clone of this repository, and run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
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
    made = release('one');
    again = release('two');
  });

  function release(name: string): readonly (readonly [string, string])[] {
    const folder = join(clone, '..', name);
    execFileSync(process.execPath, ['scripts/release.ts', folder], { cwd: clone });
    return readdirSync(folder).map((file) => [file, readFileSync(join(folder, file)).toString('base64')]);
  }

  it('is the same bytes when it is made again', () => {
    expect(made.map(([name]) => name)).toEqual([
      'SHA256SUMS',
      'install.yaml',
      `tidewaiter-${version}.spdx.json`,
      `tidewaiter-${version}.tgz`,
      `tidewaiter-chart-${version}.tgz`,
    ]);
    expect(again).toEqual(made);
  });

  it('has checksums that hold', () => {
    const { status, stdout } = spawnSync('sha256sum', ['--check', 'SHA256SUMS'], {
      cwd: join(clone, '../one'),
      encoding: 'utf8',
    });

    expect(stdout.match(/: OK$/gm)).toHaveLength(4);
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

function git(folder: string, ...command: readonly string[]): string {
  return execFileSync('git', command, { cwd: folder, encoding: 'utf8' });
}
