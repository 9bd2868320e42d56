/** Writes what is made from the code into the documentation, and what is made from the manifests into the chart. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartFiles } from './pages/chart-files.ts';
import { remade } from './pages/pages.ts';
import { schemaFiles } from './schemas/schemas.ts';

const folder = join(import.meta.dirname, '../docs');

for (const page of readdirSync(folder).filter((name) => name.endsWith('.md'))) {
  const path = join(folder, page);
  writeFileSync(path, remade(page, readFileSync(path, 'utf8')));
}

for (const [name, schema] of schemaFiles()) writeFileSync(join(folder, 'schemas', name), schema);

const chart = join(import.meta.dirname, '../charts/tidewaiter/files');
for (const [name, text] of chartFiles()) writeFileSync(join(chart, name), `${text}\n`);
