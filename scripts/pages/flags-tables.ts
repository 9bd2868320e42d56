/** Flags, their variables and the keys of the ConfigMap and the Secret. */
import { makeCommands } from '../../src/cli/commands.ts';
import { runFlagGroups, runFlags } from '../../src/cli/flags/commands/run-flags.ts';
import type { Flag, FlagTable } from '../../src/cli/flags/flag.ts';
import { otherVariables } from '../../src/cli/flags/other-variables.ts';
import { configMapFiles, configMapFlags, secretFlags } from '../../src/cli/settings/files/config-map-keys.ts';
import { code, sentence, table } from './table.ts';

/** Those of one heading of `run`, without those that have no effect. */
export function runFlagsTable(title: string): string {
  const group = runFlagGroups.find((each) => each.title === title);
  if (group === undefined) throw new Error(`no flags under ${title}`);
  const flags = Object.entries<Flag<unknown>>(group.flags).filter(([, flag]) => !flag.inert);
  return table(
    ['Flag', 'Default', 'Variable', 'Key', ''],
    flags.map(([name, flag]) => [
      code(`--${name}`),
      fallbackOf(flag),
      variableOf(flag),
      keyOf(name),
      textOf(flag),
    ]),
  );
}

export function inertFlagsTable(): string {
  const flags = Object.entries<Flag<unknown>>(runFlags).filter(([, flag]) => flag.inert);
  return table(
    ['Flag', 'Default', 'Variable', ''],
    flags.map(([name, flag]) => [code(`--${name}`), fallbackOf(flag), variableOf(flag), textOf(flag)]),
  );
}

/** Those of a command that `run` has not, or that mean something else there. */
export function ownFlagsTable(commandName: string): string {
  const command = makeCommands(() => Promise.resolve(0)).find(({ name }) => name === commandName);
  if (command === undefined) throw new Error(`no command ${commandName}`);
  const others: FlagTable = runFlags;
  const own = Object.entries(command.flags).filter(([name, flag]) => others[name]?.page !== flag.page);
  const hasVariables = own.some(([, { variable }]) => variable !== undefined);
  const rows = own.map(([name, flag]) => {
    const short = flag.short === undefined ? '' : `${code(`-${flag.short}`)}, `;
    const variable = hasVariables ? [variableOf(flag)] : [];
    return [`${short}${code(`--${name}`)}`, fallbackOf(flag), ...variable, textOf(flag)];
  });
  return table(['Flag', 'Default', ...(hasVariables ? ['Variable'] : []), ''], rows);
}

export function otherVariablesTable(): string {
  return table(
    ['Variable', ''],
    otherVariables.map(({ names, text }) => [names.map(code).join(', '), sentence(text)]),
  );
}

function fallbackOf({ fallbackText, otherwise }: Flag<unknown>): string {
  if (otherwise !== undefined) return otherwise;
  return fallbackText === '' ? '' : code(fallbackText.replaceAll('"', ''));
}

function variableOf({ variable }: Flag<unknown>): string {
  return variable === undefined ? '' : code(variable);
}

function keyOf(name: string): string {
  const under = (keys: Readonly<Record<string, string>>) =>
    Object.keys(keys).find((key) => keys[key] === name);
  const [setting, file, secret] = [configMapFlags, configMapFiles, secretFlags].map(under);
  if (setting !== undefined) return code(setting);
  if (file !== undefined) return `file of ${code(file)}`;
  return secret === undefined ? '' : `Secret ${code(secret)}`;
}

function textOf({ page, words = [] }: Flag<unknown>): string {
  const choices = words.filter((word) => !page.includes(code(word)));
  const said = sentence(page);
  return choices.length === 0 ? said : `${said}. One of ${words.map(code).join(', ')}`;
}
