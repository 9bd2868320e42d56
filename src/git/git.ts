/** The Git edge: repositories with their credentials, and the mirrors they are worked on in. */
import { tmpdir } from 'node:os';
import type { GitCommandRun } from '../ports/observation.ts';
import type { Clock } from '../ports/clock.ts';
import type { Git, GitCycle, GitRemote, GitRepository } from '../ports/git.ts';
import type { SecretReader } from '../ports/cluster.ts';
import { repositoryIdentity } from '../core/base/git-url.ts';
import type { GitCode } from '../core/base/outcome.ts';
import { Failed } from '../core/base/outcome.ts';
import type { CommitSettings } from './commit.ts';
import type { GitAccess } from './login/credential.ts';
import { accessIdentity } from './login/credential.ts';
import { makeEntrance } from './login/entrance.ts';
import { requireLocalAllowed } from './login/local-place.ts';
import type { OuterEnvironment } from './process/environment.ts';
import type { HeadsMemory } from './heads.ts';
import type { Lock, LockWait } from './mirror/lock.ts';
import { takeLock } from './mirror/lock.ts';
import { type CachePlace, placeMirror } from './mirror/cache-place.ts';
import { prepareMirror } from './mirror/mirror.ts';
import { makeRepository } from './repository.ts';
import { resolveAccess } from './login/resolve.ts';
import type { GitRunner } from './process/run.ts';
import { makeGitRunner } from './process/run.ts';
import { Session } from './session/session.ts';
import { storageProblem } from './mirror/storage.ts';
import type { TokenStore } from '../identity/token-store.ts';
import { makeTokenStore } from '../identity/token-store.ts';
import type { TrustSources } from './login/trust.ts';
import type { RemoteUrl } from './login/url.ts';
import { parseRemoteUrl } from './login/url.ts';
import { makeSendRequest } from '../net/side-request.ts';

export interface GitOptions extends CommitSettings {
  /** Holds the mirrors; made if absent, and may be deleted at any time. */
  readonly cacheDirectory: string;
  /** The program's environment. Git sees only PATH, TMPDIR, GNUPGHOME, proxies and certificates of it. */
  readonly environment: OuterEnvironment;
  /** Whether paths of this machine and file:// count as repositories; only where its user wrote the Applications. */
  readonly allowLocal: boolean;
  readonly clock: Clock;
  /** For each git process. Default 90 s, as 0.18. */
  readonly timeoutMs?: number;
  /** What the mirror of one repository may hold. Default 1 GiB. */
  readonly maxMirrorBytes?: number;
  /** Told what somebody should know, each text once. */
  readonly onWarning?: (message: string) => void;
  /** Told after each git process; `command` is the sub-command, such as `fetch`. */
  readonly onCommand?: (event: GitCommandRun) => void;
}

const defaultTimeoutMs = 90_000;
const defaultMaxMirrorBytes = 1024 ** 3;
const lockWaitMs = 10_000;

interface GitParts {
  readonly options: GitOptions;
  readonly timeoutMs: number;
  readonly runner: GitRunner;
  readonly tokens: TokenStore;
  readonly headsMemory: Map<string, HeadsMemory>;
  /** Ids of the locks of mirrors. */
  readonly held: Set<string>;
  readonly place: CachePlace;
}

/** No process is started and no file touched before the first use. `close` removes what is private, not the mirrors. */
export function makeGit(options: GitOptions): Git {
  const { environment, clock, onCommand, timeoutMs = defaultTimeoutMs } = options;
  const events = onCommand === undefined ? {} : { onCommand };
  const runner = makeGitRunner({ environment, clock, timeoutMs, ...events });
  const parts = {
    options,
    timeoutMs,
    runner,
    tokens: makeTokenStore(clock, environment),
    headsMemory: new Map(),
    held: new Set<string>(),
    place: {
      cacheDirectory: options.cacheDirectory,
      temporaryFolder: environment['TMPDIR'] || tmpdir(),
      onWarning: onceEach(options.onWarning),
    },
  };
  return {
    openCycle: (secrets, argocdNamespace) => openCycle(parts, { secrets, argocdNamespace, environment }),
    close: async () => await runner.close(),
  };
}

function onceEach(tell: GitOptions['onWarning']): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    if (!told.has(message)) tell?.(message);
    told.add(message);
  };
}

interface Way {
  readonly url: RemoteUrl;
  readonly access: GitAccess;
}

function openCycle(parts: GitParts, trust: TrustSources & { readonly secrets: SecretReader }): GitCycle {
  /** How to reach what we have handed out; the port shows none of it. */
  const ways = new WeakMap<GitRemote, Way>();
  return {
    async remote(wanted) {
      const url = parseRemoteUrl(wanted.repoURL);
      if (url.transport === 'local') await requireLocalAllowed(url, parts.options);
      const access = await resolveAccess(trust.secrets, url, wanted);
      const remote = {
        key: `${url.url} ${accessIdentity(access)}`,
        queueKey: repositoryIdentity(url.url),
        displayUrl: url.displayUrl,
      };
      ways.set(remote, { url, access });
      return remote;
    },
    async open(remote, signal) {
      const way = ways.get(remote);
      if (way === undefined) throw new Error('a remote of another cycle was opened');
      return await openRepository(parts, trust, remote, way, signal);
    },
  };
}

async function openRepository(
  parts: GitParts,
  trust: TrustSources,
  remote: GitRemote,
  { url, access }: Way,
  signal: AbortSignal,
): Promise<GitRepository> {
  const { options, timeoutMs, runner, tokens, headsMemory, held } = parts;
  const { environment, clock } = options;
  const folder = await placeMirror(remote.key, parts.place).catch((error: unknown) => {
    throw storageFailed(remote, error);
  });
  const lock = await lockMirror(`${folder}.lock`, remote, { clock, held, waitMs: lockWaitMs, signal });
  try {
    await prepareMirror(folder, url.url);
  } catch (error) {
    await lock.release();
    throw storageFailed(remote, error);
  }
  const send = makeSendRequest(environment, clock);
  const makePrivateFolder = async (): Promise<string> => await runner.makePrivateFolder();
  const entrance = makeEntrance({ url, access, trust, tokens, send, environment, makePrivateFolder });
  const credentialSource = access.source;
  const { maxMirrorBytes = defaultMaxMirrorBytes } = options;
  const session = new Session({
    folder,
    url,
    entrance,
    runner,
    send,
    credentialSource,
    timeoutMs,
    maxMirrorBytes,
  });
  return makeRepository({ session, lock, commits: options, clock, remoteKey: remote.key, headsMemory });
}

async function lockMirror(path: string, remote: GitRemote, wait: LockWait): Promise<Lock> {
  const lock = await takeLock(path, wait).catch((error: unknown) => {
    throw wait.signal.aborted
      ? gitFailed(remote, 'cancelled', `open ${remote.displayUrl}: cancelled`)
      : storageFailed(remote, error);
  });
  if (lock !== null) return lock;
  throw gitFailed(remote, 'locked', `open ${remote.displayUrl}: another process uses its mirror`);
}

function storageFailed(remote: GitRemote, error: unknown): unknown {
  const problem = storageProblem(error);
  if (problem === undefined) return error;
  const message = `open ${remote.displayUrl}: ${problem.text}`;
  return gitFailed(remote, problem.code, message, problem.advice);
}

function gitFailed(remote: GitRemote, code: GitCode, message: string, advice?: string): Failed {
  const more = advice === undefined ? {} : { advice };
  return new Failed({ kind: 'git', code, message, repo: remote.displayUrl, ...more });
}
