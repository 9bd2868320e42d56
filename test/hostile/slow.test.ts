/** Servers that take their time: the honest Application's commits come in each cycle, and the program counts as alive. */
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commitFiles } from '../fakes/bare-repository.ts';
import { type Hostile, startScene } from './scene.ts';

const flags = ['--interval', '2s', '--cycle-timeout', '4s'];

/** One byte after the other, for ever. */
function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), 1_000);
  onTestFinished(() => clearInterval(timer));
  response.once('close', () => clearInterval(timer));
}

/** The header of an answer that goes on for ever. */
function begin(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'application/json' });
}

const isPush = (url = ''): boolean => url.endsWith('/git-receive-pack');
const isBad = (url = ''): boolean => url.startsWith('/bad.git');

const rows: readonly (Hostile & { readonly server: string })[] = [
  { server: 'a registry that sends no header', reply: () => undefined },
  { server: 'a registry that sends a byte a second', reply: (_, response) => drip(begin(response)) },
  {
    server: 'a registry that stalls amid the list',
    reply: (_, response) => void begin(response).write('{"name":"a","tags":["1.0.0",'),
  },
  { server: 'a Git server that sends no header', git: { intercept: ({ url }) => isBad(url) } },
  {
    server: 'a Git server that sends a byte a second',
    git: {
      intercept: ({ url }, response) => {
        if (!isBad(url)) return false;
        drip(response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' }));
        return true;
      },
    },
  },
  {
    server: 'a Git server that stalls amid the refs',
    git: {
      intercept: ({ url }, response) => {
        if (!isBad(url)) return false;
        response
          .writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' })
          .write('001e# service=git-upload-pack\n0000');
        return true;
      },
    },
  },
  {
    server: 'a Git server that never answers a push',
    git: { intercept: ({ url }) => isBad(url) && isPush(url) },
  },
];

describe('fault A7: beside', () => {
  it.each(rows)(
    '$server commits are made in time, cycle for cycle',
    async ({ server: _slow, ...hostile }) => {
      const scene = await startScene({ ...hostile, flags });
      const committed = '"msg":"Changes committed and pushed"';
      await scene.program.printed(committed);
      await commitFiles(
        join(scene.root, 'good.git'),
        'main',
        { 'values.yaml': 'image0: {tag: 1.0.0}\n' },
        'back',
      );
      await scene.program.printed(committed, 2);
      const { health } = await scene.finish();

      expect([...health]).toEqual([200]);
      expect(await scene.goodValues()).toContain('1.1.0');
    },
  );

  it('a Git server that moves the branch under each push commits are made in time, cycle for cycle', async () => {
    let root = '';
    let moves = 0;
    const scene = await startScene({
      flags,
      git: {
        intercept: ({ url }, response) => {
          if (!isBad(url) || !isPush(url)) return false;
          moves += 1;
          void commitFiles(join(root, 'bad.git'), 'main', { moved: String(moves) }, 'moved').then(() =>
            response.writeHead(503).end(),
          );
          return true;
        },
      },
    });
    root = scene.root;
    const committed = '"msg":"Changes committed and pushed"';
    await scene.program.printed(committed);
    await commitFiles(join(root, 'good.git'), 'main', { 'values.yaml': 'image0: {tag: 1.0.0}\n' }, 'back');
    await scene.program.printed(committed, 2);
    const { health } = await scene.finish();

    expect(moves).toBeGreaterThan(0);
    expect([...health]).toEqual([200]);
    expect(await scene.goodValues()).toContain('1.1.0');
  });
});
