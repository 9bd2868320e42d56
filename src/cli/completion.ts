/** Completion scripts for shells. All but that of PowerShell ask the program itself at each TAB. */
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

/**
 * bash shows no descriptions, and takes `=` and `:` for ends of words: what it took apart is put together again, and
 * what is offered takes the place of the last part.
 */
function bash(): string {
  return `_tidewaiter() {
  local -a given=()
  local word line joins="" last=-1 directive=0
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ $last -ge 0 && ( -n $joins || $word == [=:]* ) ]]; then
      given[last]+=$word
    else
      last=$((last + 1))
      given[last]=$word
    fi
    joins=""
    [[ $word == *[=:] ]] && joins=1
  done
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :* ]]; then directive=\${line#:}; else COMPREPLY+=("$line"); fi
  done < <("\${COMP_WORDS[0]/#\\~/$HOME}" __completeNoDesc "\${given[@]}" 2>/dev/null)
  if [[ \${#COMPREPLY[@]} -eq 0 && $((directive & 4)) -eq 0 ]]; then
    compopt -o default 2>/dev/null
  fi
  return 0
}
complete -F _tidewaiter ${programs.join(' ')}
`;
}

/** Descriptions stand behind a colon there: those of a name are escaped. */
function zsh(_commands: readonly Completable[], descriptions: boolean): string {
  return `#compdef ${programs.join(' ')}
_tidewaiter() {
  local -a offered
  local line directive=0
  for line in "\${(@f)$("\${words[1]/#\\~/$HOME}" ${asking(descriptions)} "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case "$line" in
      :*) directive="\${line#:}" ;;
      *$'\\t'*) offered+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
      ?*) offered+=("\${line//:/\\\\:}") ;;
    esac
  done
  [[ "\${words[CURRENT]}" == -*=* ]] && compset -P '*='
  if (( \${#offered} )); then
    _describe 'tidewaiter' offered
  elif (( (directive & 4) == 0 )); then
    _files
  fi
}
compdef _tidewaiter ${programs.join(' ')}
`;
}

/** A tab parts a word from its description there too; what stands behind \`=\` is offered with what stands before it. */
function fish(_commands: readonly Completable[], descriptions: boolean): string {
  const completions = programs.map((program) => `complete -c ${program} -f -a '(__tidewaiter_complete)'`);
  return `function __tidewaiter_complete
  set -l before (commandline -opc)
  set -l current (commandline -ct)
  set -l offered ($before[1] ${asking(descriptions)} $before[2..-1] "$current" 2>/dev/null)
  set -l directive 4
  test (count $offered) -gt 0; and set directive (string replace ':' '' -- $offered[-1])
  set -l flag (string match -r -- '^-[^=]*=' "$current"); or set flag ''
  if test (count $offered) -gt 1
    printf '%s\\n' $flag$offered[1..-2]
  else if test (math "floor($directive / 4) % 2") -eq 0
    __fish_complete_path (string replace -- "$flag" '' "$current")
  end
end
${completions.join('\n')}
`;
}

/** The hidden command, whose answers are those of cobra: scripts of 0.18 that are installed go on working. */
function asking(descriptions: boolean): string {
  return descriptions ? '__complete' : '__completeNoDesc';
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
