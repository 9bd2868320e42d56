/** A whole cycle for people: what there was, what became of it, what it comes to. */
import { counted } from '../../core/base/counted.ts';
import type { AppKey } from '../../core/config/application.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { canonicalImage, splitReference } from '../../core/image/reference.ts';
import type { Repeat } from '../../core/report/repeats.ts';
import type { ApplicationReport, CycleReport } from '../../core/report/report.ts';
import { endOf, type Telling } from '../../core/report/telling.ts';
import { changeRows, problemRow } from './cycle-rows.ts';
import { wrap } from './fit.ts';
import { type Row, tableLines } from './rows.ts';
import { mark, shown, type Style } from './style.ts';

export interface CycleText {
  readonly report: CycleReport;
  readonly told: Pick<Telling, 'problems' | 'resolved'>;
  /** What an earlier cycle left to be done, and is done now. */
  readonly late: readonly ApplicationReport[];
  /** When the next cycle starts; absent: nobody knows. */
  readonly nextMs?: number | undefined;
  /** False: problems only. */
  readonly all: boolean;
}

/** With a line break at its end; "" where there is nothing to say. */
export function cycleText({ report, told, late, nextMs, all }: CycleText, style: Style): string {
  const written = [...late, ...report.applications];
  const changes = all ? written.flatMap((each) => changeRows(each, style)) : [];
  const problems = told.problems.map((problem) => problemRow(problem, style));
  const over = all ? told.resolved.map((repeat) => resolvedRow(repeat, report, style)) : [];
  const rows: readonly Row[] = [...changes, ...over, ...problems];
  if (!all && rows.length === 0) return '';
  const lines = [
    ...headLines(report, style),
    ...tableLines(rows, style),
    ...(all ? summaryLines(report, written, nextMs, style) : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Behind the time: eight columns, and two spaces. */
const headIndent = 10;

function headLines(report: CycleReport, style: Style): readonly string[] {
  const time = style.paint('dim', style.timeText(report.startedAtMs));
  const [first = '', ...rest] = wrap(headText(report), style.columns() - headIndent, mark(style, '…'));
  return [`${time}  ${first}`, ...rest.map((line) => ' '.repeat(headIndent) + line)];
}

function headText({ failure, counters, applications }: CycleReport): string {
  if (failure !== undefined) return 'Applications could not be listed';
  const decisions = applications.flatMap((application) => application.decisions);
  const registries = new Set(decisions.map(registryOf));
  return [
    counted(counters.applications, 'Application', 'Applications'),
    counted(decisions.length, 'image', 'images'),
    counted(registries.size, 'registry', 'registries'),
  ].join(', ');
}

/** Of an entry of image-list: `alias=host/path:constraint`. */
function registryOf({ entry }: Decision): string {
  const { registry, name } = splitReference(entry.slice(entry.indexOf('=') + 1));
  return canonicalImage(registry, name).registry;
}

function resolvedRow({ message, named, sinceMs }: Repeat, report: CycleReport, style: Style): Row {
  const [only = ''] = named as ReadonlySet<AppKey>;
  return {
    kind: 'problem',
    symbol: '✓',
    colour: 'green',
    application: named.size === 1 ? shown(style, only) : named.size === 0 ? '' : `${named.size} Applications`,
    alias: '',
    version: '',
    message: shown(style, `resolved after ${durationText(endOf(report) - sinceMs)}: ${message}`),
    more: named.size > 1 ? [shown(style, [...named].join(', '))] : [],
  };
}

function summaryLines(
  report: CycleReport,
  written: readonly ApplicationReport[],
  nextMs: number | undefined,
  style: Style,
): readonly string[] {
  const parts = [
    ...outcomes(written, report.counters.errors),
    durationText(report.durationMs),
    ...(nextMs === undefined ? [] : [`next ${style.timeText(nextMs)}`]),
  ];
  const text = parts.map((part) => part.replaceAll(' ', '\u00a0')).join(` ${mark(style, '·')} `);
  return wrap(text, style.columns() - 2, mark(style, '…')).map(
    (line) => `  ${line.replaceAll('\u00a0', ' ')}`,
  );
}

/** How many images ended in which way; what did not happen is not mentioned. */
function outcomes(reports: readonly ApplicationReport[], errors: number): readonly string[] {
  const counts = { up: 0, down: 0, wouldUp: 0, wouldDown: 0, inGit: 0, current: 0, withheld: 0, skipped: 0 };
  for (const { decisions, changes, write } of reports) {
    const back = changes.filter(({ direction }) => direction === 'down').length;
    if (write?.kind === 'dry-run') {
      counts.wouldUp += changes.length - back;
      counts.wouldDown += back;
    } else if (write?.kind === 'committed' || write?.kind === 'patched') {
      counts.up += changes.length - back;
      counts.down += back;
    }
    for (const { kind } of decisions) {
      if (kind === 'current' || kind === 'skipped') counts[kind] += 1;
      if (kind === 'held' || kind === 'waiting') counts.withheld += 1;
      if (kind === 'update' && write?.kind === 'unchanged') counts.inGit += 1;
    }
  }
  const texts: readonly (readonly [number, string])[] = [
    [counts.up, 'updated'],
    [counts.down, 'brought back'],
    [counts.wouldUp, 'would be updated'],
    [counts.wouldDown, 'would be brought back'],
    [counts.inGit, 'written before, not live yet'],
    [counts.current, 'up to date'],
    [counts.withheld, 'withheld'],
    [counts.skipped, 'skipped'],
    [errors, 'failed'],
  ];
  return texts.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`);
}

function durationText(durationMs: number): string {
  const seconds = durationMs / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
