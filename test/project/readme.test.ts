/** The documentation knows all that the program knows, and nothing that it does not. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeCommands } from '../../src/cli/commands.ts';
import { parseRegistriesConf } from '../../src/core/registries/registries.ts';
import {
  anchors,
  codeBlocks,
  documents,
  everything,
  inlineCode,
  links,
  readText,
  root,
  section,
  tableRows,
} from './markdown.ts';

const commands = makeCommands(() => Promise.resolve(0));
const configuration = readText('docs/configuration.md');

describe('the set-up section', () => {
  it('has exactly two commands, the demo and the tests', () => {
    const blocks = codeBlocks(section(readText('README.md'), 'Set up'));

    expect(blocks).toEqual([
      { info: 'sh', text: 'npm ci && npm run demo\n' },
      { info: 'sh', text: 'npm ci && npm test\n' },
    ]);
  });

  it('says that warnings of npm are expected', () => {
    expect(section(readText('README.md'), 'Set up')).toContain('EBADENGINE');
  });
});

describe('the reference', () => {
  it('names every key of the ConfigMap and the Secret that the Deployment reads', () => {
    const deployment = readText('manifests/base/deployment.yaml');
    const keys = Array.from(deployment.matchAll(/^\s+(?:- )?key: (\S+)$/gm), ([, key = '']) => key);

    const missing = keys.filter((key) => !configuration.includes(`\`${key}\``));

    expect(keys.length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  });

  it('names the keys of registries.conf that its parser takes', () => {
    const rows = tableRows(section(configuration, 'registries.conf'));
    const keys = rows.flatMap(([cell = '']) => inlineCode(cell));
    const entry = { name: 'A', api_url: 'https://a.example' };
    const unknown = keys.filter((key) => !(key in entry)).filter((key) => isUnknown(key, entry));
    const code = readText('src/core/registries/registry-entry.ts');
    const read = Array.from(code.matchAll(/fields\.(?!report)\w+\('(\w+)'\)/g), ([, key = '']) => key);

    expect(unknown).toEqual([]);
    expect(keys.toSorted()).toEqual([...new Set(read)].toSorted());
  });

  it('names the fields of repository Secrets', () => {
    const code = readText('src/git/login/repository-secret.ts');
    const fields = Array.from(
      code.split('/** Texts are')[0]?.matchAll(/^ {2}'(\w+)',$/gm) ?? [],
      ([, field = '']) => field,
    );

    const missing = fields.filter((field) => !readText('docs/credentials.md').includes(field));

    expect(fields).toContain('sshPrivateKey');
    expect(missing).toEqual(['forceHttpBasicAuth']); // without effect: credentials are always sent up front
  });

  it('quotes messages and log lines that the program has', () => {
    const rows = tableRows(readText('docs/troubleshooting.md'));
    const quoted = rows.flatMap(([first = '', second = '']) =>
      inlineCode(first.includes('`') ? first : second),
    );

    const unknown = quoted.filter((message) => fragments(message).some((text) => !sources.includes(text)));

    expect(quoted.length).toBeGreaterThan(60);
    expect(unknown).toEqual([]);
  });
});

describe('the documentation', () => {
  it('mentions only flags that there are', () => {
    const known = new Set(commands.flatMap(({ flags }) => Object.keys(flags)));
    const foreign = new Set(['docker-server', 'region', 'set', 'type']); // of kubectl, aws and helm

    // lines of programs that have flags of their own
    const ours = everything().replaceAll(/^ *(?:helm|gcloud|kubectl) (?:.*\\\n)*.*$/gm, '');
    const flags = Array.from(ours.matchAll(/(?<![\w-])--([a-z][a-z0-9-]+)/g), ([, name = '']) => name);

    const isBegun = (name: string) => name.endsWith('-') && [...known].some((flag) => flag.startsWith(name));
    expect(flags.filter((name) => !known.has(name) && !foreign.has(name) && !isBegun(name))).toEqual([]);
  });

  it('mentions only commands that there are', () => {
    const names = new Set([...commands.map(({ name }) => name), 'help']);
    const text = everything();
    const program = text.matchAll(/(?:`tidewaiter|npm start --) ([a-z]+)/g);
    const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };

    const unknown = Array.from(program, ([, name = '']) => name).filter((name) => !names.has(name));
    const unknownScripts = Array.from(text.matchAll(/npm run ([\w:]+)/g), ([, name = '']) => name).filter(
      (name) => !(name in scripts),
    );

    expect([...unknown, ...unknownScripts]).toEqual([]);
  });

  it('lists every command', () => {
    const missing = commands.filter(({ name }) => !configuration.includes(`\`tidewaiter ${name}`));

    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('mentions only files that there are', () => {
    const paths = inlineCode(everything()).filter((text) =>
      /^(?:src|test|docs|manifests|scripts|bin)\/[\w./-]*$/.test(text),
    );

    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it.each(documents)('%s has only links that lead somewhere', (document) => {
    const broken = links(readText(document)).filter((target) => {
      if (target.startsWith('https://')) return false;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? document : join(dirname(document), path);
      if (!existsSync(join(root, file))) return true;
      return anchor !== undefined && !anchors(readText(file)).has(anchor);
    });

    expect(broken).toEqual([]);
  });

  it('shows no host but examples, public standards, and Docker Hub', () => {
    const allowed = [
      /(?:^|\.)example(?:\.com)?(?::\d+)?$/,
      /^(?:127\.0\.0\.1:8081|argo-cd\.readthedocs\.io|github\.com|registry-1\.docker\.io|www\.googleapis\.com|kubernetes\.default\.svc)$/,
    ];

    const hosts = Array.from(everything().matchAll(/https?:\/\/([\w.:-]+)/g), ([, host = '']) => host);

    expect(hosts.filter((host) => !allowed.some((pattern) => pattern.test(host)))).toEqual([]);
  });
});

function isUnknown(key: string, entry: Readonly<Record<string, string>>): boolean {
  const lines = Object.entries(entry).map(([name, value]) => `  ${name}: ${value}`);
  const parsed = parseRegistriesConf(`registries:\n-\n${lines.join('\n')}\n  ${key}: 1\n`);
  return !parsed.ok && parsed.failure.message.includes('unknown key');
}

/** All texts of the program, with literals that are added up as one. */
const sources = globSync('src/**/*.ts', { cwd: root })
  .map((path) => readFileSync(join(root, path), 'utf8'))
  .join('\n')
  .replaceAll(/['"`]\s*\+\s*['"`]/g, '')
  .replaceAll("\\'", "'");

/** The fixed parts of a quoted message: an ellipsis stands for what varies, HTTP statuses have Node's words. */
function fragments(message: string): readonly string[] {
  return message
    .replaceAll(/\b[1-5]\d\d [a-z ]+/g, '…')
    .split('…')
    .map((text) => text.replaceAll(/^[\s:]+|[\s:]+$/g, ''))
    .filter((text) => text.length > 2);
}
