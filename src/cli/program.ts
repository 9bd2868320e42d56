/** From the argument list to an exit code. */
import { Command, CommanderError, Option } from 'commander';
import type { Outcome } from '../core/base/outcome.ts';
import { plainText } from '../core/report/plain-text.ts';
import { askPass, isAskPass } from './ask-pass.ts';
import { orderArguments } from './flags/argv.ts';
import type { CommandSpec } from './process/command-spec.ts';
import { makeCommands } from './commands.ts';
import { excessWords, inOurWords, mistakenStart, mistakeText, readHelpWishes } from './mistakes.ts';
import type { Flag, FlagTable } from './flags/flag.ts';
import type { GivenFlags } from './flags/flag-values.ts';
import type { ProgramIo } from './process/program-io.ts';

/**
 * 0: done. 1: a mistake in the command line or the settings, or something that could not be started.
 * Without a command it prints help.
 */
export async function runProgram(io: ProgramIo): Promise<number> {
  if (isAskPass(io.environment)) return askPass(io);
  let result: Outcome<number> = { ok: true, value: 0 };
  const commands = makeCommands(runProgram);
  const [first = '', ...others] = io.argv;
  if (first === '__complete' || first === '__completeNoDesc') {
    return await complete(others, commands, io, first === '__complete');
  }
  const { argv, showsAll } = readHelpWishes(io.argv);
  const program = makeProgram(commands, { ...io, argv }, showsAll, (outcome) => {
    result = outcome;
  });
  const words = orderArguments(argv, allFlags(commands));
  const mistake = mistakenStart(words, commands);
  if (mistake !== undefined) {
    io.stderr.write(mistake);
    return 1;
  }
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  return result.ok ? result.value : 1;
}

async function complete(
  words: readonly string[],
  commands: readonly CommandSpec[],
  io: ProgramIo,
  descriptions: boolean,
): Promise<number> {
  const { completionText } = await import('./complete.ts');
  const { applicationNames } = await import('./application-names.ts');
  const list = (given: GivenFlags) => applicationNames(given, io);
  io.stdout.write(await completionText(words, commands, list, descriptions));
  return 0;
}

/** Flags of all commands by name: enough to tell which take a value. */
function allFlags(commands: readonly CommandSpec[]): FlagTable {
  return Object.fromEntries(commands.flatMap(({ flags }) => Object.entries(flags)));
}

/** Of help that goes into a pipe, where each flag is one line for grep. */
const unwrapped = 10_000;
/** With less room beside the flags than this their texts are not wrapped. */
const leastHelpColumns = 20;

function makeProgram(
  commands: readonly CommandSpec[],
  io: ProgramIo,
  showsAll: boolean,
  finish: (outcome: Outcome<number>) => void,
): Command {
  const program = new Command('tidewaiter')
    .description('Keeps Argo CD Applications on the newest image that their owners allow.')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns || unwrapped,
    })
    .exitOverride()
    .showSuggestionAfterError(false)
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureHelp({
      subcommandTerm: (command) => `${command.name()} ${command.usage()}`,
      minWidthToWrap: leastHelpColumns,
    })
    .usage('<command> [flags]')
    .argument('[command]')
    .allowExcessArguments()
    .option('-v, --version', 'print the version')
    .action(() => program.outputHelp());
  for (const spec of commands) addCommand(program, spec, { io, showsAll, finish });
  return program;
}

interface Surroundings {
  readonly io: ProgramIo;
  /** Help has the flags without effect too. */
  readonly showsAll: boolean;
  readonly finish: (outcome: Outcome<number>) => void;
}

function addCommand(program: Command, spec: CommandSpec, { io, showsAll, finish }: Surroundings): void {
  const given = new Map<string, string[]>();
  const command = program
    .command(spec.name)
    .description(spec.summary)
    .usage(['[flags]', spec.operands].filter((part) => part !== '').join(' '))
    .argument('[operands...]')
    .configureOutput({ outputError: (text, write) => write(inOurWords(text, spec)) });
  for (const [name, flag] of Object.entries(spec.flags)) {
    const option = optionOf(name, flag, (text) => given.set(name, [...(given.get(name) ?? []), text]));
    const group = spec.groups?.find(({ flags }) => Object.hasOwn(flags, name));
    if (group !== undefined) option.helpGroup(`${group.title}:`);
    command.addOption(option.hideHelp(!showsAll && isWithoutEffect(flag)));
  }
  if (!showsAll && Object.values(spec.flags).some(isWithoutEffect)) {
    command.addHelpText('after', '\nFlags without effect are left out; --help --all shows them.');
  }
  if (spec.examples !== undefined) command.addHelpText('after', `\nExamples:\n${spec.examples}`);
  command.action(async (words: readonly string[]) => {
    // `--dry-run true` meant `--dry-run` in 0.18, and still does.
    const operands = spec.operandFlag === undefined ? words : words.filter((word) => !isBoolean(word));
    const outcome = await (spec.maxOperands !== undefined && operands.length > spec.maxOperands
      ? tooMany(spec, operands)
      : spec.execute(given, operands, io));
    if (!outcome.ok) io.stderr.write(mistakeText(outcome.failure.message, spec.name));
    finish(outcome);
  });
}

const isBoolean = (word: string): boolean => /^(?:true|false|[tf01])$/i.test(word);

function isWithoutEffect({ inert, help }: Flag<unknown>): boolean {
  return inert || help.startsWith('without effect');
}

/** Every flag takes a text here, booleans too: `orderArguments` gives them one. */
function optionOf(name: string, flag: Flag<unknown>, collect: (text: string) => void): Option {
  const fallback = plainText(flag.otherwise ?? flag.fallbackText);
  const notes = [
    ...(fallback === '' ? [] : [`default ${fallback}`]),
    ...(flag.variable === undefined ? [] : [`env ${flag.variable}`]),
    ...(flag.inert ? ['no effect in this version'] : []),
  ];
  const help = notes.length === 0 ? flag.help : `${flag.help} (${notes.join(', ')})`;
  const value = flag.kind === 'boolean' ? `[${flag.placeholder}]` : `<${flag.placeholder}>`;
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  return new Option(`${short}--${name} ${value}`, help).argParser((text) => collect(text));
}

async function tooMany(spec: CommandSpec, operands: readonly string[]): Promise<Outcome<number>> {
  return { ok: false, failure: { kind: 'config', message: excessWords(spec, operands) } };
}
