/** What shells offer: the answers of the program, and what each shell makes of them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { completionShells, renderCompletion } from '../../src/cli/completion.ts';
import { programPath, runInProcess, temporaryFolder } from './start-program.ts';

const application = (name: string, namespace: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: ${name}, namespace: ${namespace}, annotations: {argocd-image-updater.argoproj.io/image-list: nginx}}\nspec: {source: {repoURL: 'https://git.test/x'}}\n`;

/** A folder with Applications, and the program under both of its names in `bin`. */
let folder = '';
beforeAll(() => {
  folder = temporaryFolder();
  for (const name of ['apps', 'bin']) mkdirSync(join(folder, name));
  writeFileSync(
    join(folder, 'apps/a.yaml'),
    [application('shop', 'argocd'), application('crm', 'team-a')].join('---\n'),
  );
  for (const name of ['tidewaiter', 'argocd-image-updater']) {
    const path = join(folder, 'bin', name);
    writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${programPath}' "$@"\n`);
    chmodSync(path, 0o755);
  }
});

describe('fault O-S3-24: the answers, which are those of cobra', () => {
  const complete = async (...words: readonly string[]) =>
    (await runInProcess(['__completeNoDesc', ...words])).stdout.trimEnd().split('\n');

  it.each([
    { words: ['ve'], answer: ['version', ':4'] },
    { words: ['run', '--loglevel', ''], answer: ['trace', 'debug', 'info', 'warn', 'error', ':4'] },
    { words: ['run', '--loglevel=d'], answer: ['debug', ':4'] },
    { words: ['--loglevel', 'debug', 'run', '--dry'], answer: ['--dry-run', ':4'] },
    { words: ['run', '--dry-run='], answer: ['true', 'false', ':4'] },
    { words: ['run', '--interval', ''], answer: [':4'] },
    { words: ['run', '--interval', '5m', '--onc'], answer: ['--once', ':4'] },
    { words: ['run', '--cache-dir', ''], answer: [':0'] },
    { words: ['run', '--cache-dir=/t'], answer: [':0'] },
    { words: ['run', '--schedule-timezone', 'Europe/Berl'], answer: ['Europe/Berlin', ':4'] },
    { words: ['run', ''], answer: [':4'] },
    { words: ['template', ''], answer: [':0'] },
    { words: ['completion', ''], answer: ['bash', 'zsh', 'fish', 'powershell', ':4'] },
    { words: ['help', 'te'], answer: ['test', 'template', ':4'] },
    { words: ['nosuch', '--x', ''], answer: [] as string[] },
  ])('$words: $answer', async ({ words, answer }) => {
    const got = await complete(...words);

    if (answer.length > 0) expect(got).toEqual(answer);
    else expect(got.at(-1)).toBe(':4');
  });

  it('have descriptions behind a tab, unless they are not wanted', async () => {
    expect((await runInProcess(['__complete', 'vers'])).stdout).toBe('version\tprint the version\n:4\n');
  });

  it('name the Applications of a folder', async () => {
    const apps = `--applications=${join(folder, 'apps')}`;

    expect(await complete('template', apps, '--app', '')).toEqual(['argocd/shop', 'team-a/crm', ':4']);
    expect(await complete('template', apps, '--app=team')).toEqual(['team-a/crm', ':4']);
    expect(await complete('run', apps, '--match-application-name', 's')).toEqual(['shop', ':4']);
  });

  it('are silent where Applications cannot be had', async () => {
    const { stdout, stderr } = await runInProcess([
      '__complete',
      'template',
      '--applications=/no/such',
      '--app',
      '',
    ]);

    expect([stdout, stderr]).toEqual([':4\n', '']);
  });
});

/** Starts a shell with the program in its path and the script of it. */
function inShell(shell: string, arguments_: readonly string[], input = ''): readonly string[] {
  const { stdout } = spawnSync(shell, arguments_, {
    env: { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, HOME: folder, TMPDIR: folder },
    cwd: folder,
    encoding: 'utf8',
    input,
  });
  return stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '');
}

function scriptFor(shell: string, descriptions = true): string {
  const script = renderCompletion(shell, [], descriptions);
  return script.ok ? script.value : '';
}

const hasShell = (shell: string) => spawnSync(shell, ['--version']).status === 0;

describe('fault O-S3-24: bash', () => {
  /** As readline parts words: `=` is one of its own. */
  const offers = (...words: readonly string[]) => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    return inShell('bash', [
      '-c',
      `${scriptFor('bash')}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _tidewaiter; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ]);
  };

  it.each([
    { words: ['tidewaiter', 've'], offered: ['version'] },
    { words: ['argocd-image-updater', 'run', '--loglevel', 'd'], offered: ['debug'] },
    { words: ['tidewaiter', 'run', '--loglevel', '=', 'd'], offered: ['debug'] },
    { words: ['tidewaiter', 'run', '--log-lines', '='], offered: ['own', '0.18'] },
    { words: ['tidewaiter', 'completion', ''], offered: ['bash', 'zsh', 'fish', 'powershell'] },
    {
      words: ['tidewaiter', 'template', '--applications', 'apps', '--app', ''],
      offered: ['argocd/shop', 'team-a/crm'],
    },
    { words: ['tidewaiter', 'run', '--cache-dir', ''], offered: [] },
  ])('completes $words to $offered', ({ words, offered }) => {
    expect(offers(...words)).toEqual(offered);
  });
});

describe.skipIf(!hasShell('fish'))('fault O-S3-24: fish', () => {
  const offers = (line: string) =>
    inShell('fish', ['-c', `${scriptFor('fish')}\ncomplete -C '${line}'`]).map((text) => text.split('\t')[0]);

  it.each([
    { line: 'tidewaiter ve', offered: ['version'] },
    { line: 'tidewaiter run --loglevel d', offered: ['debug'] },
    { line: 'tidewaiter run --loglevel=d', offered: ['--loglevel=debug'] },
    { line: 'tidewaiter template ap', offered: ['apps/'] },
  ])('completes $line to $offered', ({ line, offered }) => {
    expect(offers(line)).toEqual(offered);
  });
});

describe.skipIf(!hasShell('zsh'))('fault O-S3-24: zsh', () => {
  /** What the function would offer, from stand-ins for the functions of a terminal. */
  const offers = (...words: readonly string[]) => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const standIns = `compdef() { : }; compset() { : }; _files() { print files }; _describe() { print -l -- "\${(@P)2}" }`;
    return inShell('zsh', [
      '-f',
      '-c',
      `${standIns}\n${scriptFor('zsh', false)}\nask() { local -a words; local CURRENT=${words.length}; words=(${quoted}); _tidewaiter }; ask`,
    ]);
  };

  it.each([
    { words: ['tidewaiter', 've'], offered: ['version'] },
    { words: ['tidewaiter', 'run', '--loglevel', 'd'], offered: ['debug'] },
    { words: ['tidewaiter', 'run', '--loglevel=d'], offered: ['debug'] },
    { words: ['tidewaiter', 'run', '--cache-dir', ''], offered: ['files'] },
    { words: ['tidewaiter', 'run', '--interval', ''], offered: [] },
  ])('completes $words to $offered', ({ words, offered }) => {
    expect(offers(...words)).toEqual(offered);
  });
});

describe('every shell', () => {
  it.each(completionShells)('%s completes both names of the program', (shell) => {
    for (const word of ['tidewaiter', 'argocd-image-updater']) expect(scriptFor(shell)).toContain(word);
  });

  it.each(['zsh', 'fish'])('%s shows descriptions unless told not to', (shell) => {
    expect(scriptFor(shell)).toContain('__complete ');
    expect(scriptFor(shell, false)).toContain('__completeNoDesc ');
  });

  it('is one of four', () => {
    expect(renderCompletion('tcsh', [], true)).toMatchObject({
      ok: false,
      failure: { message: 'shell "tcsh": expected one of bash, zsh, fish, powershell' },
    });
  });
});
