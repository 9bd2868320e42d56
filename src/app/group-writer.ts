/** Writes to one repository over one remote: read, edit in memory, commit, push; again for those who lose a race. */
import { type Failure, fail, type Outcome } from '../core/outcome.ts';
import type { GitIntention } from '../core/plan.ts';
import type { WriteResult } from '../core/report.ts';
import { type ChangeLabels, type Composed, composeBranch } from './compose.ts';
import type { Contender } from './conflicts.ts';
import { type BranchItem, editBranch, isHeld, type ItemEdit } from './edit-branch.ts';
import { type Location, locate } from './locate.ts';
import type { CommitRequest, GitRemote, PushRequest, PushResult } from './ports.ts';
import type { RepositorySession } from './repositories.ts';
import { readTargets, type TargetFiles } from './target-files.ts';
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

interface Located {
  readonly intention: GitIntention;
  readonly location: Location;
}

/** One branch, the commit to build on, and what to build. */
interface BranchWork {
  readonly location: Location;
  readonly start: string;
  /** The branch starts anew from base. */
  readonly restarts: boolean;
  readonly items: readonly BranchItem[];
  /** Who wants no change of the branch, because base holds its values. */
  readonly standing: readonly GitIntention[];
}

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

  /** Writes all members; whoever loses a race tries again on the new head. Throws `Failed`. */
  async write(session: RepositorySession, members: readonly GitIntention[]): Promise<void> {
    const { clock, signal } = this.#context;
    let pending = members;
    for (let attempt = 1; ; attempt += 1) {
      const lost = await this.#attempt(session, pending);
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

  async #attempt(session: RepositorySession, intentions: readonly GitIntention[]): Promise<readonly Lost[]> {
    const located = await this.#locate(session, intentions);
    const branches = [...Map.groupBy(located, ({ location }) => location.branch).values()];
    const groups = branches.map((members) => this.#unlessKnown(this.#withOneBase(members)));
    const commits = commitsOf(groups.flat());
    if (commits.length === 0) return [];
    await session.repository.fetch(commits, this.#context.signal);
    const works: BranchWork[] = [];
    for (const members of groups) {
      const work = await this.#prepare(session, members);
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
    for (const { intention, location } of members) this.#hold(intention, location);
    return [];
  }

  #hold(intention: GitIntention, location: Location): void {
    this.#results.set(intention, { kind: 'unchanged' });
    this.#context.memory.confirm(intention, location);
  }

  /** Reads what the branch holds and leaves out what cannot, or need not, be written. */
  async #prepare(session: RepositorySession, members: readonly Located[]): Promise<BranchWork | undefined> {
    const location = members[0]?.location;
    if (location === undefined) return undefined;
    const intentions = members.map(({ intention }) => intention);
    const onBase = await this.#read(session, location.baseHead, intentions);
    const { branch, base, branchHead } = location;
    const fromBase = { location, start: location.baseHead, restarts: false, items: onBase, standing: [] };
    if (branch === base) return fromBase;
    // A write branch is only needed for what base does not hold yet.
    const items = onBase.filter((item) => !isHeld(item));
    const standing = onBase.filter((item) => !items.includes(item)).map(({ intention }) => intention);
    for (const intention of standing) this.#hold(intention, location);
    if (items.length === 0) return undefined;
    if (branchHead === undefined || branchHead === location.baseHead) return { ...fromBase, items, standing };
    if (await this.#isMerged(session, items, location.baseHead, branchHead)) {
      return { ...fromBase, restarts: true, items, standing };
    }
    const needed = items.map(({ intention }) => intention);
    const onBranch = await this.#read(session, branchHead, needed);
    return { location, start: branchHead, restarts: false, items: onBranch, standing };
  }

  /**
   * Merged: base holds what the branch holds at the targets of every application that writes to it
   * (decisions.md 4). A branch whose tip is not ours is never started anew.
   */
  async #isMerged(
    session: RepositorySession,
    items: readonly BranchItem[],
    baseHead: string,
    branchHead: string,
  ): Promise<boolean> {
    const { signal, editsOnBranchOf } = this.#context;
    if (!(await session.repository.isOwnCommit(branchHead, signal))) return false;
    const edits = [...new Set(items.flatMap(({ intention }) => editsOnBranchOf(intention)))];
    const onBase = await readTargets(session.repository, baseHead, edits, signal);
    const onBranch = await readTargets(session.repository, branchHead, edits, signal);
    return onBase.every((files, i) => sameTexts(files, onBranch[i]));
  }

  async #read(
    session: RepositorySession,
    commit: string,
    intentions: readonly GitIntention[],
  ): Promise<readonly BranchItem[]> {
    if (intentions.length === 0) return [];
    const { signal } = this.#context;
    const edits = intentions.map(({ edit }) => edit);
    const outcomes = await readTargets(session.repository, commit, edits, signal);
    return intentions.flatMap((intention, i): readonly BranchItem[] => {
      const files =
        outcomes[i] ?? fail({ kind: 'unexpected', message: 'target not read', cause: intention.key });
      if (files.ok) return [{ intention, files: files.value }];
      this.#results.fail(intention, files.failure);
      return [];
    });
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
  const message = `push ${branch} to ${repo}: somebody else was faster in each of ${maxAttempts} attempts; the next cycle tries again`;
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

function sameTexts(a: Outcome<TargetFiles>, b: Outcome<TargetFiles> | undefined): boolean {
  if (!a.ok || b?.ok !== true) return false;
  const paths = new Set([...a.value.texts.keys(), ...b.value.texts.keys()]);
  return [...paths].every((path) => (a.value.texts.get(path) ?? null) === (b.value.texts.get(path) ?? null));
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
