/** `npm run bench hostile-tenants`: what all attempts of a tenant got, by row of the table of faults. */
import { mkdirSync } from 'node:fs';
import { printTable } from '../table.ts';
import { tryTenants } from './trial.ts';

export async function benchHostileTenants(program: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { attempts, output: _, ...seen } = await tryTenants([program], folder);
  const tried = Map.groupBy(attempts, ({ row }) => row);
  printTable(
    ['row', 'inputs'],
    Array.from(tried, ([row, own]) => [row, own.length]),
  );
  printTable(
    ['', ''],
    Object.entries(seen).map(([name, value]) => [
      name,
      typeof value === 'number' ? Math.round(value) : String(value),
    ]),
  );
}
