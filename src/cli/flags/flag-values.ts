/** Command line and environment -> the value of every flag of a table. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import type { Flag, FlagTable, FlagValues } from './flag.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Texts per flag name, in the order given. */
export type GivenFlags = ReadonlyMap<string, readonly string[]>;

export interface ReadFlags<Table extends FlagTable> {
  readonly values: FlagValues<Table>;
  /** For the log: variables that could not be read, flags without effect. */
  readonly warnings: readonly string[];
}

/** Who switches off what is not there gets what was asked for. */
const off: ReadonlySet<unknown> = new Set([false, 0, '0', '']);

/**
 * An explicit flag wins over the environment variable, that over the built-in default. `placeOf` tells where people set
 * the variable of a flag, if they do not set it itself.
 */
export function readFlags<Table extends FlagTable>(
  table: Table,
  given: GivenFlags,
  environment: Environment,
  placeOf: (name: string) => string | undefined = () => undefined,
): Outcome<ReadFlags<Table>> {
  const values: Record<string, unknown> = {};
  const warnings: string[] = [];
  const withoutEffect: string[] = [];
  for (const [name, flag] of Object.entries(table)) {
    const read = readFlag(name, flag, given.get(name), environment, placeOf);
    if (!read.ok) return read;
    values[name] = read.value.value;
    if (read.value.warning !== undefined) warnings.push(read.value.warning);
    const { value } = read.value;
    if (flag.inert && value !== flag.fallback && !off.has(value)) withoutEffect.push(`--${name}`);
  }
  if (withoutEffect.length > 0) {
    warnings.push(`accepted, but without effect in this version: ${withoutEffect.join(', ')}`);
  }
  return succeed({ values: values as FlagValues<Table>, warnings });
}

interface ReadFlag {
  readonly value: unknown;
  readonly warning?: string;
}

function readFlag(
  name: string,
  flag: Flag<unknown>,
  texts: readonly string[] | undefined,
  environment: Environment,
  placeOf: (name: string) => string | undefined,
): Outcome<ReadFlag> {
  if (texts !== undefined) {
    const parsed = flag.parse(texts);
    if (parsed.ok) return succeed({ value: parsed.value });
    return refused(`invalid argument "${texts.at(-1)}" for "--${name}" flag: ${parsed.failure.message}`);
  }
  const text = flag.variable === undefined ? '' : (environment[flag.variable] ?? '');
  if (text === '') return succeed({ value: flag.fallback });
  const parsed = flag.parseVariable(text);
  if (parsed.ok) return succeed({ value: parsed.value });
  const place = placeOf(name);
  const where = place === undefined ? '' : ` (${place})`;
  const problem = `environment variable ${flag.variable}="${text}"${where}: ${parsed.failure.message}`;
  if (flag.badVariable === 'fail') return refused(problem);
  return succeed({ value: flag.fallback, warning: `${problem}; the default is used` });
}

function refused<T>(message: string): Outcome<T> {
  return fail(configFailure(message));
}
