/** What came to a branch, in the order in which the server took it. */
import { git } from '../../fakes/bare-repository.ts';
import { versionOf } from './simulated-argocd.ts';

export interface Arrival {
  readonly sha: string;
  /** Whole seconds of the server's clock, so up to a second early. */
  readonly atMs: number;
  readonly isOurs: boolean;
  readonly ancestors: readonly string[];
  readonly changes: readonly Change[];
}

/** Of the version in one file. */
export interface Change {
  readonly path: string;
  readonly from?: string;
  readonly to?: string;
}

interface Commit {
  readonly parent: string;
  readonly isOurs: boolean;
  readonly changes: readonly Change[];
}

const ours = 'argocd-image-updater';

/** Each commit once, when it came first. `path`: a bare repository with reflogs. */
export async function arrivalsOf(path: string, branch: string): Promise<readonly Arrival[]> {
  const log = await git(path, ['reflog', 'show', '--date=unix', '--format=%gd %H', branch]).catch(() => '');
  const heads = log.toString().split('\n').filter(Boolean).toReversed();
  const commits = await allCommits(path);
  const seen = new Set<string>();
  const arrivals: Arrival[] = [];
  for (const line of heads) {
    const [, seconds = '0', head = ''] = /@\{(\d+)\} ([0-9a-f]+)$/.exec(line) ?? [];
    const fresh: string[] = [];
    for (let sha = head; sha !== '' && !seen.has(sha); sha = commits.get(sha)?.parent ?? '') {
      seen.add(sha);
      fresh.unshift(sha);
    }
    for (const sha of fresh) {
      const { isOurs = false, changes = [] } = commits.get(sha) ?? {};
      arrivals.push({
        sha,
        atMs: Number(seconds) * 1000,
        isOurs,
        changes,
        ancestors: ancestorsOf(sha, commits),
      });
    }
  }
  return arrivals;
}

/** Nearest first. */
function ancestorsOf(sha: string, commits: ReadonlyMap<string, Commit>): readonly string[] {
  const ancestors: string[] = [];
  for (let one = commits.get(sha)?.parent ?? ''; one !== ''; one = commits.get(one)?.parent ?? '')
    ancestors.push(one);
  return ancestors;
}

async function allCommits(path: string): Promise<ReadonlyMap<string, Commit>> {
  const format = '--format=%x00%H %P%n%cn';
  const log = await git(path, ['log', '--all', '--reflog', '--unified=0', '--patch', format]);
  const texts = log.toString().split('\0').slice(1);
  return new Map(texts.map((text) => readCommit(text)));
}

function readCommit(text: string): readonly [string, Commit] {
  const [ids = '', committer = '', ...patch] = text.split('\n');
  const [sha = '', parent = ''] = ids.split(' ');
  const files = patch
    .join('\n')
    .split(/^diff --git /m)
    .slice(1);
  const changes = files.map((file): Change => {
    const [, name = ''] = /^a\/(\S+) /.exec(file) ?? [];
    const [from, to] = ['-', '+'].map((sign) => versionOf(linesOf(file, sign)));
    return { path: name, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  });
  return [sha, { parent, isOurs: committer === ours, changes }];
}

function linesOf(file: string, sign: string): string {
  const lines = file.split('\n').filter((line) => line.startsWith(sign) && !/^(?:---|\+\+\+) /.test(line));
  return lines.join('\n');
}
