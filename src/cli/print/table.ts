/** Rows for a terminal: columns as wide as what they hold, and no line longer than the terminal is. */
import { oneLine } from './one-line.ts';

export interface Column {
  readonly title: string;
  /** The end of a long text tells more than its beginning: it is kept. */
  readonly keepsEnd?: true;
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
    columns.map((_, index) => all.reduce((most, row) => Math.max(most, (row[index] ?? '').length), 0)),
    width,
  );
  return all.map((row) =>
    row
      .map((cell, index) =>
        cut(cell, widths[index] ?? 0, columns[index]?.keepsEnd === true).padEnd(widths[index] ?? 0),
      )
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

function fit(widths: readonly number[], width: number): readonly number[] {
  const fitted = [...widths];
  const free = width - gap * (widths.length - 1);
  for (let sum = total(fitted); sum > free; ) {
    const widest = fitted.indexOf(Math.max(...fitted));
    const others = sum - (fitted[widest] ?? 0);
    const second = Math.max(narrowest, ...fitted.filter((_, index) => index !== widest));
    const next = Math.max(free - others, Math.min(second, (fitted[widest] ?? 0) - 1), narrowest);
    if (next >= (fitted[widest] ?? 0)) break; // nothing can be narrower
    fitted[widest] = next;
    sum = total(fitted);
  }
  return fitted;
}

const total = (widths: readonly number[]): number => widths.reduce((sum, each) => sum + each, 0);

function cut(text: string, width: number, keepsEnd: boolean): string {
  if (text.length <= width) return text;
  return keepsEnd ? `…${text.slice(text.length - width + 1)}` : `${text.slice(0, width - 1)}…`;
}

/** A text in lines of at most `width` characters, the first behind `first`, the others behind `indent`. */
export function wrapped(text: string, width: number, indent: string, first = ''): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of oneLine(text).split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line = isEmpty ? line + word : `${line} ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
