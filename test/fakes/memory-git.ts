/** Git repositories in memory, behind the port: leases are checked, and any call can be held for as long as a test wants. */
import { createHash } from 'node:crypto';
import { Failed } from '../../src/core/base/outcome.ts';
import { repositoryIdentity } from '../../src/core/base/git-url.ts';
import type { LoggedCommit } from '../../src/core/policy/rollback/lines/commit-log.ts';
import type {
  Git,
  GitHeads,
  GitRemote,
  GitRepository,
  PushRequest,
  PushResult,
} from '../../src/ports/git.ts';

const lostHistory = { kind: 'git', code: 'timeout', message: 'the history is not to be had' } as const;

type Files = ReadonlyMap<string, Buffer>;

interface Commit {
  readonly parent?: string;
  readonly files: Files;
  readonly message: string;
  /** Of somebody else. */
  readonly isForeign?: true;
}

/** A commit that came through the port, with the files that it changed. */
export interface PushedCommit {
  readonly branch: string;
  readonly paths: readonly string[];
}

interface Stored {
  readonly commits: Map<string, Commit>;
  readonly branches: Map<string, string>;
  open: number;
  opened: number;
  mostOpen: number;
  readonly held: Map<keyof GitRepository, Promise<void>>;
  readonly pushed: PushedCommit[];
}

export interface MemoryGit extends Git {
  /** From now on the call waits until it is released. */
  hold(url: string, call: keyof GitRepository): { release(): void };
  /** Calls back at each call of the port. */
  onCall(listener: (call: keyof GitRepository) => void): void;
  /** Refuses a commit by its message, as a hook does. */
  refuse(isRefused: (message: string) => boolean): void;
  /** One branch becomes what another is. */
  merge(url: string, from: string, into: string): void;
  /** Somebody else commits these files. */
  commit(url: string, message: string, texts: Readonly<Record<string, string>>, branch?: string): void;
  headOf(url: string, branch?: string): string;
  /** The history of the branch, as it is now, cannot be had any more. */
  loses(url: string, branch: string): void;
  file(url: string, path: string, branch?: string): string | undefined;
  messages(url: string, branch?: string): readonly string[];
  /** Oldest first, since it was asked last. */
  takePushed(url: string): readonly PushedCommit[];
  head(url: string, branch?: string): string | undefined;
  opened(url: string): number;
  mostOpenAtOnce(url: string): number;
}

/** URL -> the files of its branch `main`. */
export function makeMemoryGit(
  repositories: ReadonlyMap<string, Readonly<Record<string, string>>>,
): MemoryGit {
  const stored = new Map<string, Stored>();
  for (const [url, texts] of repositories) {
    const files = new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)]));
    const first = { files, message: 'initial' };
    stored.set(repositoryIdentity(url), {
      commits: new Map([[idOf(first), first]]),
      branches: new Map([['main', idOf(first)]]),
      open: 0,
      opened: 0,
      mostOpen: 0,
      held: new Map(),
      pushed: [],
    });
  }
  const at = (url: string): Stored => {
    const found = stored.get(repositoryIdentity(url));
    if (found === undefined) throw new Error(`no repository ${url}`);
    return found;
  };
  const lost = new Set<string>();
  const listeners: ((call: keyof GitRepository) => void)[] = [];
  let isRefused = (_message: string): boolean => false;
  const historyOf = (
    repository: Stored,
    head: string | undefined,
  ): readonly (readonly [string, Commit])[] => {
    const history: (readonly [string, Commit])[] = [];
    for (let id = head; id !== undefined; ) {
      const commit = repository.commits.get(id);
      if (commit === undefined) break;
      history.push([id, commit]);
      id = commit.parent;
    }
    return history;
  };
  const pushOne = (repository: Stored, { branch, commit, expected }: PushRequest): PushResult => {
    const head = repository.branches.get(branch);
    if ((head ?? null) !== expected)
      return { branch, ok: false, code: 'race', message: `${branch} has moved` };
    const known = new Set(historyOf(repository, head).map(([id]) => id));
    const news = historyOf(repository, commit).filter(([id]) => !known.has(id));
    if (news.some(([, { message }]) => isRefused(message)))
      return { branch, ok: false, code: 'rejected', message: `push ${branch}: hook declined` };
    const heads = [...repository.branches.values()];
    const reached = new Set(heads.flatMap((id) => historyOf(repository, id).map(([known]) => known)));
    repository.branches.set(branch, commit);
    for (const [id, { parent = '', files }] of news.toReversed()) {
      if (reached.has(id)) continue;
      const before = repository.commits.get(parent)?.files;
      const paths = [...files].flatMap(([path, bytes]) => (before?.get(path) === bytes ? [] : [path]));
      repository.pushed.push({ branch, paths });
    }
    return { branch, ok: true };
  };
  const open = (remote: GitRemote): GitRepository => {
    const repository = at(remote.displayUrl);
    repository.open += 1;
    repository.opened += 1;
    repository.mostOpen = Math.max(repository.mostOpen, repository.open);
    const filesAt = (commit: string): Files => repository.commits.get(commit)?.files ?? new Map();
    const free = async (call: keyof GitRepository): Promise<void> => {
      for (const listener of listeners) listener(call);
      await repository.held.get(call);
    };
    return {
      async heads(): Promise<GitHeads> {
        await free('heads');
        return { defaultBranch: 'main', branches: new Map(repository.branches), tags: new Set() };
      },
      fetch: async () => await free('fetch'),
      async read(commit, paths) {
        await free('read');
        const files = filesAt(commit);
        return new Map(
          paths.map((path) => {
            const bytes = files.get(path);
            return [path, bytes === undefined ? null : { kind: 'file', bytes, executable: false }] as const;
          }),
        );
      },
      async list(commit, folder, recurse) {
        await free('list');
        const below = folder === '' ? '' : `${folder}/`;
        return [...filesAt(commit).keys()]
          .filter((path) => path.startsWith(below) && (recurse || !path.slice(below.length).includes('/')))
          .toSorted();
      },
      async branchStanding(branchHead, baseHead) {
        await free('branchStanding');
        const base = new Set(historyOf(repository, baseHead).map(([id]) => id));
        const history = historyOf(repository, branchHead);
        const fork = history.find(([id]) => base.has(id))?.[0] ?? '';
        const own = history.every(([id, { isForeign }]) => base.has(id) || isForeign !== true);
        const [from, to, now] = [filesAt(fork), filesAt(branchHead), filesAt(baseHead)];
        const differs = (a: Files, b: Files, path: string) => String(a.get(path)) !== String(b.get(path));
        const changedPaths = [...new Set([...from.keys(), ...to.keys()])].filter((path) =>
          differs(from, to, path),
        );
        return { own, changedPaths, merged: !changedPaths.some((path) => differs(to, now, path)) };
      },
      async ownHistory(head) {
        await free('ownHistory');
        const commits = historyOf(repository, head).map(([id, { message }]) => ({
          id,
          committedAtMs: 0,
          message,
        }));
        return { commits, isCut: false };
      },
      async commitLog({ head, containing }) {
        await free('commitLog');
        if (lost.has(head)) throw new Failed({ ...lostHistory, repo: remote.displayUrl });
        const commits = historyOf(repository, head).map((entry) => {
          const commit = loggedCommit(entry);
          return commit.message.includes(containing) ? commit : { ...commit, message: '' };
        });
        return { commits, isDeepest: true };
      },
      async fileHistory({ head, path }) {
        await free('fileHistory');
        const contents = new Map<string, Buffer>();
        const commits = historyOf(repository, head).map((entry) => {
          const bytes = entry[1].files.get(path);
          if (bytes === undefined) return { ...loggedCommit(entry), ...someone(entry) };
          contents.set(String(bytes), bytes);
          return { ...loggedCommit(entry), ...someone(entry), content: String(bytes) };
        });
        return { commits, contents, isDeepest: true };
      },
      async commit(requests) {
        await free('commit');
        const ids: string[] = [];
        for (const { parent, files, message } of requests) {
          const on = typeof parent === 'number' ? (ids[parent] ?? '') : parent;
          const changed = files.map(({ path, bytes }) => [path, bytes] as const);
          const commit = { parent: on, files: new Map([...filesAt(on), ...changed]), message };
          repository.commits.set(idOf(commit), commit);
          ids.push(idOf(commit));
        }
        return ids;
      },
      async push(requests) {
        await free('push');
        return requests.map((request) => pushOne(repository, request));
      },
      async close() {
        await free('close');
        repository.open -= 1;
      },
    };
  };
  return {
    openCycle: () => ({
      remote: ({ repoURL, credentials }) =>
        Promise.resolve({
          key: `${repoURL} ${JSON.stringify(credentials)}`,
          queueKey: repositoryIdentity(repoURL),
          displayUrl: repoURL,
        }),
      open: (remote) => Promise.resolve(open(remote)),
    }),
    close: () => Promise.resolve(),
    hold: (url, call) => {
      const gate = Promise.withResolvers<void>();
      at(url).held.set(call, gate.promise);
      return {
        release: () => {
          at(url).held.delete(call);
          gate.resolve();
        },
      };
    },
    onCall: (listener) => void listeners.push(listener),
    refuse: (by) => {
      isRefused = by;
    },
    merge: (url, from, into) => {
      const head = at(url).branches.get(from);
      if (head !== undefined) at(url).branches.set(into, head);
    },
    commit: (url, message, texts, branch = 'main') => {
      const repository = at(url);
      const parent = repository.branches.get(branch) ?? '';
      const before = repository.commits.get(parent)?.files ?? new Map<string, Buffer>();
      const written = Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)] as const);
      const commit = { parent, files: new Map([...before, ...written]), message, isForeign: true } as const;
      repository.commits.set(idOf(commit), commit);
      repository.branches.set(branch, idOf(commit));
    },
    headOf: (url, branch = 'main') => at(url).branches.get(branch) ?? '',
    loses: (url, branch) => void lost.add(at(url).branches.get(branch) ?? ''),
    file: (url, path, branch = 'main') => {
      const repository = at(url);
      return repository.commits
        .get(repository.branches.get(branch) ?? '')
        ?.files.get(path)
        ?.toString();
    },
    messages: (url, branch = 'main') =>
      historyOf(at(url), at(url).branches.get(branch)).map(([, { message }]) => message),
    takePushed: (url) => at(url).pushed.splice(0),
    head: (url, branch = 'main') => at(url).branches.get(branch),
    opened: (url) => at(url).opened,
    mostOpenAtOnce: (url) => at(url).mostOpen,
  };
}

/** What lies on the first commit was made through the port. */
function someone([, { parent, isForeign }]: readonly [string, Commit]) {
  return { author: 'Ops <ops@example.com>', isByUs: parent !== undefined && isForeign !== true };
}

function loggedCommit([id, { parent, message }]: readonly [string, Commit]): LoggedCommit {
  return { id, parents: parent === undefined ? [] : [parent], isCut: false, committedAtMs: 0, message };
}

function idOf({ parent, files, message }: Commit): string {
  const content = JSON.stringify([
    parent ?? null,
    message,
    Array.from(files, ([path, bytes]) => [path, String(bytes)]),
  ]);
  return createHash('sha1').update(content).digest('hex');
}
