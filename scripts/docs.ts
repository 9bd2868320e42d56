/** Writes what is made from the code into the documentation. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rulesTable } from './rules-table.ts';
import { schemaFiles } from './schemas/schemas.ts';

const root = join(import.meta.dirname, '..');

const page = join(root, 'docs/validate.md');
const text = readFileSync(page, 'utf8');
writeFileSync(
  page,
  text.replace(/(?<=<!-- rules -->\n).*?(?=\n<!-- end -->)/s, () => rulesTable()),
);

for (const [name, schema] of schemaFiles()) writeFileSync(join(root, 'docs/schemas', name), schema);
