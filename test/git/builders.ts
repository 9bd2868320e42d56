/** What tests of the Git edge start from: Secrets as an object, a folder that is removed, a Git with defaults. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Git, GitRemote, GitRepository } from '../../src/ports/git.ts';
import type { KeyedTexts, SecretReader } from '../../src/ports/cluster.ts';
import type { Failure } from '../../src/core/base/outcome.ts';
import { Failed } from '../../src/core/base/outcome.ts';
import type { GitOptions } from '../../src/git/git.ts';
import { makeGit } from '../../src/git/git.ts';
import { type FileTree, makeBareRepository } from '../fakes/bare-repository.ts';
import { makeRealClock } from '../fakes/clock.ts';
import { type GitServer, type GitServerOptions, startGitServer } from '../fakes/git-http.ts';
import { type SshServer, startSshServer } from '../fakes/sshd.ts';

export type ArgocdType = 'repository' | 'repo-creds' | 'repository-write' | 'repo-write-creds';

export interface FakeSecrets {
  /** `namespace/name` -> values. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly configMaps?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** `namespace/name` of a Secret -> its labels. */
  readonly labels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly argocd?: Readonly<Partial<Record<ArgocdType, readonly Readonly<Record<string, string>>[]>>>;
}

export function keyedTexts(path: string, values: Readonly<Record<string, string>>): KeyedTexts {
  const [namespace = '', name = ''] = path.split('/');
  return { namespace, name, labels: {}, type: 'Opaque', values };
}

export function fakeSecrets(content: FakeSecrets = {}): SecretReader {
  const find = (texts: FakeSecrets['secrets'], path: string): KeyedTexts | null =>
    texts?.[path] === undefined
      ? null
      : { ...keyedTexts(path, texts[path]), labels: content.labels?.[path] ?? {} };
  return {
    secret: async (namespace, name) => find(content.secrets, `${namespace}/${name}`),
    configMap: async (namespace, name) => find(content.configMaps, `${namespace}/${name}`),
    argocdSecrets: async (type) =>
      (content.argocd?.[type] ?? []).map((values, index) => keyedTexts(`argocd/${type}-${index}`, values)),
  };
}

/** A folder of this test alone. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'git-edge-'));
  // A server that was closed may still be writing.
  onTestFinished(async () => await rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export interface BareRepository {
  readonly root: string;
  readonly path: string;
  /** For the mirrors of the Git that reads it; not there yet. */
  readonly cache: string;
}

async function aBareRepository(files: FileTree, name: string): Promise<BareRepository> {
  const root = await temporaryFolder();
  const path = join(root, name);
  await makeBareRepository(path, files);
  return { root, path, cache: join(root, 'cache') };
}

/** A repository with files on main, served over HTTP until the test ends. */
export async function serveRepository(
  files: FileTree,
  options: Partial<GitServerOptions> = {},
  name = 'deploy.git',
): Promise<BareRepository & { readonly server: GitServer; readonly url: string }> {
  const repository = await aBareRepository(files, name);
  const server = await startGitServer({ root: repository.root, ...options });
  onTestFinished(async () => await server.close());
  return { ...repository, server, url: `${server.url}/${name}` };
}

/** The same over SSH. */
export async function serveOverSsh(
  files: FileTree,
): Promise<BareRepository & { readonly server: SshServer; readonly url: string }> {
  const repository = await aBareRepository(files, 'deploy.git');
  const server = await startSshServer();
  onTestFinished(async () => await server.close());
  return { ...repository, server, url: server.url + repository.path };
}

export const ourAuthor = { name: 'Tide Waiter', email: 'tide@example.com' };

/** Closed when the test ends. */
export function aGit(cacheDirectory: string, options: Partial<GitOptions> = {}): Git {
  const git = makeGit({
    allowLocal: true,
    cacheDirectory,
    author: ourAuthor,
    signOff: false,
    environment: { PATH: process.env['PATH'] },
    clock: makeRealClock(),
    timeoutMs: 300_000,
    ...options,
  });
  onTestFinished(async () => await git.close());
  return git;
}

export interface OpenOptions {
  readonly secrets?: SecretReader;
  readonly project?: string;
  readonly secret?: string;
}

export async function remoteOf(
  git: Git,
  repoURL: string,
  options: OpenOptions = {},
): Promise<{ remote: GitRemote; open: () => Promise<GitRepository> }> {
  const cycle = git.openCycle(options.secrets ?? fakeSecrets(), 'argocd');
  const [namespace = '', name = ''] = (options.secret ?? '').split('/');
  const credentials =
    options.secret === undefined
      ? ({ kind: 'repocreds' } as const)
      : ({ kind: 'secret', namespace, name } as const);
  const remote = await cycle.remote({ repoURL, credentials, project: options.project ?? 'default' });
  return { remote, open: async () => await cycle.open(remote, never) };
}

/** Closed when the test ends, if it has not been before. */
export async function openRepository(
  git: Git,
  repoURL: string,
  options: OpenOptions = {},
): Promise<GitRepository> {
  const repository = await (await remoteOf(git, repoURL, options)).open();
  onTestFinished(async () => await repository.close());
  return repository;
}

/** A signal that is never raised. */
export const never: AbortSignal = new AbortController().signal;

/** The failure that a promise rejects with; throws if it does not. */
export async function failureOf(work: Promise<unknown>): Promise<Failure & { kind: 'git' }> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Failed && error.failure.kind === 'git') return error.failure;
  throw new Error('expected a failure of git', { cause: error });
}

/** Head of a branch, fetched. */
export async function fetchHead(repository: GitRepository, branch = 'main'): Promise<string> {
  const heads = await repository.heads(never);
  const head = heads.branches.get(branch) ?? '';
  await repository.fetch([head], never);
  return head;
}

/** One changed file on top of a commit. */
export async function commitFile(
  repository: GitRepository,
  parent: string,
  path: string,
  text: string,
  message = 'change\n',
): Promise<string> {
  const files = [{ path, bytes: Buffer.from(text), executable: false }];
  return (await repository.commit([{ parent, files, message }], never))[0] ?? '';
}
