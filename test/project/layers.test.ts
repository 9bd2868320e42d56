/** The map of the sources: who may import whom, and how crowded a room may be. */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const source = join(import.meta.dirname, '../../src');

/** Everything below core's root, which is the pipeline itself. */
const coreRooms = [
  'core/base',
  'core/image',
  'core/version',
  'core/strategy',
  'core/yaml',
  'core/documents',
  'core/template',
  'core/tenants',
  'core/config/keys',
  'core/config/state',
  'core/config',
  'core/registries',
  'core/edit',
  'core/edit/override',
  'core/edit/manifests',
  'core/conflicts',
  'core/policy',
  'core/policy/words',
  'core/policy/window',
  'core/policy/read',
  'core/policy/holds',
  'core/policy/memory',
  'core/policy/age',
  'core/policy/health',
  'core/policy/rollback',
  'core/policy/rollback/lines',
  'core/policy/stage',
  'core/decide',
];

/** What policies are about; no policy reads files or plans writes. */
const policyGround = [
  'core/base',
  'core/image',
  'core/version',
  'core/strategy',
  'core/tenants',
  'core/config',
  'core/config/keys',
  'core/policy',
];

/**
 * One row a room: the rooms, packages and modules of Node that its files may import beside one another. `types:`
 * before a room allows its types only. A row of `cli` is about order alone: cli wires everything.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'core/base': [],
  'core/image': ['core/base'],
  'core/version': ['core/base', 'semver', 're2js'],
  'core/strategy': ['core/base', 'core/version'],
  'core/yaml': ['core/base', 'yaml'],
  'core/documents': ['core/base', 'yaml'],
  'core/template': ['core/base'],
  'core/tenants': ['core/base', 'core/version', 're2js'],
  'core/config/keys': ['core/base', 'core/image', 'core/version', 'core/template', 'core/yaml'],
  'core/config/state': ['core/base', 'core/version'],
  'core/config': [
    'core/config/state',
    'core/base',
    'core/config/keys',
    'core/image',
    'core/version',
    'core/strategy',
    'core/template',
    'core/tenants',
    'core/yaml',
    'zod',
  ],
  'core/registries': [
    'core/base',
    'core/image',
    'core/version',
    'core/yaml',
    'core/config',
    'core/config/keys',
    'zod',
  ],
  'core/edit': ['core/base', 'core/image', 'core/yaml', 'core/config', 'core/config/keys'],
  'core/edit/override': ['core/base', 'core/image', 'core/yaml', 'core/config', 'core/edit'],
  'core/edit/manifests': ['core/base', 'core/image', 'core/yaml', 'core/config', 'core/edit', 're2js'],
  'core/conflicts': ['core/base', 'core/image', 'core/config', 'core/edit'],
  'core/policy': ['core/policy/memory', 'core/base', 'core/version', 'core/strategy'],
  'core/policy/words': policyGround,
  'core/policy/window': [...policyGround, 'core/yaml', 'core/registries', 'core/policy/words'],
  'core/policy/read': [
    ...policyGround,
    'core/yaml',
    'core/policy/words',
    'core/policy/window',
    'core/policy/holds',
  ],
  'core/policy/holds': [...policyGround, 'core/policy/words', 'core/yaml', 'core/registries'],
  'core/policy/memory': [...policyGround, 'node:crypto'],
  'core/policy/age': [...policyGround, 'core/policy/memory'],
  'core/policy/health': [...policyGround, 'core/policy/memory', 'core/config/state', 'node:crypto'],
  'core/policy/rollback/lines': [...policyGround, 'core/policy/memory', 'node:crypto'],
  'core/policy/rollback': [...policyGround, 'core/policy/rollback/lines'],
  'core/policy/stage': [
    ...policyGround,
    'core/policy/window',
    'core/policy/memory',
    'core/policy/age',
    'core/policy/health',
    'core/policy/rollback',
  ],
  'core/decide': [
    'core/base',
    'core/image',
    'core/version',
    'core/strategy',
    'core/policy',
    'core/policy/stage',
    'core/registries',
    'core/config',
    'core/config/keys',
    'core/edit',
    'core/edit/manifests',
  ],
  core: [...coreRooms, 'zod', 'node:crypto'],
  'core/report': ['core', ...coreRooms, 'diff'],
  ports: ['types:core'],
  'net/words': ['core/base', 'node:'],
  'net/in-flight': ['core/base', 'ports'],
  'net/disk': ['node:'],
  net: [
    'net/words',
    'net/in-flight',
    'core/base',
    'ports',
    'got',
    'http-proxy-agent',
    'https-proxy-agent',
    'lru-cache',
    'p-queue',
    'socks-proxy-agent',
    'node:',
  ],
  identity: ['net', 'core/base', 'ports', 'lru-cache', 'zod', 'node:'],
  'app/repository': ['core', 'ports', 'node:'],
  'app/read': ['app/repository', 'core', 'ports', 'node:'],
  'app/write/branch': ['app/read', 'app/repository', 'core', 'ports', 'node:'],
  'app/write': ['app/write/branch', 'app/read', 'app/repository', 'core', 'ports', 'node:'],
  'app/decide': ['app/read', 'core', 'ports'],
  'app/leader': ['core', 'ports'],
  'app/trigger': ['core', 'ports'],
  'app/tell': ['app/repository', 'core', 'ports'],
  'app/memory': ['core', 'ports'],
  'app/policy/judge': ['app/memory', 'app/repository', 'core', 'ports'],
  'app/policy/facts': ['app/memory', 'app/policy/judge', 'core', 'ports'],
  'app/policy/rollback': ['app/policy/judge', 'app/read', 'app/repository', 'core', 'ports'],
  'app/policy/together': ['app/policy/judge', 'app/policy/facts', 'core', 'ports'],
  'app/policy': [
    'app/memory',
    'app/policy/judge',
    'app/policy/facts',
    'app/policy/together',
    'app/policy/rollback',
    'app/read',
    'app/repository',
    'core',
    'ports',
  ],
  app: [
    'app/memory',
    'app/policy',
    'app/policy/judge',
    'app/policy/together',
    'app/decide',
    'app/read',
    'app/repository',
    'app/tell',
    'app/trigger',
    'app/write',
    'core',
    'ports',
    'node:',
  ],
  'registry/pace': ['core/base', 'ports', 'lru-cache', 'node:'],
  'registry/requests': ['registry/pace', 'net', 'core', 'ports', 'lru-cache', 'node:'],
  'registry/access': [
    'registry/requests',
    'registry/pace',
    'net',
    'identity',
    'core',
    'ports',
    'lru-cache',
    'zod',
    'node:',
  ],
  'registry/image': [
    'registry/requests',
    'registry/access',
    'net',
    'core',
    'ports',
    'lru-cache',
    'zod',
    'node:',
  ],
  'registry/dating': [
    'registry/requests',
    'registry/access',
    'registry/image',
    'net',
    'core',
    'ports',
    'node:',
  ],
  registry: [
    'registry/pace',
    'registry/requests',
    'registry/access',
    'registry/image',
    'registry/dating',
    'net',
    'core',
    'ports',
    'http-link-header',
    'node:',
  ],
  'git/process': ['net', 'core', 'ports', 'simple-git', 'node:'],
  'git/login': ['git/process', 'identity', 'net', 'core', 'ports', 'zod', 'node:'],
  'git/mirror': ['git/process', 'core', 'ports', 'node:'],
  'git/session': ['git/process', 'git/mirror', 'git/login', 'net', 'core', 'ports', 'node:'],
  'git/past': ['git/session', 'git/mirror', 'core', 'ports'],
  git: [
    'git/past',
    'git/past',
    'git/session',
    'git/process',
    'git/mirror',
    'git/login',
    'identity',
    'net',
    'core',
    'ports',
    'lru-cache',
    'node:',
  ],
  'kube/api': ['net', 'core', 'ports', '@kubernetes/client-node', 'p-queue', 'yaml', 'zod', 'node:'],
  'kube/updaters': ['kube/api', 'net', 'core', 'ports'],
  'kube/maps': ['kube/api', 'core'],
  'kube/memory': ['kube/api', 'kube/maps', 'net/disk', 'core', 'ports'],
  kube: [
    'kube/maps',
    'kube/memory',
    'kube/api',
    'kube/updaters',
    'net',
    'core',
    'ports',
    'p-queue',
    'yaml',
    'zod',
    'node:',
  ],
  'kube/argocd': ['kube', 'kube/api', 'net', 'core', 'ports', 'p-queue', 'zod', 'node:'],
  'kube/files': ['kube', 'kube/api', 'core', 'ports', 'p-queue', 'yaml', 'zod', 'node:'],
  'web/webhook/senders': ['web/webhook', 'core/base', 'ports', 'zod', 'node:'],
  'web/webhook': ['core/base', 'ports', 'zod', 'node:'],
  'web/status': [
    'net/words',
    'core',
    'core/base',
    'core/config',
    'core/image',
    'core/report',
    'ports',
    'lru-cache',
    'zod',
  ],
  'web/page': ['web/status', 'hono'],
  web: [
    'web/status',
    'web/page',
    'web/webhook',
    'web/webhook/senders',
    'net',
    'core',
    'ports',
    'hono',
    '@hono/node-server',
    'prom-client',
    'zod',
    'node:',
  ],
};

/** A file that imports more files than this, types too, knows too much, unless wiring is all that it does. */
const maxFanOut = 12;

/** Files that wire, each with what it puts together. */
const compositionRoots: Readonly<Record<string, string>> = {
  'app/cycle-policies.ts': 'policies of a cycle: the ports that they read',
  'app/policy/policy-facts.ts': 'policies of a cycle: what is set, remembered and known',
  'app/policy/open-judges.ts': 'policies of a cycle: who judges by the facts',
  'app/policy/kept-policies.ts': 'policies of all cycles: what they keep',
  'app/policy/rollback/open-rollbacks.ts': 'rollbacks of a cycle: histories, objects, and who asks them',
  'app/policy/open-policies.ts': 'policies of a cycle: facts, judges, and what is asked of them',
  'app/world.ts': 'the ports, and what the user wants of all cycles',
  'app/process.ts': 'what all Applications of a cycle share, and the stages that they go through',
  'cli/commands.ts': 'the commands',
  'cli/flags/commands/run-flags.ts': 'the flags of run, one file a group',
  'cli/run/start.ts': 'the daemon: settings, world, cycles, readers, logs',
  'cli/trial/test.ts': 'the command test: settings, registry, decision, output',
  'cli/explain/explain.ts': 'the command explain: flags, rehearsal, explanation, output',
  'cli/hold/rollback.ts': 'the command rollback: flags, target, record, cycle, output',
  'cli/hold/open-writing.ts': 'what a command writes with: settings, files, world, cycles',
  'cli/hold/resume.ts': 'the command resume: flags, rehearsal, change, output',
  'cli/history/history.ts': 'the command history: flags, world, branches, output',
  'cli/plan/plan.ts': 'the command plan: flags, rehearsal, document, four outputs',
  'cli/rehearse/rehearse.ts': 'one cycle without writes: settings, world, cycle',
  'cli/validate/validate.ts': 'the command validate: inputs, checks, five outputs',
  'cli/world/world.ts': 'the ports: one adapter for each',
  'core/file-tasks.ts': 'the tasks of the file thread, one function each',
  'git/git.ts': 'the Git edge: mirrors, logins, sessions, repositories',
  'kube/argocd/argocd-api.ts': 'the port to a cluster over the API of Argo CD',
  'kube/cluster.ts': 'the port to a cluster over its own API',
  'kube/files/files.ts': 'the port to manifest files',
  'registry/client.ts': 'the registry edge: what all cycles share',
  'web/webhook/senders/senders.ts': 'the list of senders',
};

/** Circles that are still there; nothing may join them. */
const knownCircles: readonly string[] = [];
const knownImports: readonly string[] = [];

interface Import {
  readonly from: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

const importLine = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;

async function readImports(): Promise<readonly Import[]> {
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

const isSource = (path: string): boolean => path.endsWith('.ts');
/** What Node starts: the program, and the thread of its own that it has. */
const entries = ['main.ts', 'file-worker.ts'];
const isWiring = (path: string): boolean => entries.includes(path) || path.startsWith('cli/');

function isAllowed({ from, target, typeOnly }: Import): boolean {
  const room = dirname(from);
  if (isWiring(from)) return true;
  const rules = allowed[room] ?? [];
  const place = isSource(target) ? dirname(target) : target;
  return (
    place === room ||
    rules.some((rule) => {
      if (rule.startsWith('types:')) return typeOnly && isBelow(place, rule.slice('types:'.length));
      if (rule === 'net' || (rule === 'core' && room !== 'core/report')) return isBelow(place, rule);
      return rule === 'node:' ? target.startsWith(rule) : place === rule || isPackagePart(target, rule);
    })
  );
}

const isBelow = (place: string, room: string): boolean => place === room || place.startsWith(`${room}/`);
const isPackagePart = (target: string, rule: string): boolean =>
  !isSource(target) && target.startsWith(`${rule}/`);

/** Groups of nodes that reach one another, each sorted and joined. */
function circles(edges: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const reach = new Map([...edges.keys()].map((node) => [node, reachable(edges, node)]));
  const found = new Set<string>();
  for (const [node, reached] of reach) {
    if (!reached.has(node)) continue;
    const members = [...reached].filter((other) => reach.get(other)?.has(node));
    found.add(members.toSorted().join(' ↔ '));
  }
  return [...found].toSorted();
}

function reachable(edges: ReadonlyMap<string, ReadonlySet<string>>, start: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [...(edges.get(start) ?? [])];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    waiting.push(...(edges.get(node) ?? []));
  }
  return seen;
}

function edgesOf(found: readonly Import[], nodeOf: (path: string) => string): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  for (const { from, target } of found) {
    if (!isSource(target)) continue;
    const [a, b] = [nodeOf(from), nodeOf(target)];
    if (a === b) continue;
    edges.set(a, (edges.get(a) ?? new Set()).add(b));
  }
  return edges;
}

function fanOut(lines: readonly Import[]): number {
  return new Set(lines.map(({ target }) => target).filter(isSource)).size;
}

describe('the layers', () => {
  let found: readonly Import[] = [];
  beforeAll(async () => {
    found = await readImports();
  });

  it('import only what the design allows', () => {
    const wrong = found
      .filter((line) => !isAllowed(line))
      .map(({ from, target }) => `${from} imports ${target}`)
      .filter((line) => !knownImports.includes(line));

    expect(found.length).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
  });

  it('have no circle, neither of rooms nor of files', () => {
    const all = [...circles(edgesOf(found, dirname)), ...circles(edgesOf(found, (path) => path))];

    expect(all.filter((circle) => !knownCircles.includes(circle))).toEqual([]);
  });

  it('have no file that imports more than twelve others, but for those that only wire', () => {
    const imports = Map.groupBy(found, ({ from }) => from);
    const wide = [...imports]
      .filter(([, lines]) => fanOut(lines) > maxFanOut)
      .map(([path]) => path)
      .toSorted();

    expect(wide.filter((path) => !(path in compositionRoots))).toEqual([]);
  });

  it('have no room with more than 16 files', async () => {
    const files = new Map<string, number>();
    for await (const path of glob('**/*.ts', { cwd: source }))
      files.set(dirname(path), (files.get(dirname(path)) ?? 0) + 1);

    expect([...files].filter(([, count]) => count > 16)).toEqual([]);
  });

  it('leave arguments and environment of the process to cli', async () => {
    const readers: string[] = [];
    for await (const path of glob('**/*.ts', { cwd: source })) {
      if (!path.startsWith('cli/') && /\bprocess\.(?:env|argv)\b/.test(codeOf(path))) readers.push(path);
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
