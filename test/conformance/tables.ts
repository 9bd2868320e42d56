/** Rows of the conformance tables: the whole folder where there is one, else the committed sample. */
import { existsSync, readFileSync } from 'node:fs';

const sample = new URL('../fixtures/conformance/', import.meta.url).pathname;
const shared = new URL('../../../shared/conformance/', import.meta.url).pathname;

/** The folder in TIDEWAITER_CONFORMANCE, else ../shared/conformance, else the sample of this repository. */
export function conformanceFolder(): string {
  const named = process.env['TIDEWAITER_CONFORMANCE'];
  if (named !== undefined && named !== '') return named.endsWith('/') ? named : `${named}/`;
  return existsSync(shared) ? shared : sample;
}

/** All rows of one table (`globs.json`). A table that the folder lacks is read from the sample. */
export function conformanceRows<Row>(table: string): readonly Row[] {
  const path = conformanceFolder() + table;
  return JSON.parse(readFileSync(existsSync(path) ? path : sample + table, 'utf8')) as Row[];
}
