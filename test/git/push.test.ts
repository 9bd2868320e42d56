import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeadsReader, maxHeads } from '../../src/git/heads-reader.ts';
import { parsePorcelain } from '../../src/git/push.ts';
import { commitFiles, git, readBranch } from '../fakes/bare-repository.ts';
import {
  aGit,
  commitFile,
  failureOf,
  fetchHead,
  never,
  openRepository,
  serveRepository,
} from './builders.ts';

const id = 'a'.repeat(40);

function isPush(request: IncomingMessage): boolean {
  return request.method === 'POST' && request.url?.endsWith('/git-receive-pack') === true;
}

describe('fault B2: a push whose answer is lost', () => {
  async function pushTo(
    loseAnswer: (path: string) => (pushes: number) => (() => Promise<unknown>) | undefined,
  ) {
    let pushes = 0;
    let path = '';
    const served = await serveRepository(
      { a: '1', b: '1' },
      {
        loseAnswer: (request) => {
          if (!isPush(request)) return undefined;
          pushes += 1;
          return loseAnswer(path)(pushes);
        },
      },
    );
    ({ path } = served);
    const repository = await openRepository(aGit(served.cache), served.url);
    const head = await fetchHead(repository);
    const [main = '', bump = ''] = await repository.commit(
      ['main', 'bump'].map((text) => ({
        parent: head,
        message: `${text}\n`,
        files: [{ path: 'a', bytes: Buffer.from(text), executable: false }],
      })),
      never,
    );
    const results = await repository
      .push(
        [
          { branch: 'main', commit: main, expected: head, force: false },
          { branch: 'bump', commit: bump, expected: null, force: false },
        ],
        never,
      )
      .catch((error: unknown) => error);
    return { path, results, main, bump };
  }

  const done = [
    { branch: 'main', ok: true },
    { branch: 'bump', ok: true },
  ];

  it.each([
    ['once', (pushes: number) => pushes === 1],
    ['each time', () => true],
  ])('%s is ours all the same', async (_, isLost) => {
    const { path, results, main } = await pushTo(
      () => (pushes) => (isLost(pushes) ? async () => undefined : undefined),
    );

    expect(results).toEqual(done);
    expect((await readBranch(path, 'main')).commits[0]?.sha).toBe(main);
  });

  it('is ours with the commit of somebody else on top, and for the branches that hold it only', async () => {
    const { results } = await pushTo((path) => () => async () => {
      await commitFiles(path, 'main', { b: 'theirs' }, 'on top');
      await git(path, ['update-ref', '-d', 'refs/heads/bump']);
    });

    expect(results).toEqual([
      done[0],
      expect.objectContaining({ branch: 'bump', ok: false, code: 'network' }),
    ]);
  });

  it('is not ours where the server has not taken it', async () => {
    let isBroken = false;
    const served = await serveRepository(
      { a: '1' },
      {
        intercept: (request) => {
          if (!isBroken || !isPush(request)) return false;
          request.resume().on('end', () => request.socket.destroy());
          return true;
        },
      },
    );
    const repository = await openRepository(aGit(served.cache), served.url);
    const head = await fetchHead(repository);
    const commit = await commitFile(repository, head, 'a', '2');
    isBroken = true;

    const done = await repository.push([{ branch: 'main', commit, expected: head, force: false }], never);

    expect(done).toEqual([
      {
        branch: 'main',
        ok: false,
        code: 'network',
        message: expect.stringMatching(/: the connection broke before the server said what became of it$/),
        unanswered: true,
      },
    ]);
    expect((await readBranch(served.path, 'main')).files['a']).toBe('1');
  });
});

describe('what a server says of a push that it does not take', () => {
  const line = (text: string): string => (text.length + 4).toString(16).padStart(4, '0') + text;
  const band = (channel: number, text: string): string => line(String.fromCodePoint(channel) + text);

  /** Pushes to a server that answers with this report (gitprotocol-pack(5), REPORT STATUS) to every push. */
  async function pushAndHear(said: string, unpack: string, reason: string) {
    let pushes = 0;
    const served = await serveRepository(
      { a: '1' },
      {
        intercept: (request, response) => {
          if (!isPush(request)) return false;
          const chunks: Buffer[] = [];
          request.on('data', (chunk: Buffer) => chunks.push(chunk));
          request.on('end', () => {
            const body = Buffer.concat(chunks);
            const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString(
              'latin1',
            );
            response.writeHead(200, { 'Content-Type': 'application/x-git-receive-pack-result' });
            if (text === '0000') return response.end(); // whether we may, before it is sent
            pushes += 1;
            const refs = [...text.matchAll(/refs\/heads\/(main|other)/g)].map(([ref]) => ref);
            const report = `${line(`unpack ${unpack}\n`)}${refs.map((ref) => line(`ng ${ref} ${reason}\n`)).join('')}0000`;
            return response.end(`${said === '' ? '' : band(2, `${said}\n`)}${band(1, report)}0000`);
          });
          return true;
        },
      },
    );
    const repository = await openRepository(aGit(served.cache), served.url);
    const head = await fetchHead(repository);
    const commit = await commitFile(repository, head, 'a', '2');
    const [main] = await repository.push([{ branch: 'main', commit, expected: head, force: false }], never);
    return { main, pushes };
  }

  it.each([
    [
      'a disk that is full',
      'error: file write error: No space left on device',
      'index-pack abnormal exit',
      'unpacker error',
      'git',
    ],
    ['a quota of the disk', '', 'ok', 'disk quota exceeded', 'git'],
    ['no space, in the reason', '', 'ok', 'no space left', 'git'],
    [
      'objects that it does not want',
      'error: object 1234: hasDotgit: contains .git',
      'index-pack abnormal exit',
      'unpacker error',
      'rejected',
    ],
    ['a hook', 'path b/ is frozen', 'ok', 'hook declined', 'rejected'],
    ['a hook for all', 'no', 'ok', 'pre-receive hook declined', 'rejected'],
    ['a branch that has moved', '', 'ok', 'failed to update ref', 'race'],
  ])('fault H4, fault A4: %s', async (_, said, unpack, reason, code) => {
    const heard = await pushAndHear(said, unpack, reason);

    expect(heard).toMatchObject({ main: { ok: false, code }, pushes: 1 });
    if (said !== '') expect(heard.main).toMatchObject({ message: expect.stringContaining(said) as string });
  });
});

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

/** Read in pieces of this size. */
function parseHeads(output: string, pieceBytes = 7) {
  const reader = new HeadsReader();
  const bytes = Buffer.from(output);
  for (let start = 0; start < bytes.length; start += pieceBytes)
    reader.take(bytes.subarray(start, start + pieceBytes));
  return reader.end();
}

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
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 20 }), (text, size) => {
        expect(parseHeads(text, size + 1)).toEqual(parseHeads(text, 1_000_000));
      }),
    );
  });
});

describe('fault A6: a server with very many refs', () => {
  /** Refs beside main, in the form of packed-refs(5). */
  async function serveRefs(count: number, prefix: string) {
    const served = await serveRepository({ a: '1' });
    const head = (await git(served.path, ['rev-parse', 'main'])).toString().trim();
    const names = Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(7, '0')}`);
    const refs = [...names.map((name) => `${head} ${name}`), ''].join('\n');
    await writeFile(
      join(served.path, 'packed-refs'),
      `# pack-refs with: peeled fully-peeled sorted \n${refs}`,
    );
    return { ...served, head, repository: await openRepository(aGit(served.cache), served.url) };
  }

  /** What the longest turn took of the processor: on a busy machine it lasts longer, and takes the same. */
  async function longestTurnMs(work: Promise<unknown>): Promise<number> {
    let [longestMs, isOver] = [0, false];
    const over = work.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      const before = process.threadCpuUsage();
      await setImmediate();
      const { user, system } = process.threadCpuUsage(before);
      longestMs = Math.max(longestMs, (user + system) / 1000);
    }
    await over;
    return longestMs;
  }

  it('of others is read without holding anybody up', async () => {
    const { repository, head } = await serveRefs(300_000, 'refs/pull/');
    let heads: Awaited<ReturnType<typeof repository.heads>> | undefined;

    const turnMs = await longestTurnMs(repository.heads(never).then((read) => void (heads = read)));

    expect(heads).toEqual({ defaultBranch: 'main', branches: new Map([['main', head]]), tags: new Set() });
    expect(turnMs).toBeLessThan(1000); // it is 30
  });

  it.each(['refs/heads/b', 'refs/tags/t'])('below %s is refused by name of the bound', async (prefix) => {
    const { repository } = await serveRefs(maxHeads + 1000, prefix);

    expect(await failureOf(repository.heads(never))).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(`it has more than ${maxHeads} branches and tags`) as string,
    });
  });
});
