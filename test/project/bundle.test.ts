/** The bundle, against what only a bundle can get wrong. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { problemsOfBundle } from '../../scripts/bundle-problems.ts';
import { sourceStack } from '../../src/cli/log/source-stack.ts';
import { bundleProgram } from '../bench/bundle.ts';
import { startProgram } from '../cli/start-program.ts';
import { type FakeRegistry, startFakeRegistry } from '../fakes/registry.ts';

let folder = '';
let launcher = '';

beforeAll(() => {
  const root = mkdtempSync(join(tmpdir(), 'tidewaiter-bundle-'));
  launcher = bundleProgram(root);
  folder = join(root, 'dist');
});

/** All that ships, by name. */
function shippedFiles(): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}

/** A made-up bundle of one file of a package. */
function problemsOf(code: string, output = code): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'tidewaiter-bundle-'));
  writeFileSync(join(root, 'input.js'), code);
  writeFileSync(join(root, 'output.js'), output);
  const part = { bytesInOutput: code.length };
  return problemsOfBundle(root, {
    inputs: { 'input.js': { bytes: code.length, imports: [] } },
    outputs: {
      'output.js': { bytes: output.length, inputs: { 'input.js': part }, imports: [], exports: [] },
    },
  });
}

describe('fault H1: a build', () => {
  it.each([
    '__filename',
    '__dirname',
    "require.resolve('x')",
    'require.main === module',
    "new Worker('./w.js')",
    'import.meta.url',
  ])('fails where a file that goes into it uses %s', (code) => {
    expect(problemsOf(`f(${code})`)).toEqual([expect.stringMatching(/^input\.js: uses /)]);
  });

  it('fails where what comes out is not ASCII', () => {
    expect(problemsOf('f()', 'const unit = "µs"')).toEqual([
      expect.stringMatching(/^output\.js: other than ASCII at .*µs/),
    ]);
  });

  it('takes what is neither', () => {
    expect(problemsOf("import('x')")).toEqual([]);
  });
});

describe('fault H1: the bundle', () => {
  it('is kept by V8 in one byte per character', () => {
    const programs = shippedFiles().filter((name) => name.endsWith('.js'));

    expect(programs.length).toBeGreaterThan(3);
    for (const name of programs) expect(readFileSync(join(folder, name), 'latin1')).not.toMatch(/[^\0-\x7f]/);
  });

  it('imports no module of Node by a statement, which would make everything that it exports', () => {
    const programs = shippedFiles().filter((name) => name.endsWith('.js'));
    const statements = programs.flatMap((name) =>
      [...readFileSync(join(folder, name), 'latin1').matchAll(/\bfrom ?["'](?:node:)?[a-z0-9_/]+["']/g)].map(
        String,
      ),
    );

    expect(new Set(statements)).toEqual(new Set(["from 'node:module'"])); // for require itself
  });

  it('brings the licences of what is in it', () => {
    const notices = readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8');

    for (const name of ['got', 'yaml', 'zod', 'commander', 'simple-git', 'pino'])
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((?:MIT|ISC|Apache-2\\.0)\\)$`, 'm'));
    expect(notices.match(/Permission is hereby granted/g)?.length).toBeGreaterThan(10);
  });

  it('tells places of its sources in stacks', () => {
    const script = join(folder, 'main.js');
    const lines = readFileSync(script, 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes('unknown command'));
    const column = lines[line]?.indexOf('unknown command') ?? 0;

    const stack = sourceStack(`Error: x\n    at f (file://${script}:${line + 1}:${column + 1})`);

    expect(stack).toMatch(/^Error: x\n {4}at f \(\S*(?:src|node_modules)\/\S+:\d+:\d+\)$/);
    expect(sourceStack('at f (file:///nowhere/main.js:1:2)')).toBe('at f (file:///nowhere/main.js:1:2)');
  });

  it('knows after kill -9 and a restart what it has found out: no manifest is asked for twice', async () => {
    const registry = await startRegistry();
    const work = mkdtempSync(join(tmpdir(), 'tidewaiter-restart-'));
    const argv = daemonArguments(work, registry.url);
    const first = startProgram(argv, {}, { script: launcher, expects: [/^/] });
    const saved = join(work, 'cache', 'registry', 'registry-facts.json');
    for (let cycles = 1; !existsSync(saved); cycles += 1) await first.printed('Processing results', cycles);
    first.signal('SIGKILL');
    await first.ended;
    expect(manifestsAsked(registry)).toBeGreaterThanOrEqual(tags);
    const asked = registry.requests.length;

    const second = startProgram(argv, {}, { script: launcher, expects: [/^/] });
    await second.printed('Processing results');
    second.signal('SIGTERM');
    await second.ended;

    expect(registry.requests.length).toBeGreaterThan(asked);
    expect(manifestsAsked(registry, asked)).toBe(0);
  });
});

const tags = 12;

async function startRegistry(): Promise<FakeRegistry> {
  const registry = await startFakeRegistry();
  onTestFinished(() => registry.close());
  for (let i = 0; i < tags; i += 1) {
    const created = new Date(Date.UTC(2024, 0, i + 1)).toISOString();
    registry.push('acme/web', `main-${i}`, { created });
  }
  return registry;
}

/** GETs of manifests and configs since a request; HEAD is how a known tag is looked at. */
function manifestsAsked({ requests }: FakeRegistry, since = 0): number {
  return requests
    .slice(since)
    .filter(({ method, path }) => method === 'GET' && /\/(?:manifests|blobs)\//.test(path)).length;
}

function daemonArguments(work: string, registryUrl: string): readonly string[] {
  const annotations = {
    'argocd-image-updater.argoproj.io/image-list': 'web=reg.test/acme/web',
    'argocd-image-updater.argoproj.io/web.update-strategy': 'newest-build',
  };
  const source = { repoURL: 'https://git.test/x', path: 'x' };
  const application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'web', namespace: 'argocd', annotations },
    spec: { source },
    status: { sourceType: 'Kustomize', summary: { images: ['reg.test/acme/web:main-0'] } },
  };
  writeFileSync(join(work, 'web.json'), JSON.stringify(application));
  const registries = [{ name: 'test', prefix: 'reg.test', api_url: registryUrl }];
  writeFileSync(join(work, 'registries.conf'), JSON.stringify({ registries }));
  return [
    'run',
    '--dry-run',
    '--interval=50ms',
    '--health-port=0',
    '--metrics-port=0',
    `--applications=${join(work, 'web.json')}`,
    `--registries-conf-path=${join(work, 'registries.conf')}`,
    `--cache-dir=${join(work, 'cache')}`,
  ];
}
