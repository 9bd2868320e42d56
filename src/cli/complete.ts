/** The hidden command `__complete`: what may stand at the end of a command line, in the protocol of cobra. */
import { completionShells } from './completion.ts';
import type { CommandSpec } from './process/command-spec.ts';
import type { Flag, FlagTable } from './flags/flag.ts';
import type { GivenFlags } from './flags/flag-values.ts';

interface Offer {
  readonly word: string;
  readonly help: string;
}

/** What shells do with an answer; the numbers are cobra's. */
const directives = { files: 0, noFiles: 4 } as const;

interface Completion {
  readonly offers: readonly Offer[];
  readonly directive: keyof typeof directives;
}

/** `namespace/name` of the Applications that these flags lead to; none where they cannot be had soon. */
export type ListApplications = (given: GivenFlags) => Promise<readonly string[]>;

/** `words`: what stands behind the program's name, the last of them unfinished, maybe empty. */
export async function completionText(
  words: readonly string[],
  commands: readonly CommandSpec[],
  applications: ListApplications,
  descriptions: boolean,
): Promise<string> {
  const current = words.at(-1) ?? '';
  const { offers, directive } = await complete(words, commands, applications);
  const value = current.startsWith('-') ? current.replace(/^-[^=]*=/, '') : current;
  const lines = offers
    .filter(({ word }) => word.startsWith(value))
    .map(({ word, help }) => (descriptions && help !== '' ? `${word}\t${help}` : word));
  return [...lines, `:${directives[directive]}`, ''].join('\n');
}

/** What stands before the unfinished word. */
interface Line {
  readonly command?: CommandSpec;
  /** `help run`: the word is an operand of help. */
  readonly isHelp: boolean;
  readonly given: GivenFlags;
  /** The flag whose value the unfinished word is. */
  readonly open?: string;
}

async function complete(
  words: readonly string[],
  commands: readonly CommandSpec[],
  applications: ListApplications,
): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const line = readLine(words.slice(0, -1), commands);
  const { command } = line;
  const flags = command?.flags ?? {};
  const name = line.open ?? /^--([^=]+)=/.exec(current)?.[1];
  if (name !== undefined) return await valuesOf(flags[name], () => applications(line.given));
  if (current.startsWith('-')) return only(flagOffers(flags));
  if (command === undefined) return only([...commandOffers(commands), ...(line.isHelp ? [] : [help])]);
  return await operandsOf(command, () => applications(line.given));
}

function readLine(words: readonly string[], commands: readonly CommandSpec[]): Line {
  const known: FlagTable = Object.fromEntries(commands.flatMap(({ flags }) => Object.entries(flags)));
  const given = new Map<string, string[]>();
  let command: CommandSpec | undefined;
  let open: string | undefined;
  let isHelp = false;
  for (const word of words) {
    const [, name, text] = /^--([^=]+)(?:=(.*))?$/.exec(word) ?? [];
    if (open !== undefined) {
      given.set(open, [...(given.get(open) ?? []), word]);
      open = undefined;
    } else if (name === undefined) {
      if (word === 'help') isHelp = true;
      command ??= isHelp ? undefined : commands.find((spec) => spec.name === word);
    } else if (text !== undefined) given.set(name, [...(given.get(name) ?? []), text]);
    else if (Object.hasOwn(known, name) && known[name]?.kind === 'value') open = name;
  }
  return {
    isHelp,
    given,
    ...(command === undefined ? {} : { command }),
    ...(open === undefined ? {} : { open }),
  };
}

const help: Offer = { word: 'help', help: 'show help for a command' };

function commandOffers(commands: readonly CommandSpec[]): readonly Offer[] {
  return commands.map(({ name, summary }) => ({ word: name, help: summary }));
}

/** Those without effect need no help to be typed. */
function flagOffers(flags: FlagTable): readonly Offer[] {
  return Object.entries(flags)
    .filter(([, flag]) => !flag.inert)
    .map(([name, flag]) => ({ word: `--${name}`, help: flag.help }));
}

async function valuesOf(
  flag: Flag<unknown> | undefined,
  applications: () => Promise<readonly string[]>,
): Promise<Completion> {
  if (flag === undefined) return only([]);
  if (flag.words !== undefined) return only(flag.words.map(plain));
  if (flag.kind === 'boolean') return only(['true', 'false'].map(plain));
  switch (flag.placeholder) {
    case 'path':
    case 'folder':
      return { offers: [], directive: 'files' };
    case 'zone':
      return only(Intl.supportedValuesOf('timeZone').map(plain));
    case 'namespace/name':
      return only((await applications()).map(plain));
    case 'glob':
      return only(
        [...new Set((await applications()).map((name) => name.slice(name.indexOf('/') + 1)))].map(plain),
      );
    default:
      return only([]);
  }
}

/** What help calls the operands of a command tells what they are. */
async function operandsOf(
  { operands }: CommandSpec,
  applications: () => Promise<readonly string[]>,
): Promise<Completion> {
  if (operands.includes(completionShells.join('|'))) return only(completionShells.map(plain));
  if (/path/.test(operands)) return { offers: [], directive: 'files' };
  if (/application|namespace\/name/i.test(operands)) return only((await applications()).map(plain));
  return only([]);
}

function only(offers: readonly Offer[]): Completion {
  return { offers, directive: 'noFiles' };
}

function plain(word: string): Offer {
  return { word, help: '' };
}
