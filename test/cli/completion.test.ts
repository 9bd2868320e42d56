/** Completion scripts, and what bash makes of one. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { completionShells, renderCompletion } from '../../src/cli/completion.ts';
import { booleanFlag, textFlag } from '../../src/cli/flags/flag.ts';

const commands = [
  {
    name: 'run',
    summary: "run: the owner's cycles",
    flags: {
      'dry-run': booleanFlag({ fallback: false, help: "don't write: only say" }),
      interval: textFlag({ fallback: '', help: 'a pause' }),
    },
  },
  { name: 'version', summary: 'print the version', flags: {} },
];

function scriptFor(shell: string, descriptions = true): string {
  const script = renderCompletion(shell, commands, descriptions);
  return script.ok ? script.value : '';
}

/** What bash offers for the last of these words. */
function offers(...words: readonly string[]): readonly string[] {
  const line = words.map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _tidewaiter; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', `${scriptFor('bash')}\n${ask}`], { encoding: 'utf8' })
    .trim()
    .split('\n');
}

describe('bash', () => {
  it.each([
    { words: ['tidewaiter', ''], offered: ['run', 'version', 'help'] },
    { words: ['tidewaiter', 've'], offered: ['version'] },
    { words: ['tidewaiter', 'run', '--i'], offered: ['--interval'] },
    { words: ['tidewaiter', 'run', '--dry-run', '--d'], offered: ['--dry-run'] },
  ])('completes $words to $offered', ({ words, offered }) => {
    expect(offers(...words)).toEqual(offered);
  });
});

describe('every shell', () => {
  it.each(completionShells)('%s gets commands and flags for both names of the program', (shell) => {
    const script = scriptFor(shell);

    for (const word of ['tidewaiter', 'argocd-image-updater', 'version', 'dry-run', 'interval']) {
      expect(script).toContain(word);
    }
  });

  it.each(['zsh', 'fish', 'powershell'])('%s shows descriptions unless told not to', (shell) => {
    expect(scriptFor(shell)).toContain('print the version');
    expect(scriptFor(shell, false)).not.toContain('print the version');
  });

  it.each([
    { shell: 'zsh', quoted: "'run:run\\: the owner'\\''s cycles'" },
    { shell: 'fish', quoted: "'run: the owner\\'s cycles'" },
    { shell: 'powershell', quoted: "'run: the owner''s cycles'" },
  ])('$shell gets quotes in its own spelling', ({ shell, quoted }) => {
    expect(scriptFor(shell)).toContain(quoted);
  });

  it('is one of four', () => {
    expect(renderCompletion('tcsh', commands, true)).toMatchObject({
      ok: false,
      failure: { message: 'shell "tcsh": expected one of bash, zsh, fish, powershell' },
    });
  });
});
