/** Puts an argument list in the order and form that the parser of commands expects. */
import type { Flag, FlagTable } from './flag.ts';

/**
 * Flags may stand before the command word (`--metrics-bind-address=:8443 run`): the word moves to the front.
 * A boolean flag never takes the next word as its value: `--dry-run x` becomes `--dry-run=true x`.
 */
export function orderArguments(argv: readonly string[], flags: FlagTable): readonly string[] {
  const ordered: string[] = [];
  let command: string | undefined;
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') {
      ordered.push(...argv.slice(index));
      break;
    }
    if (!word.startsWith('-') && command === undefined) {
      command = word;
      continue;
    }
    const flag = flagNamed(word, flags);
    if (flag === undefined) {
      ordered.push(word);
    } else if (flag.kind === 'boolean') {
      ordered.push(`${word}=true`);
    } else {
      ordered.push(...argv.slice(index, index + 2));
      index += 1;
    }
  }
  return command === undefined ? ordered : [command, ...ordered];
}

function flagNamed(word: string, flags: FlagTable): Flag<unknown> | undefined {
  if (word.startsWith('--')) return Object.hasOwn(flags, word.slice(2)) ? flags[word.slice(2)] : undefined;
  return Object.values(flags).find(({ short }) => short !== undefined && word === `-${short}`);
}
