/** Two Applications in one repository, a registry of their images, and the program that is told of pushes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type RunningProgram, startProgram, temporaryFolder } from '../../cli/start-program.ts';
import { makeBareRepository, readBranch } from '../../fakes/bare-repository.ts';
import { startGitServer } from '../../fakes/git-http.ts';
import { type FakeRegistry, startFakeRegistry } from '../../fakes/registry.ts';
import { anApplication, repositoryCredentials } from './objects.ts';

export const secret = 'hook-secret-1234';

export interface WebhookScene {
  readonly argv: readonly string[];
  readonly folder: string;
  readonly port: number;
  /** Version of an image in the repository. */
  version(image: string): Promise<string | undefined>;
  post(body: object, query?: string): Promise<Response>;
}

/** Two Applications, one image each, in one repository. */
export async function startWebhookScene(registryUrl: string, port: number): Promise<WebhookScene> {
  const folder = temporaryFolder();
  const repository = join(folder, 'git', 'deploy.git');
  const values = (image: string) => `image:\n  name: reg.test/acme/${image}\n  tag: "1.0.0"\n`;
  const chart = 'apiVersion: v2\nname: x\nversion: 0.1.0\n';
  await makeBareRepository(repository, {
    'web/Chart.yaml': chart,
    'web/values.yaml': values('web'),
    'api/Chart.yaml': chart,
    'api/values.yaml': values('api'),
  });
  const git = await startGitServer({ root: join(folder, 'git'), auth: { username: 'bot', password: 'pw' } });
  onTestFinished(() => git.close());
  mkdirSync(join(folder, 'applications'));
  const objects = [
    repositoryCredentials(git.url, 'bot', 'pw'),
    ...['web', 'api'].map((name) =>
      anApplication(name, {
        repoURL: `${git.url}/deploy.git`,
        annotations: {
          'image-list': `app=reg.test/acme/${name}:1.x`,
          'write-back-method': 'git',
          'write-back-target': 'helmvalues',
          'app.helm.image-name': 'image.name',
          'app.helm.image-tag': 'image.tag',
        },
      }),
    ),
  ];
  for (const object of objects)
    writeFileSync(join(folder, 'applications', `${object.metadata.name}.yaml`), JSON.stringify(object));
  const conf = { registries: [{ name: 'test', prefix: 'reg.test', api_url: registryUrl }] };
  writeFileSync(join(folder, 'registries.conf'), JSON.stringify(conf));
  return {
    port,
    folder,
    argv: [
      `--applications=${join(folder, 'applications')}`,
      `--registries-conf-path=${join(folder, 'registries.conf')}`,
      `--cache-dir=${join(folder, 'cache')}`,
      '--git-commit-message-path=',
      `--webhook-port=${port}`,
      `--generic-webhook-secret=${secret}`,
      `--distribution-webhook-secret=${secret}`,
    ],
    version: async (image) => {
      const { files } = await readBranch(repository, 'main');
      return /tag: "?([\w.]+)"?/.exec(files[`${image}/values.yaml`] ?? '')?.[1];
    },
    post: (body, query = `&secret=${secret}`) =>
      fetch(`http://127.0.0.1:${port}/webhook?type=generic${query}`, {
        method: 'POST',
        body: JSON.stringify(body),
      }),
  };
}

export async function fakeRegistry(): Promise<FakeRegistry> {
  const registry = await startFakeRegistry();
  onTestFinished(() => registry.close());
  for (const image of ['acme/web', 'acme/api']) registry.push(image, '1.0.0', { comment: image });
  return registry;
}

export function startWebhooks(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  expects: readonly RegExp[] = [/Webhook refused/],
): RunningProgram {
  const program = startProgram(argv, environment, { expects });
  onTestFinished(async () => {
    program.signal('SIGKILL');
    await program.ended;
  });
  return program;
}

export const repositoriesAsked = ({ requests }: FakeRegistry): readonly string[] => [
  ...new Set(requests.map(({ path }) => /^\/v2\/(.+?)\/(?:tags|manifests)/.exec(path)?.[1] ?? path)),
];
