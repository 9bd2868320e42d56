/** Some flags of a table, for a command that has them too. */
import type { FlagTable } from './flag.ts';

/** In the order of `names`, which is that of the command's help. */
export function pickFlags<Table extends FlagTable, const Name extends keyof Table>(
  table: Table,
  names: readonly Name[],
): Pick<Table, Name> {
  return Object.fromEntries(names.map((name) => [name, table[name]])) as Pick<Table, Name>;
}
