/** Tables as Markdown has them. */

export type Cell = string | number;

export function printTable(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  printHead(head);
  for (const row of rows) printRow(row);
}

/** For tables whose rows come one by one. */
export function printHead(head: readonly string[]): void {
  printRow(head);
  console.log(`|${'---|'.repeat(head.length)}`);
}

export function printRow(cells: readonly Cell[]): void {
  console.log(`| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`);
}
