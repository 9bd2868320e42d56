/** The program on a terminal of its own. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { programPath, temporaryFolder } from '../start-program.ts';

const hasTerminals = spawnSync('script', ['--version']).status === 0;

const application = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
  annotations:
    argocd-image-updater.argoproj.io/image-list: web=127.0.0.1:9/acme/web:~1.0
    argocd-image-updater.argoproj.io/web.update-strategy: newst
spec: {source: {repoURL: 'https://git.test/x'}}
status: {sourceType: Kustomize, summary: {images: ['127.0.0.1:9/acme/web:1.0.0']}}
`;

/** What appears on the terminal, without its carriage returns. */
function onTerminal(flags: readonly string[], environment: Readonly<Record<string, string>>, columns = 80) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'apps'));
  writeFileSync(join(folder, 'apps/shop.yaml'), application);
  const program = [process.execPath, programPath, 'run', '--once', '--applications=apps', ...flags];
  const { stdout } = spawnSync(
    'script',
    ['-qec', `stty cols ${columns}; ${program.join(' ')}`, '/dev/null'],
    {
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder, TERM: 'xterm', ...environment },
      cwd: folder,
      encoding: 'utf8',
    },
  );
  return stdout.replaceAll('\r', '');
}

const problem = /^ {2}✗ argocd\/shop {2}web {2}web\.update-strategy "newst"/m;

describe.skipIf(!hasTerminals)('on a terminal', () => {
  it('fault O-S3-22: is pretty without being asked', () => {
    const text = onTerminal([], { NO_COLOR: '1', LANG: 'C.UTF-8' });

    expect(text).toMatch(/^\d\d:\d\d:\d\d {2}1 Application, 1 image, 1 registry$/m);
    expect(text).toMatch(problem);
    expect(text).toMatch(/^ {2}1 failed · \d\.\d s$/m);
    for (const line of text.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(80);
  });

  it('fault O-S3-22: uses the width that there is', () => {
    const widest = (columns: number) =>
      Math.max(
        ...onTerminal([], { NO_COLOR: '1' }, columns)
          .split('\n')
          .map((line) => Array.from(line).length),
      );

    expect(widest(160)).toBeGreaterThan(80);
    expect(widest(80)).toBeLessThanOrEqual(80);
  });

  it('fault O-S3-23: is in colour, unless NO_COLOR says otherwise', () => {
    expect(onTerminal([], { LANG: 'C.UTF-8' })).toContain('\u001b[31m✗\u001b[39m');
    expect(onTerminal([], { NO_COLOR: '1' })).not.toContain('\u001b');
    expect(onTerminal([], { ENABLE_LOG_COLORS: 'false' })).not.toContain('\u001b');
  });

  it('fault O-S3-22: has ASCII alone where the locale is C', () => {
    expect(onTerminal([], { NO_COLOR: '1', LANG: 'C' })).toMatch(/^[ -~\n]*$/);
  });

  it('issue 8, O: help breaks between words where the terminal ends, and not at all in a pipe', () => {
    const run = (columns: number) =>
      spawnSync(
        'script',
        ['-qec', `stty cols ${columns}; ${process.execPath} ${programPath} --help`, '/dev/null'],
        {
          encoding: 'utf8',
        },
      ).stdout.replaceAll('\r', '');
    const piped = spawnSync(process.execPath, [programPath, '--help'], { encoding: 'utf8' }).stdout;

    for (const line of run(80).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(piped).toMatch(/^ {2}test .* show which tag .* would not$/m);
  });

  it.each([
    { title: 'the flag', flags: ['--logformat=text'], environment: {} },
    { title: 'the variable', flags: [], environment: { IMAGE_UPDATER_LOGFORMAT: 'text' } },
  ])('fault O-S3-22: keeps the text of 0.18 where $title wants it', ({ flags, environment }) => {
    const text = onTerminal(flags, { NO_COLOR: '1', ...environment });

    expect(text).toContain('level=info msg="Processing results: applications=1');
  });
});
