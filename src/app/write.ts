/** Stage 7 for Git: read, edit in memory, one commit per application, one push per repository. */
import { claimsOf, findConflicts } from '../core/claims.ts';
import { type Failure, fail, type Outcome, succeed } from '../core/outcome.ts';
import type { GitIntention, ImageChange } from '../core/plan.ts';
import type { WriteResult } from '../core/report.ts';
import type { TargetEdit } from '../core/target.ts';
import type { Template } from '../core/template/template.ts';
import { type Composed, type ComposeItem, composeBranch } from './compose.ts';
import { type Location, locate } from './locate.ts';
import type { Clock, CommitRequest, GitRemote, PushRequest, PushResult } from './ports.ts';
import type { Repositories, RepositorySession } from './repositories.ts';
import { settle } from './settle.ts';
import { readTargets, type TargetFiles } from './target-files.ts';
import type { TargetMemory } from './target-memory.ts';

export interface WriteContext {
  readonly repositories: Repositories;
  readonly memory: TargetMemory;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
  readonly commitTemplate: Template;
  /** Edits of all applications that write to the same branch, whether they want to write now or not. */
  readonly editsOnBranchOf: (intention: GitIntention) => readonly TargetEdit[];
  /** Labels of each changed image, where the commit template uses them. */
  readonly labelsOf?: (
    intention: GitIntention,
  ) => Promise<Outcome<readonly Readonly<Record<string, string>>[]>>;
}

/** What became of an intention; `changes` as the commit tells them. */
export interface Written {
  readonly result: WriteResult;
  readonly changes: readonly ImageChange[];
}

/** A branch may move under us this often before the next cycle has to try again. */
const maxAttempts = 4;
const firstBackOffMs = 150;

/** Writes a batch of intentions for one repository; one result per intention, in order. */
export async function writeBatch(
  intentions: readonly GitIntention[],
  context: WriteContext,
): Promise<readonly Written[]> {
  const results = new Results();
  if (context.dryRun) {
    for (const intention of intentions) results.set(intention, { kind: 'dry-run' });
  } else {
    for (const { remote, members } of await groupByRemote(intentions, context, results)) {
      const group = new GroupWriter(remote, context, results);
      const outcome = await settle(() =>
        context.repositories.use(remote, (session) => group.write(session, members)),
      );
      if (!outcome.ok) for (const intention of members) results.failUnset(intention, outcome.failure);
    }
  }
  return intentions.map((intention) => results.of(intention));
}

class Results {
  readonly #results = new Map<GitIntention, Written>();

  set(intention: GitIntention, result: WriteResult, changes = intention.changes): void {
    this.#results.set(intention, { result, changes });
  }

  fail(intention: GitIntention, failure: Failure): void {
    this.set(intention, { kind: 'failed', failure });
  }

  failUnset(intention: GitIntention, failure: Failure): void {
    if (!this.#results.has(intention)) this.fail(intention, failure);
  }

  of(intention: GitIntention): Written {
    const written = this.#results.get(intention);
    if (written === undefined) throw new Error(`no result for ${intention.key}`);
    return written;
  }
}

interface RemoteGroup {
  readonly remote: GitRemote;
  readonly members: readonly GitIntention[];
}

async function groupByRemote(
  intentions: readonly GitIntention[],
  { repositories }: WriteContext,
  results: Results,
): Promise<readonly RemoteGroup[]> {
  const groups = new Map<string, { remote: GitRemote; members: GitIntention[] }>();
  const ordered = intentions.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  for (const intention of ordered) {
    const { repoURL, credentials } = intention.writeBack;
    const wanted = { repoURL, credentials, project: intention.app.project };
    const remote = await settle(() => repositories.remote(wanted));
    if (!remote.ok) {
      results.fail(intention, remote.failure);
      continue;
    }
    const group = groups.get(remote.value.key) ?? { remote: remote.value, members: [] };
    group.members.push(intention);
    groups.set(remote.value.key, group);
  }
  return [...groups.values()];
}

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
  readonly items: readonly ComposeItem[];
}

interface BranchCommits {
  readonly work: BranchWork;
  readonly composed: readonly Composed[];
}

class GroupWriter {
  readonly #remote: GitRemote;
  readonly #context: WriteContext;
  readonly #results: Results;

  constructor(remote: GitRemote, context: WriteContext, results: Results) {
    this.#remote = remote;
    this.#context = context;
    this.#results = results;
  }

  /** Writes all members; whoever loses a race tries again on the new head. Throws `Failed`. */
  async write(session: RepositorySession, members: readonly GitIntention[]): Promise<void> {
    const { clock, signal } = this.#context;
    let pending = members;
    for (let attempt = 1; pending.length > 0; attempt += 1) {
      const lost = await this.#attempt(session, pending);
      if (attempt === maxAttempts) {
        for (const { intention, failure } of lost) this.#results.fail(intention, failure);
        return;
      }
      pending = lost.map(({ intention }) => intention);
      if (pending.length === 0) return;
      session.forgetHeads();
      await clock.sleep(firstBackOffMs * 2 ** attempt * (0.5 + clock.random()), signal);
    }
  }

  async #attempt(
    session: RepositorySession,
    intentions: readonly GitIntention[],
  ): Promise<readonly { intention: GitIntention; failure: Failure }[]> {
    const located = await this.#locate(session, intentions);
    const branches = [...Map.groupBy(located, ({ location }) => location.branch).values()];
    const groups = branches.map((members) =>
      this.#withoutKnown(this.#withoutConflicts(this.#withOneBase(members))),
    );
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

  #withoutKnown(members: readonly Located[]): readonly Located[] {
    return members.filter(({ intention, location }) => {
      if (!this.#context.memory.holds(intention, location)) return true;
      this.#results.set(intention, { kind: 'unchanged' });
      return false;
    });
  }

  /** Reads what the branch holds and leaves out what cannot, or need not, be written. */
  async #prepare(session: RepositorySession, members: readonly Located[]): Promise<BranchWork | undefined> {
    const location = members[0]?.location;
    if (location === undefined) return undefined;
    const onBase = await this.#read(session, location.baseHead, members);
    const { branchHead } = location;
    if (branchHead === undefined || branchHead === location.baseHead) {
      return { location, start: location.baseHead, restarts: false, items: onBase };
    }
    const needed = this.#notInBase(onBase, location);
    if (needed.length === 0) return undefined;
    if (await this.#isMerged(session, needed, location.baseHead, branchHead)) {
      return { location, start: location.baseHead, restarts: true, items: needed };
    }
    const items = await this.#read(
      session,
      branchHead,
      needed.map(({ intention }) => ({ intention, location })),
    );
    return { location, start: branchHead, restarts: false, items };
  }

  /**
   * Merged: base holds what the branch holds at the targets of every application that writes to it
   * (decisions.md 4). A branch whose tip is not ours is never started anew.
   */
  async #isMerged(
    session: RepositorySession,
    items: readonly ComposeItem[],
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

  #withoutConflicts(members: readonly Located[]): readonly Located[] {
    const conflicts = findConflicts(
      members.map((member) => ({ party: member, claims: claimsOf(member.intention.edit) })),
    );
    for (const { place, parties } of conflicts) {
      const names = parties.map(({ intention }) => intention.key);
      for (const { intention } of parties) {
        const others = names.filter((name) => name !== intention.key).join(', ');
        this.#results.fail(intention, {
          kind: 'edit',
          path: place,
          message: `${place}: ${others} wants another value there; neither is written until their constraints agree`,
        });
      }
    }
    const inConflict = new Set(conflicts.flatMap(({ parties }) => parties));
    return members.filter((member) => !inConflict.has(member));
  }

  async #read(
    session: RepositorySession,
    commit: string,
    members: readonly Located[],
  ): Promise<readonly ComposeItem[]> {
    if (members.length === 0) return [];
    const { signal, labelsOf } = this.#context;
    const edits = members.map(({ intention }) => intention.edit);
    const outcomes = await readTargets(session.repository, commit, edits, signal);
    const items: ComposeItem[] = [];
    for (const [i, { intention }] of members.entries()) {
      const files =
        outcomes[i] ?? fail({ kind: 'unexpected', message: 'target not read', cause: intention.edit });
      const labels = labelsOf === undefined ? succeed(undefined) : await labelsOf(intention);
      if (!files.ok) this.#results.fail(intention, files.failure);
      else if (!labels.ok) this.#results.fail(intention, labels.failure);
      else
        items.push({
          intention,
          files: files.value,
          ...(labels.value === undefined ? {} : { labels: labels.value }),
        });
    }
    return items;
  }

  /** A write branch is only needed for what base does not hold yet. */
  #notInBase(items: readonly ComposeItem[], location: Location): readonly ComposeItem[] {
    return items.filter((item) => {
      const [alone] = composeBranch(location.baseHead, [item], this.#context.commitTemplate, []);
      if (alone?.kind !== 'unchanged') return true;
      this.#results.set(item.intention, { kind: 'unchanged' });
      this.#context.memory.confirm(item.intention, location);
      return false;
    });
  }

  async #commitAndPush(
    session: RepositorySession,
    works: readonly BranchWork[],
  ): Promise<readonly { intention: GitIntention; failure: Failure }[]> {
    const { signal, commitTemplate } = this.#context;
    const requests: CommitRequest[] = [];
    const branches: readonly BranchCommits[] = works.map((work) => ({
      work,
      composed: composeBranch(work.start, work.items, commitTemplate, requests),
    }));
    const commits = requests.length === 0 ? [] : await session.repository.commit(requests, signal);
    const pushed = branches.flatMap((branch) => pushOf(branch, commits));
    const outcomes = pushed.length === 0 ? [] : await session.repository.push(pushed, signal);
    const byBranch = new Map(outcomes.map((outcome) => [outcome.branch, outcome]));
    return branches.flatMap((branch) =>
      this.#settleBranch(session, branch, commits, byBranch.get(branch.work.location.branch)),
    );
  }

  #settleBranch(
    session: RepositorySession,
    { work, composed }: BranchCommits,
    commits: readonly string[],
    pushed: PushResult | undefined,
  ): readonly { intention: GitIntention; failure: Failure }[] {
    const { location } = work;
    const head = pushed?.ok === true ? headOf(composed, commits) : undefined;
    const now = head === undefined ? location : movedLocation(location, head);
    if (head !== undefined) session.movedTo(location.branch, head);
    const lost: { intention: GitIntention; failure: Failure }[] = [];
    for (const item of composed) {
      const { intention } = item;
      if (item.kind === 'failed') this.#results.fail(intention, item.failure);
      else if (item.kind === 'commit' && pushed !== undefined && !pushed.ok) {
        const failure = this.#pushFailure(pushed);
        if (pushed.code === 'race' || pushed.code === 'lease') lost.push({ intention, failure });
        else this.#results.fail(intention, failure);
      } else {
        this.#results.set(
          intention,
          this.#resultOf(item, location.branch, commits),
          item.kind === 'commit' ? item.changes : intention.changes,
        );
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

  #pushFailure({ branch, code, message }: Extract<PushResult, { ok: false }>): Failure {
    return { kind: 'git', code, repo: this.#remote.displayUrl, branch, message };
  }
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
