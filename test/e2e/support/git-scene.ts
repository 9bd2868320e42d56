/** One repository, the applications whose targets it holds, and the programs that write to it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CycleReport, WriteResult } from '../../../src/core/report/report.ts';
import {
  type BranchState,
  commitFiles,
  type FileTree,
  git,
  readBranch,
} from '../../fakes/bare-repository.ts';
import type { KubeObject, ObjectSeed } from '../../fakes/kube-api.ts';
import { makeTestRunCycle, type TestRunCycle, type TestWorldOptions } from '../../fakes/world.ts';
import { type Bench, type BenchOptions, type Cycle, startBench } from './bench.ts';
import { type ApplicationParts, anApplication } from './objects.ts';

export const imageHost = 'reg.test';
export const ourName = 'argocd-image-updater';

export interface SceneApplication extends Partial<ApplicationParts> {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly Readonly<Record<string, unknown>>[];
  /** Replaces `source`. */
  readonly sources?: readonly Readonly<Record<string, unknown>>[];
  /** False: the object has no status, as in a file. */
  readonly isReported?: boolean;
  /** More fields of `status`. */
  readonly status?: Readonly<Record<string, unknown>>;
  /** More fields of `spec`, over all others. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** What git clients asked of the server. */
export interface Traffic {
  /** `ls-remote` and `fetch` commands. */
  readonly reads: number;
  readonly pushes: number;
  readonly requests: number;
}

export interface GitScene {
  readonly bench: Bench;
  /** Of the one repository. */
  readonly url: string;
  /** Folder of the one repository. */
  readonly path: string;
  /** Adds or replaces an application that writes to Git. */
  app(name: string, parts?: SceneApplication): KubeObject;
  tags(repository: string, ...tags: readonly string[]): void;
  cycle(): Promise<Cycle>;
  /** Another process: it remembers nothing. */
  process(options?: Partial<TestWorldOptions>): TestRunCycle;
  branch(name?: string): Promise<BranchState>;
  branches(): Promise<readonly string[]>;
  /** A commit by somebody else. */
  foreign(branch: string, files: FileTree, message?: string): Promise<string>;
  /** A hook of the repository, as a shell script. */
  hook(name: string, script: string): Promise<void>;
  /** Since the last call. */
  traffic(): Traffic;
}

export async function startScene(files: FileTree, options: BenchOptions = {}): Promise<GitScene> {
  const bench = await startBench(options);
  onTestFinished(() => bench.close());
  const name = 'ops/deploy';
  const url = await bench.addRepository(name, files);
  const path = join(bench.folder, 'git', `${name}.git`);
  let counted = 0;
  return {
    bench,
    url,
    path,
    app: (app, parts = {}) => bench.kube.objects.put(seed(app, url, parts)),
    tags: (repository, ...tags) => {
      for (const tag of tags) bench.registry(imageHost).push(repository, tag, {});
    },
    cycle: () => bench.cycle(),
    process: (own) => {
      const runner = makeTestRunCycle({
        folder: bench.folder,
        kubeconfigPath: join(bench.folder, 'kubeconfig'),
        registriesConf: registriesConf(bench, Object.keys(options.registries ?? { [imageHost]: {} })),
        ...own,
      });
      onTestFinished(() => runner.close());
      return runner;
    },
    branch: (branch = 'main') => readBranch(path, branch),
    branches: async () => {
      const names = await git(path, ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads']);
      return names
        .toString()
        .split('\n')
        .filter((line) => line !== '');
    },
    foreign: (branch, content, message = 'by somebody else') => commitFiles(path, branch, content, message),
    hook: async (hook, script) => {
      await mkdir(join(path, 'hooks'), { recursive: true });
      await writeFile(join(path, 'hooks', hook), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    },
    traffic: () => {
      const fresh = bench.git.requests.slice(counted);
      counted = bench.git.requests.length;
      const starts = (service: string) => fresh.filter(({ path: asked }) => asked.includes(service)).length;
      return {
        reads: starts('info/refs?service=git-upload-pack'),
        pushes: starts('info/refs?service=git-receive-pack'),
        requests: fresh.length,
      };
    },
  };
}

function registriesConf(bench: Bench, hosts: readonly string[]): string {
  const registries = hosts.map((host) => ({ name: host, prefix: host, api_url: bench.registry(host).url }));
  return JSON.stringify({ registries });
}

function seed(name: string, repoURL: string, parts: SceneApplication): ObjectSeed {
  const {
    namespace,
    labels,
    ownerReferences,
    sources,
    spec,
    isReported = true,
    status: more,
    ...rest
  } = parts;
  const base = anApplication(name, {
    repoURL,
    ...(isReported ? { images: [] } : {}),
    ...rest,
    annotations: { 'write-back-method': 'git', ...rest.annotations },
  });
  const { source, ...others } = base['spec'] as { readonly source: unknown };
  const status = base['status'] as object | undefined;
  return {
    ...base,
    metadata: {
      ...base.metadata,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
    },
    spec: { ...others, ...(sources === undefined ? { source } : { sources }), ...spec },
    ...(status === undefined ? {} : { status: { ...status, ...more } }),
  };
}

/** Application -> what became of its write; for failures the message. */
export function writesOf({ applications }: CycleReport): Readonly<Record<string, string>> {
  return Object.fromEntries(
    applications.map(({ app, write }) => [app.replace(/^argocd\//, ''), told(write)]),
  );
}

function told(write: WriteResult | undefined): string {
  if (write === undefined) return 'nothing';
  return write.kind === 'failed' ? write.failure.message : write.kind;
}
