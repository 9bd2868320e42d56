/** Syncs what Git or the live object asks for, and reports it as Argo CD does. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../../fakes/bare-repository.ts';
import type { KubeApi, KubeObject } from '../../fakes/kube-api.ts';
import { frail, type SoakApplication } from './applications.ts';
import { isBad } from './images.ts';

const version = /\b(?:1\.0\.\d+|stable@sha256:[0-9a-f]{64})\b/;
const keptDeployments = 10;

/** Version in a text of a target. */
export function versionOf(text: string): string | undefined {
  return version.exec(text)?.[0];
}

/** Version that the parameters of a live object name. */
export function liveVersion(object: KubeObject | undefined): string | undefined {
  const parameters = parametersOf(object);
  return parameters.find(({ name }) => name === 'image.tag')?.value;
}

export interface Parameter {
  readonly name: string;
  readonly value: string;
}

export function parametersOf(object: KubeObject | undefined): readonly Parameter[] {
  const spec = object?.['spec'] as {
    readonly source?: { readonly helm?: { readonly parameters?: Parameter[] } };
  };
  return spec.source?.helm?.parameters ?? [];
}

export class SimulatedArgoCd {
  readonly #kube: KubeApi;
  readonly #applications: readonly SoakApplication[];
  readonly #repositoryPath: (name: string) => string;
  /** By Application. */
  readonly #synced = new Map<string, string>();
  /** By repository. */
  readonly #heads = new Map<string, string>();

  constructor(
    kube: KubeApi,
    applications: readonly SoakApplication[],
    repositoryPath: (name: string) => string,
  ) {
    this.#kube = kube;
    this.#applications = applications;
    this.#repositoryPath = repositoryPath;
  }

  /** One reconciliation of everything that changed. */
  async reconcile(): Promise<void> {
    for (const repository of new Set(this.#applications.map((app) => app.repository))) {
      const path = this.#repositoryPath(repository);
      const head = (await readFile(join(path, 'refs/heads/main'), 'utf8').catch(() => '')).trim();
      if (head === '') continue;
      const apps = this.#applications.filter((one) => one.repository === repository);
      if (this.#heads.get(repository) !== head) {
        this.#heads.set(repository, head);
        const files = apps.filter(({ branch }) => branch !== undefined);
        const texts = await readFiles(path, head, files);
        files.forEach((app, i) => this.#sync(app, versionOf(texts[i] ?? ''), head));
      }
      for (const app of apps.filter(({ branch }) => branch === undefined))
        this.#sync(app, liveVersion(this.#objectOf(app)), head);
    }
  }

  #objectOf({ name }: SoakApplication): KubeObject | undefined {
    return this.#kube.objects.get('applications', 'argocd', name);
  }

  #sync(app: SoakApplication, wanted: string | undefined, revision: string): void {
    if (wanted === undefined || this.#synced.get(app.name) === wanted) return;
    this.#synced.set(app.name, wanted);
    const object = this.#objectOf(app);
    if (object === undefined) return;
    const before = object['status'] as { readonly summary?: object; readonly history?: readonly object[] };
    const now = `${new Date().toISOString().slice(0, 19)}Z`;
    const isRefused = app.image === frail && isBad(wanted);
    const deployment = { deployStartedAt: now, deployedAt: now, revision };
    const status = {
      ...before,
      health: { status: 'Healthy', lastTransitionTime: now },
      sync: { status: isRefused ? 'OutOfSync' : 'Synced', revision },
      reconciledAt: now,
      operationState: {
        phase: isRefused ? 'Failed' : 'Succeeded',
        startedAt: now,
        finishedAt: now,
        syncResult: { revision },
      },
      ...(isRefused
        ? {}
        : {
            summary: { images: [`${app.image}:${wanted}`] },
            history: [...(before.history ?? []), deployment].slice(-keptDeployments),
          }),
    };
    this.#kube.objects.put({ ...object, status } as never, 'argocd-application-controller');
  }
}

/** Texts of the targets at a commit, empty where there is none. */
async function readFiles(
  path: string,
  head: string,
  applications: readonly SoakApplication[],
): Promise<readonly string[]> {
  const names = applications.map((app) => `${head}:${app.path}\n`).join('');
  let rest = (await git(path, ['cat-file', '--batch'], Buffer.from(names))).toString();
  return applications.map(() => {
    const [header = ''] = rest.split('\n', 1);
    rest = rest.slice(header.length + 1);
    const [, size] = / blob (\d+)$/.exec(header) ?? [];
    if (size === undefined) return '';
    const text = rest.slice(0, Number(size)); // all of them are ASCII
    rest = rest.slice(Number(size) + 1);
    return text;
  });
}
