/** Applications in files, a registry and a Git server, around the commands that say what a cycle would do. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { annotationPrefix } from '../../src/core/config/annotations.ts';
import { type BranchState, type FileTree, makeBareRepository, readBranch } from '../fakes/bare-repository.ts';
import { type GitServer, startGitServer } from '../fakes/git-http.ts';
import { type FakeRegistry, type FakeRegistryOptions, startFakeRegistry } from '../fakes/registry.ts';
import { runInProcess, temporaryFolder } from './start-program.ts';

export interface RehearsalScene {
  readonly folder: string;
  readonly registry: FakeRegistry;
  readonly git: GitServer;
  /** Adds an Application of the one repository to the files. Annotations are without prefix. */
  readonly app: (name: string, annotations: Readonly<Record<string, string>>, more?: AppParts) => void;
  /** A file beside the Applications. */
  readonly file: (name: string, text: string) => string;
  /** The program with the flags that lead to the scene. */
  readonly run: (command: string, ...words: readonly string[]) => ReturnType<typeof runInProcess>;
  readonly branch: (name?: string) => Promise<BranchState>;
}

interface AppParts {
  readonly namespace?: string;
  readonly path?: string;
}

export const imageHost = 'reg.test';
/** That of the documentation. */
export const exampleHost = 'registry.example.com';

/** `environment`: of the program. */
export async function startRehearsal(
  files: FileTree,
  options: FakeRegistryOptions = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<RehearsalScene> {
  const folder = temporaryFolder();
  const apps = join(folder, 'apps');
  mkdirSync(apps);
  const root = join(folder, 'git');
  await makeBareRepository(join(root, 'deploy.git'), files);
  const git = await startGitServer({ root });
  onTestFinished(() => git.close());
  const registry = await startFakeRegistry(options);
  onTestFinished(() => registry.close());
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const registries = [imageHost, exampleHost].map((prefix) => ({
    name: prefix,
    prefix,
    api_url: registry.url,
  }));
  const conf = file('registries.conf', JSON.stringify({ registries }));
  let runs = 0;
  return {
    folder,
    registry,
    git,
    file,
    app: (name, annotations, { namespace = 'argocd', path = name } = {}) => {
      const prefixed = Object.entries(annotations).map(([key, value]) => [annotationPrefix + key, value]);
      const object = {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name, namespace, annotations: Object.fromEntries(prefixed) as object },
        spec: {
          project: 'default',
          source: { repoURL: `${git.url}/deploy.git`, path, targetRevision: 'main' },
        },
      };
      writeFileSync(join(apps, `${namespace}-${name}.yaml`), stringify(object));
    },
    run: (command, ...words) => {
      runs += 1;
      const flags = [
        `--applications=${apps}`,
        `--registries-conf-path=${conf}`,
        '--git-commit-message-path=',
        `--cache-dir=${join(folder, `cache-${runs}`)}`,
      ];
      return runInProcess([command, ...flags, ...words], environment);
    },
    branch: (name = 'main') => readBranch(join(root, 'deploy.git'), name),
  };
}
