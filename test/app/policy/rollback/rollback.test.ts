/** Rows RB of spec/policies.md 2 on real repositories. */
import { rm } from 'node:fs/promises';
import { describe, expect, it, test } from 'vitest';
import { repositoryIdentity } from '../../../../src/core/base/git-url.ts';
import { packState } from '../../../../src/core/config/state/application-state.ts';
import { emptyMemory, withLines } from '../../../../src/core/policy/memory/memory.ts';
import { wroteLine, wroteLines } from '../../../../src/core/policy/rollback/lines/wrote.ts';
import { gitSource } from '../../../core/applications.ts';
import { commitFiles, git } from '../../../fakes/bare-repository.ts';
import { never } from '../../../git/builders.ts';
import { arrange, type Asked, judgeIn, type Move, moves, path, told, verdictsOn } from './git-history.ts';

const quiet = (count: number): readonly Move[] => Array.from({ length: count }, () => ({ by: 'h' }));

const merge = (by: Move['by']): readonly Move[] => [
  { by: 'h', version: '2.1.4' },
  { by: 'h' },
  { by, version: '2.1.5', parents: [0] },
  { by: 'h', version: '2.1.4', parents: [1, 2], message: 'Merge' },
];

type Row = [string, readonly Move[], string, Asked?];

describe('rollback: respect, in Git', () => {
  test.each<Row>([
    ['RB-01 a revert of ours', moves('o 2.1.4, o 2.1.5, h 2.1.4'), 'rollback 2.1.5'],
    ['RB-03 two of ours at once', moves('o 2.1.5, o 2.1.6, h 2.1.4'), 'rollback 2.1.6'],
    ['RB-04 up again by hand', moves('o 2.1.5, h 2.1.4, h 2.1.7'), 'free'],
    ['RB-05 down by ours', moves('o 2.1.5, o 2.0.6'), 'free', { constraint: '~2.0' }],
    ['RB-06 excluded by rule', moves('o 2.1.5, h 2.0.5'), 'free', { constraint: '~2.0' }],
    [
      'RB-06 excluded by skip-tags',
      moves('o 2.1.5, h 2.1.4'),
      'free',
      { policies: { skips: [{ value: [{ version: '2.1.5' }], source: 'skip-tags' }] } },
    ],
    ['RB-08 a revert of the reference', moves('h 2.1.4, r 2.1.5, h 2.1.4'), 'rollback 2.1.5'],
    [
      'RB-09 the reference, squashed without a body',
      [
        ...moves('h 2.1.4'),
        { by: 'h', version: '2.1.5', message: 'build: automatic update of web (#7)' },
        ...moves('h 2.1.4'),
      ],
      'rollback 2.1.5',
    ],
    [
      'RB-10 our identity alone',
      [...moves('h 2.1.4, r 2.1.5'), { by: 'r', version: '2.1.4', message: 'set image' }],
      'rollback 2.1.5',
    ],
    ['RB-11 never ours', moves('h 2.1.5, h 2.1.4'), 'rollback 2.1.5'],
    ['RB-13 a line far back', [...moves('o 2.1.5, h 2.1.4'), ...quiet(6000)], 'rollback 2.1.5'],
    ['RB-15 a merge that drops ours', merge('o'), 'rollback 2.1.5'],
    ['RB-15 a merge that drops what the reference wrote', merge('r'), 'rollback 2.1.5'],
    [
      'RB-16 the line of another cluster',
      [
        { by: 'h', version: '2.1.0' },
        { by: 'o', version: '2.2.0', path: 'clusters/a/values.yaml' },
      ],
      'free',
    ],
    [
      'RB-17 moved and lowered at once',
      [
        { by: 'o', version: '2.1.5', path: 'old/values.yaml' },
        { by: 'h', version: '2.1.4', deletes: 'old/values.yaml' },
      ],
      'rollback-unsure 2.1.5',
    ],
    [
      'a file that is moved as it is',
      [
        { by: 'o', version: '2.1.5', path: 'old/values.yaml' },
        { by: 'h', version: '2.1.5', deletes: 'old/values.yaml' },
      ],
      'free',
    ],
    ['RB-21 by command, with the ConfigMap lost', moves('o 2.1.5, b 2.1.4'), 'rollback 2.1.5'],
    [
      'RB-27 a branch that merges lines of another one',
      [
        { by: 'h', version: '2.1.3' },
        { by: 'o', version: '2.1.5', parents: [0], branch: 'staging' },
        { by: 'h', version: '2.1.3', parents: [0, 1], message: 'Merge' },
      ],
      'free',
    ],
    ['RB-28 down to what we wrote', moves('o 2.1.5, r 2.3.0, h 2.1.5'), 'rollback 2.3.0'],
    ['nobody has lowered', moves('h 2.1.3, r 2.1.4, o 2.1.5, h 2.1.6'), 'free'],
    [
      'down by the reference',
      [
        ...moves('h 2.1.6'),
        {
          by: 'r',
          version: '2.1.4',
          message: "build: automatic update of web\n\nupdates image acme/web tag '2.1.6' to '2.1.4'\n",
        },
      ],
      'free',
    ],
  ])('%s', async (_, history, expected, asked) => {
    const { repository } = await arrange(history);

    expect(told(await judgeIn(repository, asked))).toBe(expected);
  });

  it('RB-14 history is rewritten: held where somebody remembers', async () => {
    const { bare, commits, repository } = await arrange(moves('h 2.1.4, o 2.1.5'));
    await git(bare, ['update-ref', 'refs/heads/main', commits[0] ?? '']);
    const gone = commits[1] ?? '';
    const message = `bump\n\nImage-Updater-Change: main ${path} image.tag 2.1.4 -> 2.1.5\n`;
    const lines = wroteLines(repositoryIdentity(gitSource.repoURL), {
      id: gone,
      branch: 'main',
      message,
      atMs: 1_700_000_060_000,
    });
    const deployed = (repoURL: string) => {
      const source = { ...gitSource, repoURL };
      const history = [{ revision: gone, deployedAt: '2023-11-14T22:14:30Z', source }];
      return packState({ spec: { source: gitSource }, status: { history } }) ?? '';
    };

    expect(told(await judgeIn(repository))).toBe('free');
    const remembered = withLines(emptyMemory, lines);
    expect(told(await judgeIn(repository, { memory: { remembered } }))).toBe('rollback 2.1.5');
    expect(told(await judgeIn(repository, { state: deployed(gitSource.repoURL) }))).toBe('rollback-unsure');
    expect(told(await judgeIn(repository, { state: deployed('https://git.example/other.git') }))).toBe(
      'free',
    );
  });

  it('RB-22 what lands meanwhile is seen at the next head', async () => {
    const { bare, repository } = await arrange(moves('o 2.1.4, o 2.1.5'));
    expect(told(await judgeIn(repository))).toBe('free');
    await commitFiles(bare, 'main', { [path]: 'image:\n  tag: 2.1.4\n' }, 'Revert');

    expect(told(await judgeIn(repository))).toBe('rollback 2.1.5');
  });

  it('RB-23 goes on when resumed, and not after the next revert', async () => {
    const { commits, repository } = await arrange(moves('o 2.1.4, o 2.1.5, h 2.1.4, o 2.1.5, h 2.1.4'));
    const resumed = (position: number) => ({
      policies: { resumed: [{ version: '2.1.5', commit: commits[position]?.slice(0, 7) ?? '' }] },
    });

    expect(told(await judgeIn(repository, resumed(2)))).toBe('rollback 2.1.5');
    expect(told(await judgeIn(repository, resumed(4)))).toBe('free');
  });

  it('a lowered write branch is left as it is', async () => {
    const { bare, repository } = await arrange(moves('h 2.1.4'));
    const line = `Image-Updater-Change: main ${path} image.tag 2.1.4 -> 2.1.5`;
    const base = (await git(bare, ['rev-parse', 'main'])).toString().trim();
    await commitFiles(bare, 'bump', { [path]: 'image:\n  tag: 2.1.5\n' }, `bump\n\n${line}\n`, base);
    const asked = { branch: 'bump', scope: 'write-branch' } as const;
    expect(told(await judgeIn(repository, asked))).toBe('free');
    await commitFiles(bare, 'bump', { [path]: 'image:\n  tag: 2.1.4\n' }, 'not yet');

    expect(told(await judgeIn(repository, asked))).toBe('rollback 2.1.5');
    expect(told(await judgeIn(repository))).toBe('free');
  });

  it('says whom it blames and what would end it', async () => {
    const { commits, repository } = await arrange(moves('o 2.1.4, o 2.1.5, h 2.1.4'));
    const blamed = `commit ${commits[2]?.slice(0, 7)} of Ann`;
    const text = `rollback: 2.1.5 was taken back to 2.1.4 (${blamed}); a version newer than 2.1.5, or tidewaiter resume argocd/web web`;

    expect(await verdictsOn(repository, { tag: '2.1.5' })).toEqual([text]);
    expect(await verdictsOn(repository, { tag: '2.1.5-fix1' })).toEqual([text]);
    expect(await verdictsOn(repository, { tag: '2.1.6' })).toEqual([]);
  });

  it('what a person took back by command holds whatever rollback says', async () => {
    const { repository } = await arrange(moves('h 2.1.4'));
    const rolledBack = { value: { from: '2.1.5', by: 'ann' }, source: 'holds' };
    const held = await verdictsOn(repository, { tag: '2.1.5' }, { policies: { rolledBack }, held: '2.1.4' });

    expect(held).toEqual([
      'rollback: 2.1.5 was taken back to 2.1.4: by command (ann); a version newer than 2.1.5, or tidewaiter resume argocd/web web',
    ]);
  });

  it('waits where the history cannot be read', async () => {
    const { bare, repository } = await arrange(moves('o 2.1.5, h 2.1.4'));
    const head = (await repository.heads(never)).branches.get('main') ?? '';
    await repository.fetch([head], never);
    await repository.read(head, [path], never);
    await rm(`${bare}/objects`, { recursive: true });

    const [verdict] = await verdictsOn(
      { ...repository, heads: async () => await known(head) },
      { tag: '2.1.6' },
    );

    expect(verdict).toMatch(
      /^rollback-unsure: whether a version was taken back cannot be told: .*; the next cycle/,
    );
  });

  it('RB-24 a spec that was put back is not patched again, as far as we remember', async () => {
    const { repository } = await arrange(moves('h 2.1.4'));
    const place = { branch: '', path: 'argocd/web', key: 'image.tag' };
    const lines = wroteLine('', place, { tag: '2.1.5' }, { id: '-', atMs: 1_700_000_000_000 });
    const memory = { remembered: withLines(emptyMemory, lines) };
    const asked = { annotations: { 'write-back-method': 'argocd', 'write-back-target': '' }, memory };

    expect(await verdictsOn(repository, { tag: '2.1.5' }, { ...asked, held: '2.1.4' })).toEqual([
      'rollback: 2.1.5 was taken back to 2.1.4 (undefined); a version newer than 2.1.5, or tidewaiter resume argocd/web web',
    ]);
    expect(await verdictsOn(repository, { tag: '2.1.6' }, { ...asked, held: '2.1.4' })).toEqual([]);
    expect(await verdictsOn(repository, { tag: '2.1.6' }, { ...asked, held: '2.1.5' })).toEqual([]);
  });
});

async function known(head: string) {
  return { branches: new Map([['main', head]]), tags: new Set<string>() };
}
