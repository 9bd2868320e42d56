/** What the rows of two sizes say together: the cost of helmvalues, and the growth with the number of Applications. */
import type { CycleRow, Phase } from './cycles.ts';
import { printTable } from './table.ts';

const mostForHelmValues = 1.3; // of the override file's wall and CPU time

/** The first cycle of `300-helmvalues` relative to that of `300`; nothing if either was not measured. */
export function printHelmValuesRatio(rows: readonly CycleRow[]): void {
  const override = find(rows, '300', 'first cycle');
  const helmValues = find(rows, '300-helmvalues', 'first cycle');
  if (override === undefined || helmValues === undefined) return;
  const wall = ratio(helmValues.wallMs, override.wallMs);
  const cpu = ratio(helmValues.cpuMs, override.cpuMs);
  console.log(
    `\n300-helmvalues relative to 300, first cycle: wall ${wall}, CPU ${cpu} (goal: at most ${mostForHelmValues})`,
  );
}

/**
 * Each phase's time and memory per Application at 5000, relative to 1000: at most 1 means that it grows no faster
 * than linearly. Prints nothing if either was not measured.
 */
export function printGrowth(rows: readonly CycleRow[]): void {
  const pairs = rows
    .filter(({ size }) => size.name === '1000')
    .map((small) => ({ small, large: find(rows, '5000', small.phase) }))
    .filter((pair): pair is { small: CycleRow; large: CycleRow } => pair.large !== undefined);
  if (pairs.length === 0) return;
  console.log('\nPer Application, 5000 relative to 1000 (at most 1: no faster than linear)\n');
  printTable(
    ['phase', 'wall', 'CPU', 'peak memory'],
    pairs.map(({ small, large }) => {
      const applications = large.size.applications / small.size.applications;
      const each = (value: number | undefined): number | undefined => value && value / applications;
      return [
        small.phase,
        ratio(each(large.wallMs), small.wallMs),
        ratio(each(large.cpuMs), small.cpuMs),
        ratio(each(large.peakMiB), small.peakMiB),
      ];
    }),
  );
}

function find(rows: readonly CycleRow[], name: string, phase: Phase): CycleRow | undefined {
  return rows.find((row) => row.size.name === name && row.phase === phase);
}

function ratio(value: number | undefined, base: number | undefined): string {
  return value === undefined || base === undefined ? '–' : (value / base).toFixed(2);
}
