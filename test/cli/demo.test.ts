import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { statusSchema } from '../../src/web/status/document.ts';
import { startProgram } from './start-program.ts';

function startDemo(...flags: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-test-'));
  return { folder, program: startProgram(['demo', ...flags], { TMPDIR: folder }) };
}

describe('the demo', () => {
  it('fault O-S3-19, fault O-S3-30: shows two commits, warns of nothing, and leaves nothing behind', async () => {
    const { folder, program } = startDemo();
    const { code, stdout, stderr } = await program.ended;

    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout.match(/^commit [0-9a-f]{40}$/gm)).toHaveLength(2);
    expect(stdout).toMatch(/^\+ {4}value: main-[0-9a-f]{7}$/m);
    expect(stdout).not.toMatch(/level=warning|images_updated=0/);
    expect(readdirSync(folder).filter((name) => name.startsWith('tidewaiter-demo-'))).toEqual([]);
  });

  it('fault O-S3-19: ends cleanly where it is stopped, and says where everything lies', async () => {
    const { folder, program } = startDemo('--keep');

    await program.printed('It keeps running');
    const page = /http:\S+\/status/.exec(await program.printed('/status'))?.[0] ?? '';
    const status = statusSchema.parse(await (await fetch(`${page}.json`)).json());
    const images = status.applications.flatMap((application) => application.images);
    expect(images.map(({ alias, lastChange }) => [alias, lastChange?.branch])).toEqual([
      ['frontend', 'main'],
      ['backend', 'main'],
    ]);
    expect(status.repositories).toMatchObject([
      { repository: images[0]?.lastChange?.repository, lastPush: { ok: true } },
    ]);
    expect(status.registries).toMatchObject([{ lastAnswer: { status: 200 } }]);
    expect((await fetch(page)).headers.get('content-type')).toContain('text/html');
    program.signal('SIGINT');
    const { code, stdout, stderr } = await program.ended;

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/Everything lies in \S+tidewaiter-demo-/);
    expect(readdirSync(folder).filter((name) => name.startsWith('tidewaiter-demo-'))).toHaveLength(1);
  });
});
