/** A cluster, a real registry and a real Git server, for stories in which several commands follow one another. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { holdCommands } from '../../src/cli/hold/hold-commands.ts';
import { annotationPrefix } from '../../src/core/config/annotations.ts';
import { makeBareRepository } from '../fakes/bare-repository.ts';
import { startDockerRegistry } from '../fakes/docker-registry.ts';
import { startGitServer } from '../fakes/git-http.ts';
import { makeImage } from '../fakes/image-content.ts';
import { type ObjectSeed, startKubeApi } from '../fakes/kube-api.ts';
import type { JsonObject } from '../fakes/kube/json.ts';
import { anApplication, aSecret } from '../kube/fixtures.ts';
import { runInProcess, temporaryFolder } from './start-program.ts';

export interface Story {
  /** Annotations by Application, without prefix. */
  readonly apps: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Tags by repository below `acme`. */
  readonly tags: Readonly<Record<string, readonly string[]>>;
  /** What each Application has in Git, and runs: `web:2.1.4`. */
  readonly runs: Readonly<Record<string, string>>;
}

export interface StoryScene {
  readonly run: (...words: readonly string[]) => Promise<string>;
  readonly push: (repository: string, tag: string) => Promise<void>;
  /** A person takes the newest commit back. */
  readonly revert: () => void;
  /** Argo CD has deployed what Git holds some minutes ago, after which the Application became Degraded. */
  readonly degrade: (app: string, image: string) => void;
  /** The Application has these annotations now, and no others. */
  readonly annotate: (app: string, own: Readonly<Record<string, string>>) => void;
  /** Addresses and times as documents have them. */
  readonly steady: (text: string) => string;
}

const host = 'registry.example.com';

export async function startStory({ apps, tags, runs }: Story): Promise<StoryScene> {
  const folder = temporaryFolder();
  const bare = join(folder, 'git/deploy.git');
  mkdirSync(join(folder, 'git'));
  const files = Object.entries(runs).flatMap(([app, image]) => {
    const [name = '', tag = ''] = image.split(':');
    const values = `image:\n  name: ${host}/acme/${name}\n  tag: "${tag}"\n`;
    return [
      [`apps/${app}/Chart.yaml`, `name: ${app}\n`],
      [`apps/${app}/values.yaml`, values],
    ] as const;
  });
  await makeBareRepository(bare, Object.fromEntries(files));
  const git = await startGitServer({ root: join(folder, 'git') });
  onTestFinished(() => git.close());
  const registry = await startDockerRegistry();
  onTestFinished(() => registry.close());
  const push = async (repository: string, tag: string): Promise<void> => {
    const image = makeImage({ comment: `${repository}:${tag}` });
    await registry.push(`acme/${repository}`, { ...image, tags: { [tag]: image.digest } });
  };
  for (const [repository, own] of Object.entries(tags)) for (const tag of own) await push(repository, tag);
  const conf = join(folder, 'registries.conf');
  writeFileSync(conf, JSON.stringify({ registries: [{ name: host, prefix: host, api_url: registry.url }] }));
  const url = `${git.url}/deploy.git`;
  const objects = Object.entries(apps).map(([name, own]) => application(name, own, url, runs[name] ?? ''));
  const login = { url, username: 'u', password: 'p' };
  const secret = aSecret('repo', login, { 'argocd.argoproj.io/secret-type': 'repository' });
  const server = await startKubeApi({ objects: [...objects, secret] });
  onTestFinished(() => server.stop());
  const kubeconfig = server.kubeconfig(join(folder, 'config'), { namespace: 'argocd' });
  const cycleFlags = [
    '--argocd-namespace=argocd',
    `--registries-conf-path=${conf}`,
    '--git-commit-message-path=',
    `--cache-dir=${join(folder, 'cache')}`,
  ];
  const clusterOnly = new Set(holdCommands.map(({ name }) => name));
  for (const name of ['resume', 'rollback']) clusterOnly.delete(name);
  return {
    push,
    run: async (...words) => {
      const flags = clusterOnly.has(words[0] ?? '') ? [] : cycleFlags;
      const argv = [...words, `--kubeconfig=${kubeconfig}`, ...flags];
      const { stdout, stderr } = await runInProcess(argv, { USER: 'ann' });
      return `${stdout}${stderr}`;
    },
    revert: () => {
      const clone = join(folder, 'clone');
      const run = (...words: readonly string[]) =>
        execFileSync('git', [
          '-C',
          clone,
          '-c',
          'user.name=Ann',
          '-c',
          'user.email=ann@example.com',
          ...words,
        ]);
      execFileSync('git', ['clone', '-q', bare, clone]);
      run('revert', '--no-edit', 'HEAD');
      run('push', '-q', 'origin', 'HEAD:main');
    },
    annotate: (app, own) =>
      void server.objects.put(
        application(app, { 'image-list': apps[app]?.['image-list'] ?? '', ...own }, url, runs[app] ?? ''),
      ),
    degrade: (app, image) => {
      const revision = execFileSync('git', ['-C', bare, 'rev-parse', 'main'], { encoding: 'utf8' }).trim();
      const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
      const sync = { deployStartedAt: minutesAgo(6), deployedAt: minutesAgo(5), revision, id: 1 };
      server.objects.put(
        application(app, apps[app] ?? {}, url, image, {
          health: { status: 'Degraded', lastTransitionTime: minutesAgo(3) },
          reconciledAt: minutesAgo(1),
          history: [sync],
        }),
      );
    },
    steady: (text) =>
      text
        .replaceAll(url, 'https://git.example.com/acme/deploy.git')
        .replaceAll(registry.url, `https://${host}`)
        .replaceAll(/\b[0-9a-f]{40}\b/g, '81db295c0ffee81db295c0ffee81db295c0ffee0')
        .replaceAll(/\bcommit [0-9a-f]{7}\b/g, 'commit 81db295')
        .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '2026-12-01T08:00:00Z')
        .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, '2026-12-01 08:00 UTC')
        .replaceAll(/first seen \d+s ago/g, 'first seen 0s ago')
        .replaceAll(/in 7[12]h(?:\d+m)?(?:\d+s)?/g, 'in 72h')
        .replaceAll(/\b\d+\.\d s\b/g, '0.4 s')
        .replaceAll(/\basked \d+ s ago\b/g, 'asked 0 s ago'),
  };
}

function application(
  name: string,
  own: Readonly<Record<string, string>>,
  repoURL: string,
  image: string,
  status: JsonObject = {},
): ObjectSeed {
  const all = { 'write-back-method': 'git', 'write-back-target': 'helmvalues', ...own };
  const app = anApplication(name, {
    annotations: Object.fromEntries(Object.entries(all).map(([key, text]) => [annotationPrefix + key, text])),
    status: {
      sourceType: 'Helm',
      summary: { images: [`${host}/acme/${image}`] },
      health: { status: 'Healthy', lastTransitionTime: '2026-01-01T00:00:00Z' },
      sync: { status: 'Synced' },
      reconciledAt: '2026-01-01T00:10:00Z',
      operationState: { phase: 'Succeeded', finishedAt: '2026-01-01T00:00:00Z' },
      ...status,
    },
  });
  const spec = app['spec'] as { readonly source: object };
  return { ...app, spec: { ...spec, source: { ...spec.source, repoURL, path: `apps/${name}` } } };
}
