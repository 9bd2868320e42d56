/** What the documentation shows of a terminal is what the program prints. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exampleHost, type RehearsalScene, startRehearsal } from '../cli/rehearsal-scene.ts';
import { codeBlocks, readText, root } from './markdown.ts';

const image = `${exampleHost}/acme/web`;
const values = (tag: string) => `image:\n  name: ${image}\n  tag: "${tag}" # kept\n`;

const files = {
  'apps/shop/Chart.yaml': 'name: shop\n',
  'apps/shop/values.yaml': values('2.1.4'),
  'apps/pay/Chart.yaml': 'name: pay\n',
  'apps/pay/values.yaml': values('2.2.0'),
  'apps/crm/Chart.yaml': 'name: crm\n',
  'apps/crm/values.yaml': values('1.4.0'),
  'apps/docs/Chart.yaml': 'name: docs\n',
  'apps/docs/values.yaml': values('2.1.5'),
};

const dates = {
  '2.1.0': '2024-01-02T10:00:00Z',
  '2.1.4': '2024-01-03T10:00:00Z',
  '2.1.5': '2024-01-04T10:00:00Z',
  '2.2.0': '2024-01-05T10:00:00Z',
  '2.2.0-rc.1': '2024-01-05T09:00:00Z',
  latest: '2024-01-05T10:00:00Z',
};

async function startScene(): Promise<RehearsalScene> {
  const scene = await startRehearsal(files);
  for (const [tag, created] of Object.entries(dates)) scene.registry.push('acme/web', tag, { created });
  const shared = { 'write-back-method': 'git', 'write-back-target': 'helmvalues' };
  const add = (name: string, annotations: Readonly<Record<string, string>>, namespace = 'argocd') =>
    scene.app(name, { ...shared, ...annotations }, { namespace, path: `apps/${name}` });
  add('shop', { 'image-list': `web=${image}:~2.1`, 'ignore-tags': '*-rc*' });
  add('pay', { 'image-list': `web=${image}:~2.1` });
  add('docs', { 'image-list': `web=${image}:~2.1` });
  add('crm', { 'image-list': `web=${exampleHost}/acme/wbe:1.x` }, 'team-a');
  return scene;
}

const documents = ['README.md', 'docs/commands.md'] as const;
const transcripts = documents.flatMap((document) =>
  codeBlocks(readText(document))
    .filter(({ info }) => info === 'console')
    .map(({ text }) => {
      const [first = '', ...lines] = text.split('\n');
      return { document, text, command: first.replace(/^\$ tidewaiter /, ''), output: lines.join('\n') };
    }),
);

describe('transcripts', () => {
  it.each(transcripts)('$document: $command', async ({ document, text, command, output }) => {
    const scene = await startScene();
    const [name = '', ...words] = command.split(' ');

    const { stdout, stderr } = await scene.run(name, ...words.filter((word) => !isPlace(word)));

    const printed = steady(`${stdout}${stderr}`, scene);
    if (isWriting) write(document, text, `$ tidewaiter ${command}\n${printed}`);
    else expect(printed).toBe(output);
  });
});

/** With TIDEWAITER_TRANSCRIPTS=write the documents get what is printed now. */
const isWriting = process.env['TIDEWAITER_TRANSCRIPTS'] === 'write';

function write(document: string, before: string, after: string): void {
  const text = readText(document);
  writeFileSync(
    join(root, document),
    text.replace(`\`\`\`console\n${before}`, () => `\`\`\`console\n${after}`),
  );
}

/** `--applications my-apps`: the files of the scene. */
function isPlace(word: string): boolean {
  return word === '--applications' || word === 'my-apps';
}

/** Addresses and times as documents have them. */
function steady(text: string, { git, registry }: RehearsalScene): string {
  return text
    .replaceAll(`${git.url}/deploy.git`, 'https://git.example.com/acme/deploy.git')
    .replaceAll(`${git.url}/deploy`, 'https://git.example.com/acme/deploy')
    .replaceAll(registry.url, `https://${exampleHost}`)
    .replaceAll(/\b\d+\.\d s\b/g, '0.4 s')
    .replaceAll(/\basked \d+ s ago\b/g, 'asked 0 s ago');
}
