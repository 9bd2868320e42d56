/** How many characters a line has. */
import type { ProgramIo } from '../process/program-io.ts';

/** COLUMNS, else those of the terminal; without end in pipes and files, where nothing is to be cut. */
export function lineWidth({ stdout, environment }: Pick<ProgramIo, 'stdout' | 'environment'>): number {
  const asked = Number(environment['COLUMNS'] ?? '');
  if (Number.isInteger(asked) && asked > 0) return asked;
  return stdout.isTTY === true ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
}
