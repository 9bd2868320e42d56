/** Makes docs/status.png from the demo: `node scripts/picture.ts [file]`. Needs Debian's chromium. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const root = join(import.meta.dirname, '..');
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const [file = join(root, 'docs/status.png')] = process.argv.slice(2);

const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-picture-'));
const demo = spawn(process.execPath, [join(root, 'bin/dev.cjs'), 'demo', '--keep'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, TMPDIR: folder },
});
const ended = once(demo, 'close');
try {
  const address = await addressOf(demo);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1200, height: 640 }, colorScheme: 'light' });
  await page.goto(address);
  await page.screenshot({ path: file });
  await browser.close();
} finally {
  demo.kill('SIGINT');
  await ended;
  rmSync(folder, { recursive: true });
}

/** Reads on to the end, or the demo would find nobody to talk to. */
async function addressOf({ stdout }: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = '';
  stdout?.on('data', (chunk) => {
    text += String(chunk);
    const [address] = /http:\S+\/status/.exec(text) ?? [];
    if (address !== undefined) resolve(address);
  });
  stdout?.on('close', () => reject(new Error(`the demo ended without a page:\n${text}`)));
  return await promise;
}
