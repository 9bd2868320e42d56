/** Completion scripts for shells: commands first, then the flags of the command. */
import { configFailure, fail, type Outcome, succeed } from '../core/base/outcome.ts';
import type { FlagTable } from './flags/flag.ts';

export const completionShells = ['bash', 'zsh', 'fish', 'powershell'] as const;
type Shell = (typeof completionShells)[number];

/** The part of a command that can be completed. */
export interface Completable {
  readonly name: string;
  readonly summary: string;
  readonly flags: FlagTable;
}

interface Word {
  readonly word: string;
  readonly help: string;
}

/** Both names of the program are completed. */
const programs = ['tidewaiter', 'argocd-image-updater'] as const;

export function renderCompletion(
  shell: string | undefined,
  commands: readonly Completable[],
  descriptions: boolean,
): Outcome<string> {
  const known = completionShells.find((name) => name === shell);
  if (known === undefined) {
    return fail(configFailure(`shell "${shell ?? ''}": expected one of ${completionShells.join(', ')}`));
  }
  return succeed(renderers[known](commands, descriptions));
}

const renderers = { bash, zsh, fish, powershell } satisfies Record<
  Shell,
  (commands: readonly Completable[], descriptions: boolean) => string
>;

function commandWords(commands: readonly Completable[]): readonly Word[] {
  return [
    ...commands.map(({ name, summary }) => ({ word: name, help: summary })),
    { word: 'help', help: 'show help' },
  ];
}

function flagWords(command: Completable): readonly Word[] {
  return Object.entries(command.flags).map(([name, { help }]) => ({ word: `--${name}`, help }));
}

/** bash shows no descriptions. */
function bash(commands: readonly Completable[]): string {
  const words = (list: readonly Word[]) => list.map(({ word }) => word).join(' ');
  const cases = commands.map((command) => `    ${command.name}) words="${words(flagWords(command))}" ;;`);
  return `_tidewaiter() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command="" word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) command="$word"; break ;; esac
  done
  case "$command" in
    "") words="${words(commandWords(commands))}" ;;
${cases.join('\n')}
    *) words="" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || compopt -o default
}
complete -F _tidewaiter ${programs.join(' ')}
`;
}

function zsh(commands: readonly Completable[], descriptions: boolean): string {
  const list = (words: readonly Word[]) =>
    words
      .map(({ word, help }) => single(descriptions ? `${word}:${help.replaceAll(':', '\\:')}` : word))
      .join(' ');
  const cases = commands.map((command) => `    ${command.name}) words=(${list(flagWords(command))}) ;;`);
  return `#compdef ${programs.join(' ')}
_tidewaiter() {
  local -a words_before words
  words_before=(\${\${words[2,CURRENT-1]}:#-*})
  case "\${words_before[1]}" in
    "") words=(${list(commandWords(commands))}) ;;
${cases.join('\n')}
    *) words=() ;;
  esac
  _describe 'tidewaiter' words || _files
}
compdef _tidewaiter ${programs.join(' ')}
`;
}

function fish(commands: readonly Completable[], descriptions: boolean): string {
  const quoted = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`;
  const about = (help: string) => (descriptions ? ` -d ${quoted(help)}` : '');
  const lines = programs.flatMap((program) => [
    ...commandWords(commands).map(
      ({ word, help }) => `complete -c ${program} -n __fish_use_subcommand -f -a ${word}${about(help)}`,
    ),
    ...commands.flatMap((command) =>
      flagWords(command).map(
        ({ word, help }) =>
          `complete -c ${program} -n '__fish_seen_subcommand_from ${command.name}' -l ${word.slice(2)}${about(help)}`,
      ),
    ),
  ]);
  return `${lines.join('\n')}\n`;
}

function powershell(commands: readonly Completable[], descriptions: boolean): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const table = (words: readonly Word[]) =>
    words.map(({ word, help }) => `@(${quoted(word)}, ${quoted(descriptions ? help : word)})`).join(', ');
  const cases = commands.map((command) => `    ${quoted(command.name)} { @(${table(flagWords(command))}) }`);
  return `Register-ArgumentCompleter -Native -CommandName ${programs.join(', ')} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $before = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" } |
    Where-Object { -not $_.StartsWith('-') -and $_ -ne $wordToComplete })
  $command = if ($before.Count -gt 0) { $before[0] } else { '' }
  $words = switch ($command) {
    '' { @(${table(commandWords(commands))}) }
${cases.join('\n')}
    default { @() }
  }
  $words | Where-Object { $_[0] -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
  }
}
`;
}

/** One word for a Bourne-like shell. */
function single(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
