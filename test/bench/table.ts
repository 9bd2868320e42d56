/** Tables as Markdown has them. */

export type Cell = string | number;

export function printTable(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const line = (cells: readonly Cell[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  console.log(line(head));
  console.log(`|${'---|'.repeat(head.length)}`);
  for (const row of rows) console.log(line(row));
}

function escaped(cell: Cell): string {
  return String(cell).replaceAll('|', '\\|');
}
