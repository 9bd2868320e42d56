/** Writes to one repository over one remote: read, edit in memory, commit, push; again for those who lose a race. */
import type { Failure } from '../../core/base/outcome.ts';
import type { GitIntention } from '../../core/plan.ts';
import type { WriteResult } from '../../core/report/report.ts';
import { type BranchWork, type Located, markHeld, prepareBranch } from './branch-work.ts';
import { type ChangeLabels, type Composed, composeBranch } from './compose.ts';
import type { Contender } from './conflicts.ts';
import { type BranchItem, editBranch, type ItemEdit } from './edit-branch.ts';
import { type Location, locate } from '../repository/locate.ts';
import type { CommitRequest, GitRemote, PushRequest, PushResult } from '../../ports/git.ts';
import type { RepositorySession } from '../repository/repositories.ts';
import { settle } from '../../core/base/settle.ts';
import type { Results, WriteContext } from './write.ts';

export interface GroupWriterOptions {
  readonly remote: GitRemote;
  /** Those of the repository who want no change. */
  readonly standing: readonly Contender[];
  readonly context: WriteContext;
  readonly results: Results;
}

/** A branch may move under us this often before the next cycle has to try again. */
const maxAttempts = 4;
const firstBackOffMs = 150;

interface BranchCommits {
  readonly work: BranchWork;
  readonly composed: readonly Composed[];
}

type GitFailure = Extract<Failure, { kind: 'git' }>;

interface Lost {
  readonly intention: GitIntention;
  readonly failure: GitFailure;
}

export class GroupWriter {
  readonly #remote: GitRemote;
  readonly #standing: readonly Contender[];
  readonly #context: WriteContext;
  readonly #results: Results;

  constructor({ remote, standing, context, results }: GroupWriterOptions) {
    this.#remote = remote;
    this.#standing = standing;
    this.#context = context;
    this.#results = results;
  }

  /** Writes all members; whoever loses a race tries again on the new head. Throws only if the cycle was cancelled. */
  async write(session: RepositorySession, members: readonly GitIntention[]): Promise<void> {
    const { clock, signal } = this.#context;
    let pending = members;
    for (let attempt = 1; ; attempt += 1) {
      const lost = await this.#attempted(session, pending);
      if (lost.length === 0) return;
      if (attempt === maxAttempts) {
        for (const { intention, failure } of lost) this.#results.fail(intention, givenUp(failure));
        return;
      }
      pending = lost.map(({ intention }) => intention);
      session.forgetHeads();
      await clock.sleep(firstBackOffMs * 2 ** attempt * (0.5 + clock.random()), signal);
    }
  }

  /** A branch that was moved before it could be fetched is a lost race for all. */
  async #attempted(
    session: RepositorySession,
    intentions: readonly GitIntention[],
  ): Promise<readonly Lost[]> {
    const outcome = await settle(() => this.#attempt(session, intentions));
    if (outcome.ok) return outcome.value;
    const { failure } = outcome;
    if (failure.kind === 'git' && failure.code === 'race')
      return intentions.map((intention) => ({ intention, failure }));
    for (const intention of intentions) this.#results.failUnset(intention, failure);
    return [];
  }

  async #attempt(session: RepositorySession, intentions: readonly GitIntention[]): Promise<readonly Lost[]> {
    const located = await this.#locate(session, intentions);
    const branches = [...Map.groupBy(located, ({ location }) => location.branch).values()];
    const groups = branches.map((members) => this.#unlessKnown(this.#withOneBase(members)));
    const commits = commitsOf(groups.flat());
    if (commits.length === 0) return [];
    await session.repository.fetch(commits, this.#context.signal);
    const works: BranchWork[] = [];
    for (const members of groups) {
      const work = await prepareBranch(session.repository, members, this.#context, this.#results);
      if (work !== undefined) works.push(work);
    }
    return this.#commitAndPush(session, works);
  }

  async #locate(
    session: RepositorySession,
    intentions: readonly GitIntention[],
  ): Promise<readonly Located[]> {
    const heads = await session.heads(this.#context.signal);
    const located: Located[] = [];
    for (const intention of intentions) {
      const location = locate(intention, this.#remote, heads);
      if (location.ok) located.push({ intention, location: location.value });
      else this.#results.fail(intention, location.failure);
    }
    return located;
  }

  /** A write branch has one base: that of the first application. */
  #withOneBase(members: readonly Located[]): readonly Located[] {
    const [first] = members;
    return members.filter(({ intention, location }) => {
      if (first === undefined || location.base === first.location.base) return true;
      const message = `branch ${location.branch} starts from ${first.location.base} for ${first.intention.key}, and cannot start from ${location.base} too`;
      this.#results.fail(intention, { kind: 'config', message, annotation: 'git-branch' });
      return false;
    });
  }

  /** Nobody, if the branch is known to hold what all of them want; else all, for they may meet in one scalar. */
  #unlessKnown(members: readonly Located[]): readonly Located[] {
    const { memory } = this.#context;
    if (!members.every(({ intention, location }) => memory.knows(intention, location))) return members;
    for (const member of members) markHeld(member, this.#context, this.#results);
    return [];
  }

  async #commitAndPush(session: RepositorySession, works: readonly BranchWork[]): Promise<readonly Lost[]> {
    const { signal, commitTemplate } = this.#context;
    const requests: CommitRequest[] = [];
    const branches: BranchCommits[] = [];
    for (const work of works) {
      const { edits, labels } = await this.#edit(work);
      branches.push({ work, composed: composeBranch(work.start, edits, labels, commitTemplate, requests) });
    }
    const commits = requests.length === 0 ? [] : await session.repository.commit(requests, signal);
    const pushed = branches.flatMap((branch) => pushOf(branch, commits));
    const outcomes = pushed.length === 0 ? [] : await session.repository.push(pushed, signal);
    const byBranch = new Map(outcomes.map((outcome) => [outcome.branch, outcome]));
    return branches.flatMap((branch) =>
      this.#settleBranch(session, branch, commits, byBranch.get(branch.work.location.branch)),
    );
  }

  /** The edits, and the labels that their messages want; without labels an application is not written. */
  async #edit({ items, location, standing: held }: BranchWork): Promise<{
    readonly edits: readonly ItemEdit[];
    readonly labels: ReadonlyMap<GitIntention, ChangeLabels>;
  }> {
    const others = this.#standing.filter(({ branch }) => branch === location.branch);
    const standing = [...held, ...others.map(({ intention }) => intention)];
    const { labelsOf } = this.#context;
    const labels = new Map<GitIntention, ChangeLabels>();
    let left = items;
    for (;;) {
      const edits = await editBranch(left, standing);
      if (labelsOf === undefined) return { edits, labels };
      const unlabelled = new Set<BranchItem>();
      for (const { item, kind } of edits) {
        if (kind !== 'edited' || labels.has(item.intention)) continue;
        const found = await labelsOf(item.intention);
        if (found.ok) labels.set(item.intention, found.value);
        else {
          this.#results.fail(item.intention, found.failure);
          unlabelled.add(item);
        }
      }
      if (unlabelled.size === 0) return { edits, labels };
      left = left.filter((item) => !unlabelled.has(item));
    }
  }

  #settleBranch(
    session: RepositorySession,
    { work, composed }: BranchCommits,
    commits: readonly string[],
    pushed: PushResult | undefined,
  ): readonly Lost[] {
    const { location } = work;
    const head = pushed?.ok === true ? headOf(composed, commits) : undefined;
    const now = head === undefined ? location : movedLocation(location, head);
    if (head !== undefined) session.movedTo(location.branch, head);
    const lost: Lost[] = [];
    for (const item of composed) {
      const { intention } = item;
      if (item.kind === 'failed') this.#results.fail(intention, item.failure);
      else if (pushed?.ok === false && dependsOnPush(item)) {
        const failure = this.#pushFailure(pushed);
        if (pushed.code === 'race' || pushed.code === 'lease') lost.push({ intention, failure });
        else this.#results.fail(intention, failure);
      } else {
        this.#results.set(intention, this.#resultOf(item, location.branch, commits));
        this.#context.memory.confirm(intention, now);
      }
    }
    return lost;
  }

  #resultOf(
    item: Exclude<Composed, { kind: 'failed' }>,
    branch: string,
    commits: readonly string[],
  ): WriteResult {
    if (item.kind === 'unchanged') return { kind: 'unchanged' };
    const sha = commits[item.index] ?? '';
    return {
      kind: 'committed',
      sha,
      branch,
      repo: this.#remote.displayUrl,
      scalars: item.edited.flatMap(({ changes }) => changes),
    };
  }

  #pushFailure({ branch, code, message }: Extract<PushResult, { ok: false }>): GitFailure {
    return { kind: 'git', code, repo: this.#remote.displayUrl, branch, message };
  }
}

function givenUp(failure: GitFailure): Failure {
  const { code, branch, repo } = failure;
  if (code === 'lease') return failure;
  const message = `push ${branch === undefined ? '' : `${branch} `}to ${repo}: somebody else was faster in each of ${maxAttempts} attempts; the next cycle tries again`;
  return { ...failure, message };
}

function dependsOnPush(item: Exclude<Composed, { kind: 'failed' }>): boolean {
  return item.kind === 'commit' || item.borrowed;
}

function commitsOf(located: readonly Located[]): readonly string[] {
  const commits = new Set<string>();
  for (const { location } of located) {
    commits.add(location.baseHead);
    if (location.branchHead !== undefined) commits.add(location.branchHead);
  }
  return [...commits];
}

function headOf(composed: readonly Composed[], commits: readonly string[]): string | undefined {
  const last = composed.findLast((item) => item.kind === 'commit');
  return last?.kind === 'commit' ? commits[last.index] : undefined;
}

function pushOf({ work, composed }: BranchCommits, commits: readonly string[]): readonly PushRequest[] {
  const commit = headOf(composed, commits);
  if (commit === undefined) return [];
  const { branch, branchHead } = work.location;
  return [{ branch, commit, expected: branchHead ?? null, force: work.restarts }];
}

function movedLocation(location: Location, head: string): Location {
  const moved = { ...location, branchHead: head };
  return location.branch === location.base ? { ...moved, baseHead: head } : moved;
}
