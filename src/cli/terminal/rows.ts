/** Rows of a table -> lines that the terminal has room for. */
import { cut, cutStart, pad, width, wrap } from './fit.ts';
import { type Colour, mark, type Style } from './style.ts';

interface Place {
  readonly symbol: string;
  readonly colour: Colour;
  /** `argocd/shop`, or how many there are. */
  readonly application: string;
  readonly alias: string;
  /** `2.1.4 → 2.1.5` */
  readonly version: string;
}

export interface ChangeRow extends Place {
  readonly kind: 'change';
  /** File, or the reason: what may be cut. */
  readonly detail: string;
  /** Commit and branch. */
  readonly where: string;
}

export interface ProblemRow extends Place {
  readonly kind: 'problem';
  readonly message: string;
  /** What belongs to the message, each on lines of its own. */
  readonly more: readonly string[];
  readonly advice?: string;
}

export type Row = ChangeRow | ProblemRow;

/** In front of the first column: two spaces, a mark, a space. */
const indent = 4;
const gap = 2;
/** A message with less room than this gets lines of its own. */
const leastMessageColumns = 36;
const leastDetailColumns = 12;

interface Widths {
  readonly application: number;
  readonly alias: number;
  readonly version: number;
  readonly detail: number;
  readonly where: number;
}

/** Without colours the lines are never wider than the terminal; they end without a line break. */
export function tableLines(rows: readonly Row[], style: Style): readonly string[] {
  const widths = measure(rows, style.columns());
  return rows.flatMap((row) =>
    row.kind === 'change' ? [changeLine(row, widths, style)] : problemLines(row, widths, style),
  );
}

/** Names take at most a part of the width each; the detail gets what is left. */
function measure(rows: readonly Row[], columns: number): Widths {
  const widest = (texts: readonly string[], most: number) =>
    Math.min(Math.max(0, ...texts.map(width)), Math.floor(columns * most));
  const changes = rows.filter((row) => row.kind === 'change');
  const application = widest(
    rows.map((row) => row.application),
    0.3,
  );
  const alias = widest(
    rows.map((row) => row.alias),
    0.15,
  );
  const version = widest(
    rows.map((row) => row.version),
    0.3,
  );
  const where = widest(
    changes.map((row) => row.where),
    0.3,
  );
  const left = columns - indent - application - alias - version - where - gap * 4;
  const detail = Math.min(
    Math.max(0, ...changes.map((row) => width(row.detail))),
    left < leastDetailColumns ? 0 : left,
  );
  return { application, alias, version, detail, where };
}

function changeLine(row: ChangeRow, widths: Widths, style: Style): string {
  const ellipsis = mark(style, '…');
  const used = indent + joinedWidth([widths.application, widths.alias, widths.version, widths.detail]);
  const cells = [
    ...(widths.detail === 0 ? [] : [pad(detailText(row.detail, widths.detail, ellipsis), widths.detail)]),
    cut(row.where, Math.max(0, style.columns() - used), ellipsis),
  ];
  return `${head(row, widths, style)}${style.paint('dim', cells.join(' '.repeat(gap)).trimEnd())}`.trimEnd();
}

/** Of a path the end tells most, of a reason the beginning. */
function detailText(detail: string, columns: number, ellipsis: string): string {
  return (detail.startsWith('(') ? cut : cutStart)(detail, columns, ellipsis);
}

/** Up to the column in which detail or message begin. */
function head(row: Row, widths: Widths, style: Style): string {
  const ellipsis = mark(style, '…');
  const cell = (text: string, columns: number) =>
    columns === 0 ? '' : pad(cut(text, columns, ellipsis), columns) + ' '.repeat(gap);
  const version = cell(row.version, widths.version);
  return [
    `  ${style.paint(row.colour, mark(style, row.symbol))} `,
    ' '.repeat(Math.max(0, 1 - mark(style, row.symbol).length)),
    style.paint('bold', cell(row.application, widths.application)),
    cell(row.alias, widths.alias),
    row.kind === 'change' ? version : style.paint('dim', version),
  ].join('');
}

/** The message stands in the column of the detail, or of the version if that says nothing; else below. */
function problemLines(row: ProblemRow, widths: Widths, style: Style): readonly string[] {
  const columns = style.columns();
  const versionColumn = indent + joinedWidth([widths.application, widths.alias]);
  const ownColumn = columns - versionColumn < leastMessageColumns ? indent + gap : versionColumn;
  const messageColumn = row.version === '' ? versionColumn : versionColumn + joinedWidth([widths.version]);
  const isBeside = columns - messageColumn >= leastMessageColumns;
  const ellipsis = mark(style, '…');
  const at = (column: number, text: string) => wrap(text, columns - column, ellipsis);
  const below = (column: number, lines: readonly string[]) =>
    lines.map((line) => `${' '.repeat(column)}${line}`);
  const start = head(row.version === '' ? { ...row, version: '' } : row, widthsOf(row, widths), style);
  const column = isBeside ? messageColumn : ownColumn;
  const [first = '', ...rest] = at(column, row.message);
  const text = isBeside
    ? [start + first, ...below(column, rest)]
    : [start.trimEnd(), ...below(column, [first, ...rest])];
  const arrow = `${mark(style, '→')} `;
  const advice = at(ownColumn + arrow.length, row.advice ?? '').map((line, i) =>
    style.paint('cyan', (i === 0 ? arrow : ' '.repeat(arrow.length)) + line),
  );
  const more = row.more.flatMap((part) => at(ownColumn, part)).map((line) => style.paint('dim', line));
  return [...text, ...below(ownColumn, more), ...below(ownColumn, advice)];
}

/** A row without version has its message where others have theirs. */
function widthsOf(row: ProblemRow, widths: Widths): Widths {
  return row.version === '' ? { ...widths, version: 0 } : widths;
}

/** Of cells with a gap behind each; an empty column has none. */
function joinedWidth(columns: readonly number[]): number {
  return columns.reduce((sum, each) => sum + (each === 0 ? 0 : each + gap), 0);
}
