/** Programs that print credentials. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeScriptRunner } from '../../../src/registry/access/script.ts';
import { makeManualClock } from '../../fakes/clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-script-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

const environment = { PATH: process.env['PATH'], NAME: 'value' };
const clock = makeManualClock();
const run = makeScriptRunner({ clock, environment, timeoutMs: 10_000, maxBytes: 1_000 });
const never = new AbortController().signal;

it('gives what the program prints, with our environment and no arguments', async () => {
  expect(await run(program('ok', 'echo "$NAME:$#"; echo noise >&2'), never)).toBe('value:0\n');
});

it.each([
  { name: 'fails', text: 'echo secret; exit 3', says: 'ended with exit code 3' },
  { name: 'prints too much', text: 'yes secret', says: 'prints more than 1000 bytes' },
])('11-S4, K-28 a program that $name is an error without its output', async ({ text, says }) => {
  await expect(run(program('bad', text), never)).rejects.toThrow(new Error(says));
});

it('a file that is no program is an error', async () => {
  const path = join(folder, 'plain');
  writeFileSync(path, 'text');

  await expect(run(path, never)).rejects.toThrow('cannot be run: EACCES');
});

it('K-28, fault H3 a program that hangs is killed with everything it started', async () => {
  const marker = join(folder, 'pid');
  const running = run(program('hang', `sleep 300 & echo $! > ${marker}; wait`), never);
  const ended = expect(running).rejects.toThrow('killed after 10000 ms');
  const written = () => (existsSync(marker) ? readFileSync(marker, 'utf8') : '');
  await expect.poll(written).toMatch(/\n/);

  await clock.advance(10_000);

  await ended;
  const pid = Number(written());
  await expect.poll(() => isRunning(pid)).toBe(false);
});

it('an abort ends it', async () => {
  const stop = new AbortController();
  const running = run(program('long', 'exec sleep 300'), stop.signal);
  stop.abort(new Error('enough'));

  await expect(running).rejects.toThrow();
});

/** A process that was killed may stay as a zombie where nobody reaps it. */
function isRunning(pid: number): boolean {
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ') Z';
  return !/\) Z/.test(stat);
}
