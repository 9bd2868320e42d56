/** From the argument list to an exit code. */
import { Command, CommanderError, Option } from 'commander';
import type { Outcome } from '../core/base/outcome.ts';
import { orderArguments } from './flags/argv.ts';
import { type CommandSpec, makeCommands } from './commands.ts';
import type { Flag, FlagTable } from './flags/flag.ts';
import type { ProgramIo } from './process/program-io.ts';

/**
 * 0: done. 1: a mistake in the command line or the settings, or something that could not be started.
 * Without a command it prints help.
 */
export async function runProgram(io: ProgramIo): Promise<number> {
  let result: Outcome<number> = { ok: true, value: 0 };
  const commands = makeCommands(runProgram);
  const program = makeProgram(commands, io, (outcome) => {
    result = outcome;
  });
  try {
    await program.parseAsync(orderArguments(io.argv, allFlags(commands)), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  return result.ok ? result.value : 1;
}

/** Flags of all commands by name: enough to tell which take a value. */
function allFlags(commands: readonly CommandSpec[]): FlagTable {
  return Object.fromEntries(commands.flatMap(({ flags }) => Object.entries(flags)));
}

function makeProgram(
  commands: readonly CommandSpec[],
  io: ProgramIo,
  finish: (outcome: Outcome<number>) => void,
): Command {
  const program = new Command('tidewaiter')
    .description('Keeps Argo CD Applications on the newest image that their owners allow.')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error:/, 'Error:')),
    })
    .exitOverride()
    .showHelpAfterError()
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` })
    .usage('<command> [flags]')
    .argument('[command]')
    .allowExcessArguments()
    .action((name: string | undefined) => {
      if (name !== undefined) program.error(`error: unknown command "${name}"`);
      program.outputHelp();
    });
  for (const spec of commands) addCommand(program, spec, io, finish);
  return program;
}

function addCommand(
  program: Command,
  spec: CommandSpec,
  io: ProgramIo,
  finish: (outcome: Outcome<number>) => void,
): void {
  const given = new Map<string, string[]>();
  const command = program
    .command(spec.name)
    .description(spec.summary)
    .usage(['[flags]', spec.operands].filter((part) => part !== '').join(' '))
    .argument('[operands...]')
    .allowUnknownOption(spec.anyFlag === true);
  for (const [name, flag] of Object.entries(spec.flags)) {
    command.addOption(optionOf(name, flag, (text) => given.set(name, [...(given.get(name) ?? []), text])));
  }
  command.action(async (operands: readonly string[]) => {
    const outcome = await (spec.maxOperands !== undefined && operands.length > spec.maxOperands
      ? tooMany(spec, operands)
      : spec.execute(given, operands, io));
    if (!outcome.ok) {
      io.stderr.write(`Error: ${outcome.failure.message}\n\n${command.helpInformation({ error: true })}`);
    }
    finish(outcome);
  });
}

/** Every flag takes a text here, booleans too: `orderArguments` gives them one. */
function optionOf(name: string, flag: Flag<unknown>, collect: (text: string) => void): Option {
  const notes = [
    ...(flag.fallbackText === '' ? [] : [`default ${flag.fallbackText}`]),
    ...(flag.variable === undefined ? [] : [`env ${flag.variable}`]),
    ...(flag.inert ? ['no effect in this version'] : []),
  ];
  const help = notes.length === 0 ? flag.help : `${flag.help} (${notes.join(', ')})`;
  const value = flag.kind === 'boolean' ? `[${flag.placeholder}]` : `<${flag.placeholder}>`;
  return new Option(`--${name} ${value}`, help).argParser((text) => collect(text));
}

async function tooMany(spec: CommandSpec, operands: readonly string[]): Promise<Outcome<number>> {
  const message = `too many arguments for "${spec.name}": expected ${spec.operands}, got ${operands.join(' ')}`;
  return { ok: false, failure: { kind: 'config', message } };
}
