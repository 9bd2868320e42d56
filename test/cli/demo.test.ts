import { describe, expect, it } from 'vitest';
import { startProgram } from './start-program.ts';

/** What its settings bring along. */
const expects = [/an interval below 1m/, /latest/];

describe('the demo', () => {
  it('shows two commits of the real daemon, and ends by itself', async () => {
    const { code, stdout, stderr } = await startProgram(['demo'], {}, { expects }).ended;

    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout.match(/^commit [0-9a-f]{40}$/gm)).toHaveLength(2);
    expect(stdout).toMatch(/^\+ {4}value: main-[0-9a-f]{7}$/m);
    expect(stdout).toContain('Everything lies in ');
  });

  it('ends cleanly where it is stopped', async () => {
    const program = startProgram(['demo', '--keep'], {}, { expects });

    await program.printed('It keeps running');
    program.signal('SIGINT');

    expect(await program.ended).toMatchObject({ code: 0, stderr: '' });
  });
});
