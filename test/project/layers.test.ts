/** The layers of the sources: who may import whom. */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = join(import.meta.dirname, '../../src');

/** Folders and packages that a folder may import. `ports`: the types of app/ports.ts. Hashing is pure. */
const allowed = {
  core: ['core', 'semver', 'yaml', 're2js', 'zod', 'node:crypto'],
  app: ['app', 'core', 'node:'],
  registry: [
    'registry',
    'core',
    'ports',
    'got',
    'http-link-header',
    'lru-cache',
    'p-queue',
    'proxy-agent',
    'write-file-atomic',
    'zod',
    'node:',
  ],
  git: ['git', 'core', 'ports', 'simple-git', 'proxy-agent', 'got', 'zod', 'lru-cache', 'node:'],
  scm: ['scm', 'core', 'ports', 'got', 'zod', 'node:'],
  kube: [
    'kube',
    'core',
    'ports',
    '@kubernetes/client-node',
    'got',
    'p-queue',
    'proxy-agent',
    'yaml',
    'zod',
    'node:',
  ],
  web: ['web', 'core', 'ports', 'hono', '@hono/node-server', 'prom-client', 'zod', 'node:'],
} satisfies Record<string, readonly string[]>;

interface Import {
  readonly from: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

const importLine = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;

async function imports(): Promise<readonly Import[]> {
  const found: Import[] = [];
  for await (const path of glob('**/*.ts', { cwd: source })) {
    const text = readFileSync(join(source, path), 'utf8');
    for (const [, type, statically, dynamically] of text.matchAll(importLine)) {
      const target = statically ?? dynamically ?? '';
      found.push({ from: path, target: resolve(path, target), typeOnly: type !== undefined });
    }
  }
  return found;
}

/** A path below src, or the name of a package or of one of Node's modules. */
function resolve(from: string, target: string): string {
  return target.startsWith('.') ? relative(source, join(source, dirname(from), target)) : target;
}

/** Without comments, which may name anything. */
function codeOf(path: string): string {
  return readFileSync(join(source, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

function layerOf(path: string): string {
  return path.split('/')[0] ?? '';
}

function isAllowed({ from, target, typeOnly }: Import): boolean {
  const layer = layerOf(from);
  if (layer === 'cli' || layer === 'main.ts') return true;
  if (!(layer in allowed)) return false;
  const rules: readonly string[] = allowed[layer as keyof typeof allowed];
  if (target === 'app/ports.ts') return layer === 'app' || (rules.includes('ports') && typeOnly);
  return rules.some((rule) =>
    rule === 'node:' ? target.startsWith(rule) : target === rule || target.startsWith(`${rule}/`),
  );
}

describe('the layers', () => {
  it('import only what the design allows', async () => {
    const found = await imports();

    const wrong = found
      .filter((line) => !isAllowed(line))
      .map(({ from, target }) => `${from} imports ${target}`);

    expect(found.length).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
  });

  it('leave arguments and environment of the process to cli', async () => {
    const readers: string[] = [];
    for await (const path of glob('**/*.ts', { cwd: source })) {
      const text = codeOf(path);
      if (layerOf(path) !== 'cli' && /\bprocess\.(?:env|argv)\b/.test(text)) readers.push(path);
    }

    expect(readers).toEqual([]);
  });

  it('keep time, chance and input out of core', async () => {
    const impure: string[] = [];
    for await (const path of glob('core/**/*.ts', { cwd: source })) {
      const text = codeOf(path);
      if (
        /\bDate\.now\(|\bMath\.random\(|\bprocess\.|\bnew Date\(\)|\bfetch\(|\brandom(?:Bytes|UUID|Int)\b|'node:(?!crypto')/.test(
          text,
        )
      )
        impure.push(path);
    }

    expect(impure).toEqual([]);
  });
});
