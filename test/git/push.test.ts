import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHeads } from '../../src/git/heads.ts';
import { parsePorcelain } from '../../src/git/push.ts';

const id = 'a'.repeat(40);

describe('the output of push --porcelain', () => {
  it.each([
    [` \t${id}:refs/heads/main\taaa..bbb`, true, 'aaa..bbb'],
    [`+\t${id}:refs/heads/main\taaa...bbb (forced update)`, true, 'forced update'],
    [`*\t${id}:refs/heads/main\t[new branch]`, true, '[new branch]'],
    [`=\t${id}:refs/heads/main\t[up to date]`, false, '[up to date]'],
    [`!\t${id}:refs/heads/main\t[rejected] (stale info)`, false, 'stale info'],
    [`!\t${id}:refs/heads/main\t[remote rejected] (hook declined)`, false, 'hook declined'],
    [
      `!\t${id}:refs/heads/main\t[remote failure] (remote failed to report status)`,
      false,
      'remote failed to report status',
    ],
  ])('%j: ok is %s', (line, ok, reason) => {
    const verdicts = parsePorcelain(`To https://h.example/x\n${line}\nDone\n`);

    expect([...verdicts]).toEqual([['refs/heads/main', { ok, reason }]]);
  });

  it('reads any text', () => {
    fc.assert(fc.property(fc.string(), (text) => parsePorcelain(text).size >= 0));
  });
});

describe('the output of ls-remote', () => {
  it('leaves out peeled tags and other refs', () => {
    const lines = [
      'ref: refs/heads/main\tHEAD',
      `${id}\tHEAD`,
      `${id}\trefs/heads/main`,
      `${id}\trefs/tags/v1`,
    ];
    const output = [...lines, `${id}\trefs/tags/v1^{}`, `${id}\trefs/pull/1/head`].join('\n');

    expect(parseHeads(output)).toEqual({
      heads: { defaultBranch: 'main', branches: new Map([['main', id]]), tags: new Set(['v1']) },
      otherRefs: 1,
    });
  });

  it('has no default branch where the server names none', () => {
    expect(parseHeads(`${id}\tHEAD\n`)).toEqual({
      heads: { branches: new Map(), tags: new Set() },
      otherRefs: 0,
    });
  });

  it('reads any text', () => {
    fc.assert(fc.property(fc.string(), (text) => parseHeads(text).otherRefs >= 0));
  });
});
