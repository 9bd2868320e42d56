/** Mistakes on the command line, in three lines: what is wrong, what may have been meant, where to look. */
import { editDistance, nearestWord } from '../core/config/keys/annotation-keys.ts';
import type { CommandSpec } from './process/command-spec.ts';

/** `command` "": the program itself. */
export function mistakeText(message: string, command: string): string {
  const program = command === '' ? 'tidewaiter' : `tidewaiter ${command}`;
  return `Error: ${message}\nSee: ${program} --help\n`;
}

/** What commander says about the flags of a command, in the words of this program. */
export function inOurWords(text: string, { name, flags }: CommandSpec): string {
  const message = text.replace(/^error: /, '').trim();
  const [, flag] = /^unknown option '([^'=]+)/.exec(message) ?? [];
  if (flag === undefined) return mistakeText(message, name);
  const meant = near(flag.replace(/^-+/, ''), Object.keys(flags));
  return mistakeText(`unknown flag ${flag} for "${name}"${question(meant && `--${meant}`)}`, name);
}

export function excessWords(spec: CommandSpec, operands: readonly string[]): string {
  const { name, operandFlag } = spec;
  const [operand = ''] = operands;
  if (operandFlag !== undefined) {
    return `${name} takes no "${operand}"${question(`--${operandFlag} ${operand}`)}`;
  }
  return `too many arguments for "${name}": expected ${spec.operands}, got ${operands.join(' ')}`;
}

/** A short word with four letters changed is another word. */
function near(word: string, known: readonly string[]): string | undefined {
  const nearest = nearestWord(word, known);
  if (nearest === undefined) return undefined;
  return editDistance(word, nearest) <= Math.max(2, Math.floor(word.length / 3)) ? nearest : undefined;
}

function question(meant: string | undefined): string {
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

/** The whole error where no command can be told from the words; undefined where one can, or help is wanted. */
export function mistakenStart(
  [first, second]: readonly string[],
  commands: readonly CommandSpec[],
): string | undefined {
  const names = commands.map(({ name }) => name);
  const isUnknown = (word: string) => word !== 'help' && !names.includes(word);
  const unknown = first === 'help' ? second : first;
  if (unknown === undefined || /^(?:-h|--help)$/.test(unknown)) return undefined;
  if (!unknown.startsWith('-')) {
    if (!isUnknown(unknown)) return undefined;
    return mistakeText(`unknown command "${unknown}"${question(near(unknown, names))}`, '');
  }
  const flag = /^--([^=]+)/.exec(unknown)?.[1] ?? '';
  const owner = commands.find(({ flags }) => Object.hasOwn(flags, flag));
  if (owner === undefined) return mistakeText(`unknown flag ${unknown}`, '');
  return mistakeText(`which command? tidewaiter ${owner.name} --${flag}`, '');
}

/** `--help --all` shows everything, `--version` and `-v` mean the command. */
export function readHelpWishes(argv: readonly string[]): {
  readonly argv: readonly string[];
  readonly showsAll: boolean;
} {
  if (argv.length === 1 && /^(?:-v|--version)$/.test(argv[0] ?? '')) {
    return { argv: ['version'], showsAll: false };
  }
  const wantsHelp = argv[0] === 'help' || argv.includes('--help') || argv.includes('-h');
  if (!wantsHelp || !argv.includes('--all')) return { argv, showsAll: false };
  return { argv: argv.filter((word) => word !== '--all'), showsAll: true };
}
