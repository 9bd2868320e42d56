/** A server that refuses what one application writes: the others of its branch are written all the same. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { git } from '../fakes/bare-repository.ts';
import type { GitServerOptions } from '../fakes/git-http.ts';
import type { BenchOptions } from './support/bench.ts';
import { type GitScene, type SceneApplication, startScene, writesOf } from './support/git-scene.ts';

const web = 'reg.test/acme/web';
const values = (tag: string): string => `image:\n  name: ${web}\n  tag: ${tag}\n`;

/** Refuses what touches a folder that starts with `frozen`. */
const frozen = `for c in $(git rev-list "$3" --not --all); do
  git diff-tree --no-commit-id --name-only -r $c | grep -q ^frozen && { echo "path frozen/ is frozen" >&2; exit 1; }
done; exit 0`;

/** The same for the push as a whole. */
const frozenPush = `while read -r old new ref; do
  for c in $(git rev-list "$new" --not --all); do
    git diff-tree --no-commit-id --name-only -r $c | grep -q ^frozen && { echo "path frozen/ is frozen" >&2; exit 1; }
  done
done; exit 0`;

async function aScene(
  names: readonly string[],
  partsOf: (name: string) => SceneApplication = () => ({}),
  options: BenchOptions = {},
) {
  const scene = await startScene(
    Object.fromEntries(names.map((name) => [`${name}/values.yaml`, values('1.0.0')])),
    options,
  );
  scene.tags('acme/web', '1.0.0', '1.1.0');
  const runs = (tag: string) => {
    for (const name of names) {
      const { annotations, ...parts } = partsOf(name);
      scene.app(name, {
        sourceType: 'Helm',
        images: [`${web}:${tag}`],
        ...parts,
        annotations: { 'image-list': `web=${web}`, 'write-back-target': 'helmvalues', ...annotations },
      });
    }
  };
  runs('1.0.0');
  return { ...scene, runs };
}

/** Past what git itself lets anybody add. */
async function addSymlink({ path }: GitScene, folder: string, name: string): Promise<void> {
  const made = async (args: readonly string[], input: string): Promise<string> =>
    (await git(path, args, Buffer.from(input))).toString().trim();
  const target = await made(['hash-object', '-w', '--stdin'], 'elsewhere');
  const entries = await made(['ls-tree', `main:${folder}`], '');
  const tree = await made(['mktree'], `${entries}\n120000 blob ${target}\t${name}\n`);
  const others = (await made(['ls-tree', 'main'], ''))
    .split('\n')
    .filter((line) => !line.endsWith(`\t${folder}`));
  const root = await made(['mktree'], `${[...others, `040000 tree ${tree}\t${folder}`].join('\n')}\n`);
  const identity = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.test'];
  const commit = await made([...identity, 'commit-tree', '-p', 'main', '-m', 'a link', root], '');
  await git(path, ['update-ref', 'refs/heads/main', commit]);
}

async function tagsOn(scene: GitScene, branch = 'main'): Promise<Readonly<Record<string, string>>> {
  const { files } = await scene.branch(branch);
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path.split('/')[0] ?? '',
      /tag: (.*)/.exec(String(text))?.[1] ?? '',
    ]),
  );
}

describe('fault A4: a commit that the server refuses', () => {
  it('takes none of the branch with it, and is tried alone in the next cycle', async () => {
    const names = ['a', 'b', 'c', 'd', 'frozen', 'g', 'h', 'i'];
    const scene = await aScene(names);
    await scene.hook('update', frozen);

    const first = writesOf((await scene.cycle()).report);

    expect(first['frozen']).toMatch(/hook declined.*path frozen\/ is frozen/);
    for (const name of names.filter((other) => other !== 'frozen')) expect(first[name]).toBe('committed');
    expect(scene.traffic().pushes).toBeLessThanOrEqual(1 + 3 + 2);
    scene.runs('1.1.0');
    scene.app('frozen', {
      sourceType: 'Helm',
      images: [`${web}:1.0.0`],
      annotations: { 'image-list': `web=${web}:~1.1`, 'write-back-target': 'helmvalues' },
    });
    scene.tags('acme/web', '1.2.0');

    const second = writesOf((await scene.cycle()).report);

    expect(second['frozen']).toMatch(/path frozen\/ is frozen/);
    expect(second['a']).toBe('committed');
    expect(scene.traffic().pushes).toBe(2);
    expect(await tagsOn(scene)).toMatchObject({ a: '1.2.0', i: '1.2.0', frozen: '1.0.0' });
  });

  it('for its objects, as receive.fsckObjects does, is the only one of them', async () => {
    const scene = await aScene(['a', 'b', 'c', 'd']);
    // older than the check, so that it is in the way of every commit which writes this folder anew
    await addSymlink(scene, 'c', '.gitmodules');
    await git(scene.path, ['config', 'receive.fsckObjects', 'true']);

    const writes = writesOf((await scene.cycle()).report);

    expect(writes).toMatchObject({ a: 'committed', b: 'committed', d: 'committed' });
    expect(writes['c']).toMatch(/^push main to .*unpacker error.*does not take what is in the commit$/);
    expect(scene.traffic().pushes).toBeLessThanOrEqual(1 + 2 + 2);
    await scene.cycle();
    expect(scene.traffic().pushes).toBe(1);
  });

  it('is written as soon as the server takes it', async () => {
    const scene = await aScene(['a', 'frozen']);
    await scene.hook('update', frozen);
    await scene.cycle();
    await scene.hook('update', 'exit 0');

    expect(writesOf((await scene.cycle()).report)).toEqual({ a: 'unchanged', frozen: 'committed' });
    expect(await tagsOn(scene)).toEqual({ a: '1.1.0', frozen: '1.1.0' });
  });

  it('may be one of several, on several branches, of hooks that refuse the whole push', async () => {
    const names = ['a', 'b', 'frozen1', 'c', 'frozen2', 'd', 'frozen3', 'e'];
    const scene = await aScene(names, (name) => ({
      annotations: ['d', 'frozen3', 'e'].includes(name) ? { 'git-branch': 'main:bump' } : {},
    }));
    await scene.hook('pre-receive', frozenPush);

    const writes = writesOf((await scene.cycle()).report);

    for (const name of names)
      expect(writes[name]).toMatch(name.startsWith('frozen') ? /path frozen\/ is frozen/ : 'committed');
    expect(scene.traffic().pushes).toBeLessThanOrEqual(1 + 3 * (3 + 2));
    expect(await tagsOn(scene)).toMatchObject({ a: '1.1.0', b: '1.1.0', c: '1.1.0', frozen1: '1.0.0' });
    expect(await tagsOn(scene, 'bump')).toMatchObject({ d: '1.1.0', e: '1.1.0', frozen3: '1.0.0' });
  });

  it('is the end for all where the branch takes nothing, which costs little from then on', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `app${String(i).padStart(2, '0')}`);
    const scene = await aScene(names);
    await scene.hook('update', 'echo "main is protected" >&2; exit 1');

    const writes = writesOf((await scene.cycle()).report);

    for (const name of names) expect(writes[name]).toMatch(/main is protected/);
    expect(scene.traffic().pushes).toBeLessThanOrEqual(40);
    await scene.cycle();
    expect(scene.traffic().pushes).toBe(3);
    await scene.hook('update', 'exit 0');
    for (const result of Object.values(writesOf((await scene.cycle()).report)))
      expect(result).toBe('committed');
    expect(scene.traffic().pushes).toBe(2);
  });
});

/** Ends the exchange in place of the answer to a push that the hook refuses. */
type Ending = (request: IncomingMessage, response: ServerResponse) => void;

const status =
  (code: number): Ending =>
  (_request, response) =>
    void response.writeHead(code, { 'content-type': 'text/html' }).end('<h1>no</h1>');
const reset: Ending = (request) => void request.socket.destroy();

function spoiling(ending: Ending): BenchOptions {
  const spoil: NonNullable<GitServerOptions['spoil']> = (request, answer, response) => {
    if (!answer.includes('hook declined')) return false;
    ending(request, response);
    return true;
  };
  return { git: { spoil } };
}

describe('fault A4: a commit that the server, or a proxy before it, fails on without a verdict', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'frozen', 'g', 'h'];

  it.each<readonly [string, Ending, RegExp]>([
    [
      'HTTP 413',
      status(413),
      /^push main to http.*: answered by HTTP 413, which does not say what became of it$/,
    ],
    [
      'HTTP 500',
      status(500),
      /^push main to http.*: answered by HTTP 500, which does not say what became of it$/,
    ],
    [
      'a reset',
      reset,
      /^push main to http.*: the connection broke before the server said what became of it$/,
    ],
  ])(
    '%s: takes none of the branch with it, and is tried alone in the next cycle',
    async (_, ending, told) => {
      const scene = await aScene(names, undefined, spoiling(ending));
      await scene.hook('pre-receive', frozenPush);

      const first = writesOf((await scene.cycle()).report);

      expect(first['frozen']).toMatch(told);
      for (const name of names.filter((other) => other !== 'frozen')) expect(first[name]).toBe('committed');
      expect(scene.traffic().pushes).toBeLessThanOrEqual(1 + 3 + 2);
      expect(await tagsOn(scene)).toMatchObject({ a: '1.1.0', h: '1.1.0', frozen: '1.0.0' });

      scene.tags('acme/web', '1.2.0');
      const second = writesOf((await scene.cycle()).report);

      // what is wanted of it is new, so it is tried with the others once more
      expect(second['frozen']).toMatch(told);
      expect(second['h']).toBe('committed');
      scene.traffic();
      const third = writesOf((await scene.cycle()).report);

      expect(third['frozen']).toMatch(told);
      expect(third['a']).toBe('unchanged');
      expect(scene.traffic().pushes).toBe(1);
      await scene.hook('pre-receive', 'exit 0');
      expect(writesOf((await scene.cycle()).report)['frozen']).toBe('committed');
    },
  );

  it.each<readonly [string, Ending]>([
    ['HTTP 502', status(502)],
    ['HTTP 503', status(503)],
    ['HTTP 429', status(429)],
  ])('%s is no fault of a commit: one push, and the next cycle does it', async (_, ending) => {
    let isDown = true;
    const scene = await aScene(['a', 'b', 'c', 'd'], undefined, {
      git: { spoil: (request, _answer, response) => isDown && (ending(request, response), true) },
    });
    await scene.hook('pre-receive', 'exit 1');

    const writes = writesOf((await scene.cycle()).report);

    for (const result of Object.values(writes)) expect(result).toMatch(/HTTP|returned error/);
    expect(scene.traffic().pushes).toBeLessThanOrEqual(1);
    isDown = false;
    await scene.hook('pre-receive', 'exit 0');
    expect(new Set(Object.values(writesOf((await scene.cycle()).report)))).toEqual(new Set(['committed']));
  });

  it('one broken connection is no refusal: all of it lands in the same cycle', async () => {
    let broken = 0;
    const scene = await aScene(['a', 'b', 'c', 'd', 'e'], undefined, {
      git: {
        spoil: (request, answer) => {
          if (!answer.includes('hook declined') || (broken += 1) > 1) return false;
          request.socket.destroy();
          return true;
        },
      },
    });
    await scene.hook('pre-receive', 'test -e once && exit 0; touch once; exit 1');

    expect(new Set(Object.values(writesOf((await scene.cycle()).report)))).toEqual(new Set(['committed']));
    expect(broken).toBe(1);
  });
});
