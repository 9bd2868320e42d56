/** What the documentation shows of a terminal is what the program prints. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { holdCommands } from '../../src/cli/hold/hold-commands.ts';
import { annotationPrefix } from '../../src/core/config/annotations.ts';
import { exampleHost, type RehearsalScene, startRehearsal } from '../cli/rehearsal-scene.ts';
import { runInProcess, startProgram, temporaryFolder } from '../cli/start-program.ts';
import { freePort } from '../fakes/free-port.ts';
import { startKubeApi } from '../fakes/kube-api.ts';
import { aConfigMap, anApplication } from '../kube/fixtures.ts';
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

type AddApplication = (
  name: string,
  annotations: Readonly<Record<string, string>>,
  namespace?: string,
) => void;

async function startScene(holdsBack: boolean): Promise<RehearsalScene> {
  const scene = await startRehearsal(files);
  for (const [tag, created] of Object.entries(dates)) scene.registry.push('acme/web', tag, { created });
  const shared = { 'write-back-method': 'git', 'write-back-target': 'helmvalues' };
  const add: AddApplication = (name, annotations, namespace = 'argocd') =>
    scene.app(name, { ...shared, ...annotations }, { namespace, path: `apps/${name}` });
  (holdsBack ? addHeldBack : addOthers)(add);
  return scene;
}

/** Somebody holds one of them, another one waits. */
function addHeldBack(add: AddApplication): void {
  add('shop', { 'image-list': `web=${image}:~2.1`, hold: 'until=2036-12-01T07:00:00Z reason="bug 42"' });
  add('crm', { 'image-list': `web=${image}:~2.1`, 'min-age': '72h' }, 'team-a');
  add('docs', { 'image-list': `web=${image}:~2.1` });
}

function addOthers(add: AddApplication): void {
  add('shop', { 'image-list': `web=${image}:~2.1`, 'ignore-tags': '*-rc*' });
  add('pay', { 'image-list': `web=${image}:~2.1` });
  add('docs', { 'image-list': `web=${image}:~2.1` });
  add('crm', { 'image-list': `web=${exampleHost}/acme/wbe:1.x` }, 'team-a');
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

const documents = ['README.md', 'docs/commands.md', 'docs/policies.md', 'docs/validate.md'] as const;
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
    const [name = '', ...words] = shellWords(command);
    const scene = await startScene(words.includes('held-apps') || name === 'status');

    const { stdout, stderr } = await shown(scene, name, words);

    const printed = steady(`${stdout}${stderr}`, scene);
    if (isWriting) write(document, text, `$ tidewaiter ${command}\n${printed}`);
    else expect(printed).toBe(output);
  });
});

async function shown(scene: RehearsalScene, name: string, words: readonly string[]) {
  if (name === 'validate') return runInProcess([name, ...words.map((word) => scene.file(word, mistaken))]);
  if (holdCommands.some((command) => command.name === name)) return heldBack(scene, name, words);
  if (name === 'status') return statusOf(scene, words);
  const rest = words.filter((word) => !isPlace(word));
  return name === 'list'
    ? runInProcess([name, `--applications=${join(scene.folder, 'apps')}`, ...rest])
    : scene.run(name, ...rest);
}

/** What a daemon knows after its first cycle. */
async function statusOf({ folder }: RehearsalScene, words: readonly string[]) {
  const port = await freePort();
  const daemon = startProgram(
    [
      'run',
      `--applications=${join(folder, 'apps')}`,
      `--registries-conf-path=${join(folder, 'registries.conf')}`,
      '--git-commit-message-path=',
      '--health-port=0',
      `--metrics-port=${port}`,
    ],
    {},
    { expects: [/min-age: \d tags are first seen now/] },
  );
  onTestFinished(() => daemon.signal('SIGTERM'));
  await daemon.printed('Processing results');
  const told = await runInProcess(['status', `--address=http://127.0.0.1:${port}`, ...words]);
  daemon.signal('SIGTERM');
  await daemon.ended;
  return told;
}

/** Words of a line; those with blanks are in double quotes. */
function shellWords(line: string): readonly string[] {
  return Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, bare = '']) => quoted ?? bare);
}

/** Commands of people, on a cluster in which the earlier ones of the page have been given already. */
async function heldBack({ folder }: RehearsalScene, name: string, words: readonly string[]) {
  const server = await startKubeApi({ objects: [heldApplication, ...(heldBefore[name] ?? [])] });
  onTestFinished(() => server.stop());
  const kubeconfig = server.kubeconfig(join(temporaryFolder(), 'config'));
  const conf = name === 'resume' ? [`--registries-conf-path=${join(folder, 'registries.conf')}`] : [];
  const argv = [name, ...words, '--kubeconfig', kubeconfig, ...conf];
  const { stdout, stderr } = await runInProcess(argv, { USER: 'ann' });
  const now = /since: (?:\\"|")[-0-9T:Z]{20}/g;
  return { stdout: stdout.replaceAll(now, 'since: \\"2036-11-27T22:34:00Z'), stderr };
}

const heldApplication = anApplication('shop', {
  annotations: { [`${annotationPrefix}image-list`]: `web=${image}:~2.1` },
  status: { sourceType: 'Helm', summary: { images: [`${image}:2.1.4`] } },
});

const held = 'hold:\n  until: "2036-12-01T07:00:00Z"\n  reason: bug 42\n  by: ann\n';
const skipped = 'skip:\n  2.1.5: crashes at start\n';
const holdsOf = (data: Readonly<Record<string, string>>) => [aConfigMap('argocd-image-updater-holds', data)];

const heldBefore: Readonly<Record<string, ReturnType<typeof holdsOf>>> = {
  skip: holdsOf({ 'argocd.shop.web': held }),
  resume: holdsOf({ 'argocd.shop.web': held + skipped }),
  freeze: holdsOf({}),
  unfreeze: holdsOf({ freeze: 'reason="incident 7" by=ann' }),
};

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
  return word === '--applications' || word === 'my-apps' || word === 'held-apps';
}

/** Addresses and times as documents have them. */
function steady(text: string, { folder, git, registry }: RehearsalScene): string {
  return text
    .replaceAll(`${folder}/`, '')
    .replaceAll(`${git.url}/deploy.git`, 'https://git.example.com/acme/deploy.git')
    .replaceAll(`${git.url}/deploy`, 'https://git.example.com/acme/deploy')
    .replaceAll(registry.url, `https://${exampleHost}`)
    .replaceAll(/\b\d+\.\d s\b/g, '0.4 s')
    .replaceAll(/\basked \d+ s ago\b/g, 'asked 0 s ago')
    .replaceAll(/^(\w+)  v\S+, up \d+ s$/gm, '$1  v0.1.0, up 14 s')
    .replaceAll(/last cycle \d+ s ago/g, 'last cycle 14 s ago')
    .replaceAll(/next in [\d a-z]+$/gm, 'next in 1 min 46 s')
    .replaceAll(/\(for \d+ s\)/g, '(for 14 s)')
    .replaceAll(/(?<=(?:held|waiting) +)\d+ s\b/g, '9 s')
    .replaceAll(/first seen \d+s ago/g, 'first seen 0s ago')
    .replaceAll(/its age, in \S+/g, 'its age, in 72h')
    .replaceAll(/(?<=until |come at )(?!2036)\d{4}-\d\d-\d\d \d\d:\d\d(?= UTC)/g, '2036-11-30 22:34')
    .replaceAll(/(?<=since )\d{4}-\d\d-\d\d \d\d:\d\d(?= UTC)/g, '2036-11-27 22:34');
}
