/** Paths that git or some clone refuses. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileNameProblem, gitPathProblem } from '../../../src/core/base/repository-path.ts';
import { generatedRuns } from '../../generated-runs.ts';

let repository: string;

beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'repository-path-'));
  expect(spawnSync('git', ['init', '-q'], { cwd: repository }).status).toBe(0);
});

afterAll(() => rmSync(repository, { recursive: true, force: true }));

/** True if git takes the path into an index under the rules of all systems. */
function gitTakes(path: string): boolean {
  rmSync(join(repository, '.git/index'), { force: true }); // an entry of an earlier path may stand in the way
  const emptyBlob = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';
  const args = ['-c', 'core.protectHFS=true', '-c', 'core.protectNTFS=true', '-c', 'safe.bareRepository=all'];
  const { status } = spawnSync(
    'git',
    [...args, 'update-index', '--add', '--cacheinfo', `100644,${emptyBlob},${path}`],
    {
      cwd: repository,
      encoding: 'utf8',
    },
  );
  return status === 0;
}

const piece = fc.constantFrom(
  '.git',
  '.GIT',
  'git~1',
  'GIT~1',
  '.g',
  'it',
  '..',
  '.',
  '\\',
  ':',
  ' ',
  '/',
  'a',
  '\u200c',
  '\u200d',
  '\u206f',
  '\ufeff',
  '::$INDEX_ALLOCATION',
  '~1',
  'config',
);
const anyPath = fc
  .array(piece, { minLength: 1, maxLength: 7 })
  .map((pieces) => pieces.join(''))
  .filter((path) => !path.startsWith('-'));

describe('gitPathProblem', () => {
  it('fault A13: lets nothing through that git refuses under the rules of any system', () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        if (gitPathProblem(path) !== undefined) return;
        expect({ path, taken: gitTakes(path) }).toEqual({ path, taken: true });
      }),
      { numRuns: generatedRuns(200) },
    );
  });

  it.each([
    'values.yaml',
    'a b/ü.yaml',
    '.github/x.yaml',
    '.gitignore',
    'git/config',
    '.argocd-source-x.yaml',
    'a:b.yaml',
  ])('fault A13: lets %j through', (path) => {
    expect(gitPathProblem(path)).toBeUndefined();
  });

  it('takes names and paths up to what file systems hold', () => {
    const segment = 'n'.repeat(255);

    expect(gitPathProblem(segment)).toBeUndefined();
    expect(gitPathProblem(`${segment}n`)).toContain('256 bytes');
    expect(gitPathProblem(Array.from({ length: 15 }, () => segment).join('/'))).toBeUndefined();
    expect(gitPathProblem(Array.from({ length: 17 }, () => segment).join('/'))).toContain('4351 bytes');
  });
});

describe('fileNameProblem', () => {
  it.each(['values.yaml', 'a b', 'ü', '日本', 'values (2).yaml', 'console.yaml', 'com10', '🚀.yaml', '.a'])(
    'takes %j',
    (name) => {
      expect(fileNameProblem(name)).toBeUndefined();
    },
  );
});
