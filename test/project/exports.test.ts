/** Exported values that nobody imports: what nobody asks for is not part of a file's promise. */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

const exported = /^export (?:async )?(?:const|function\*?|class) (\w+)/gm;
const imported = /(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'(\.[^']+)'/g;
const loaded = /const \{([^}]*)\} = await import\('(\.[^']+)'\)/g;
const called = /\(await import\('(\.[^']+)'\)\)\.(\w+)/g;

/** `file#name` of what is imported by name anywhere, tests included. */
async function importedNames(): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const path of glob(['src/**/*.ts', 'test/**/*.ts', 'scripts/**/*.ts'], { cwd: root })) {
    const text = readFileSync(join(root, path), 'utf8');
    const add = (list: string, target: string): void => {
      const file = relative(root, join(root, dirname(path), target));
      for (const part of list.split(',')) names.add(`${file}#${nameOf(part)}`);
    };
    for (const [, list = '', target = ''] of text.matchAll(imported)) add(list, target);
    for (const [, list = '', target = ''] of text.matchAll(loaded)) add(list, target);
    for (const [, target = '', name = ''] of text.matchAll(called)) add(name, target);
  }
  return names;
}

/** `type X as Y` -> X, `x: y` of a destructuring -> x. */
function nameOf(part: string): string {
  return (
    part
      .trim()
      .replace(/^type /, '')
      .split(/ as |:/)[0]
      ?.trim() ?? ''
  );
}

it('fault H5: exports no value that nobody imports', async () => {
  const names = await importedNames();
  const forNobody: string[] = [];
  for await (const path of glob('src/**/*.ts', { cwd: root })) {
    const text = readFileSync(join(root, path), 'utf8');
    for (const [, name = ''] of text.matchAll(exported))
      if (!names.has(`${path}#${name}`)) forNobody.push(`${path}: ${name}`);
  }

  expect(names.size).toBeGreaterThan(500);
  expect(forNobody).toEqual([]);
});
