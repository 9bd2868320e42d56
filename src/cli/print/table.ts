/** Rows for a terminal: columns as wide as what they hold, and no line longer than the terminal is. */
import { cut, cutStart, pad, width as widthOf } from '../terminal/fit.ts';
import { oneLine } from './one-line.ts';

export interface Column {
  readonly title: string;
  /** The end of a long text tells more than its beginning: it is kept. */
  readonly keepsEnd?: true;
  /** It tells nothing once it is cut: the others give way. */
  readonly isWhole?: true;
  /** It is said elsewhere too: this one gives way before the others do. */
  readonly yields?: true;
}

const gap = 2;
const narrowest = 6;

/** Lines, the titles first. `width`: characters of a line. Cells that do not fit are cut, the widest column first. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] {
  const cells = rows.map((row) => columns.map((_, index) => oneLine(row[index] ?? '')));
  const all = [columns.map(({ title }) => title), ...cells];
  const widths = fit(
    columns.map((column, index) => ({
      ...column,
      width: all.reduce((most, row) => Math.max(most, widthOf(row[index] ?? '')), 0),
    })),
    width,
  );
  return all.map((row) =>
    row
      .map((cell, index) => fitted(cell, widths[index] ?? 0, columns[index] ?? { title: '' }))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

function fit(wanted: readonly (Column & { readonly width: number })[], width: number): readonly number[] {
  const narrowed = wanted.map((column) => column.width);
  const free = width - gap * (wanted.length - 1);
  const where = (isWanted: (column: Column) => boolean | undefined) =>
    wanted.flatMap((column, index) => (isWanted(column) === true ? [index] : []));
  narrow(
    narrowed,
    where(({ yields }) => yields),
    free,
  );
  narrow(
    narrowed,
    where(({ isWhole }) => isWhole !== true),
    free,
  );
  return narrowed;
}

/** Makes the widest of these narrower, again and again, until all of them fit. */
function narrow(narrowed: number[], cuttable: readonly number[], free: number): void {
  for (let sum = total(narrowed); sum > free; ) {
    const [widest, second] = cuttable.toSorted((a, b) => (narrowed[b] ?? 0) - (narrowed[a] ?? 0));
    const before = narrowed[widest ?? -1] ?? 0;
    const floor = Math.max(narrowest, narrowed[second ?? -1] ?? 0);
    const next = Math.max(free - (sum - before), Math.min(floor, before - 1), narrowest);
    if (widest === undefined || next >= before) break; // nothing can be narrower
    narrowed[widest] = next;
    sum = total(narrowed);
  }
}

const total = (widths: readonly number[]): number => widths.reduce((sum, each) => sum + each, 0);

function fitted(cell: string, columns: number, { keepsEnd }: Column): string {
  return pad(keepsEnd === true ? cutStart(cell, columns, '…') : cut(cell, columns, '…'), columns);
}

/** A text in lines of at most `width` characters, the first behind `first`, the others behind `indent`. */
export function wrapped(text: string, width: number, indent: string, first = ''): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of oneLine(text).split(' ')) {
    if (!isEmpty && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = indent + word;
    } else line = isEmpty ? line + word : `${line} ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
