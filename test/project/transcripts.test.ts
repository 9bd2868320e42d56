/** What the documentation shows of a terminal is what the program prints. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exampleHost, type RehearsalScene, startRehearsal } from '../cli/rehearsal-scene.ts';
import { runInProcess } from '../cli/start-program.ts';
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

/** Slips of one Application. */
const mistaken = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  annotations:
    argocd-image-updater.argoproj.io/image-list: |
      web=${image}:~2.1,
      api=${exampleHost}/acme/API:1.x
    argocd-image-updater.argoproj.io/imagelist: api=${exampleHost}/acme/api
    argocd-image-updater.argoproj.io/web.update-strategy: newest
    argocd-image-updater.argoproj.io/write-back-method: git
    argocd-image-updater.argoproj.io/write-back-target: values.yaml
spec:
  source: {repoURL: https://git.example.com/acme/deploy.git, path: apps/shop, helm: {}}
`;

const documents = ['README.md', 'docs/commands.md', 'docs/validate.md'] as const;
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

    const { stdout, stderr } =
      name === 'validate'
        ? await runInProcess([name, ...words.map((word) => scene.file(word, mistaken))])
        : await scene.run(name, ...words.filter((word) => !isPlace(word)));

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
function steady(text: string, { folder, git, registry }: RehearsalScene): string {
  return text
    .replaceAll(`${folder}/`, '')
    .replaceAll(`${git.url}/deploy.git`, 'https://git.example.com/acme/deploy.git')
    .replaceAll(`${git.url}/deploy`, 'https://git.example.com/acme/deploy')
    .replaceAll(registry.url, `https://${exampleHost}`)
    .replaceAll(/\b\d+\.\d s\b/g, '0.4 s')
    .replaceAll(/\basked \d+ s ago\b/g, 'asked 0 s ago');
}
