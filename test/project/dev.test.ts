import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '../..');

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
}

/** A checkout in which nobody has run `npm ci` yet. */
function checkout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'checkout-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  for (const part of ['bin', 'src', 'package.json']) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  return folder;
}

function start(folder: string, script: string, ...operands: readonly string[]) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own package.json
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const [program = '', ...args] = (scripts[script] ?? '').split(' ');
  expect(program).toBe('node');
  return spawnSync(process.execPath, [...args, ...operands], { cwd: folder, encoding: 'utf8' });
}

it.each(['start', 'demo'])('fault O-S3-17: npm run %s before npm ci says what is missing', (script) => {
  const { status, stdout, stderr } = start(checkout(), script);
  expect(stderr).toBe(
    'Error: run npm ci first: the packages are not installed, nor the Node that is needed\n',
  );
  expect(stdout).toBe('');
  expect(status).toBe(1);
});

it('fault O-S3-17: npm start after npm ci runs the program and ends with its code', () => {
  expect(start(root, 'start', 'version', '--short')).toMatchObject({ status: 0, stderr: '' });
  expect(start(root, 'start', 'no-such-command').status).toBe(1);
});
