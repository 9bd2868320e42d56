/** Stage 7 for Git: the intentions for one repository, written with one push for each way into it. */
import type { Failure, Outcome } from '../../core/base/outcome.ts';
import type { GitIntention, ImageChange } from '../../core/plan.ts';
import type { WriteResult } from '../../core/report/report.ts';
import type { TargetEdit } from '../../core/edit/edit.ts';
import type { Template } from '../../core/template/template.ts';
import type { ChangeLabels } from './compose.ts';
import { type Contender, findContradictions } from './conflicts.ts';
import { GroupWriter } from './group-writer.ts';
import { locate, standingBranch } from '../repository/locate.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GitHeads, GitRemote } from '../../ports/git.ts';
import type { Repositories } from '../repository/repositories.ts';
import { settle } from '../../core/base/settle.ts';
import type { TargetMemory } from '../read/target-memory.ts';

export interface WriteContext {
  readonly repositories: Repositories;
  readonly memory: TargetMemory;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
  readonly commitTemplate: Template;
  /** Edits of all applications that write to the same branch, whether they want to write now or not. */
  readonly editsOnBranchOf: (intention: GitIntention) => readonly TargetEdit[];
  /** What applications that want no change, or have been written already, hold to. */
  readonly standing: readonly GitIntention[];
  /** Labels of each changed image, where the commit template uses them. */
  readonly labelsOf?: (intention: GitIntention) => Promise<Outcome<ChangeLabels>>;
}

/** What became of an intention. */
export interface Written {
  readonly result: WriteResult;
  readonly changes: readonly ImageChange[];
}

/** Writes a batch of intentions for one repository; one result per intention, in order. */
export async function writeBatch(
  intentions: readonly GitIntention[],
  context: WriteContext,
): Promise<readonly Written[]> {
  const results = new Results();
  if (context.dryRun) for (const intention of intentions) results.set(intention, { kind: 'dry-run' });
  else await writeAll(intentions, context, results);
  return intentions.map((intention) => ({ result: results.of(intention), changes: intention.changes }));
}

export class Results {
  readonly #results = new Map<GitIntention, WriteResult>();

  set(intention: GitIntention, result: WriteResult): void {
    this.#results.set(intention, result);
  }

  fail(intention: GitIntention, failure: Failure): void {
    this.set(intention, { kind: 'failed', failure });
  }

  failUnset(intention: GitIntention, failure: Failure): void {
    if (!this.#results.has(intention)) this.fail(intention, failure);
  }

  of(intention: GitIntention): WriteResult {
    const result = this.#results.get(intention);
    if (result === undefined) throw new Error(`no result for ${intention.key}`);
    return result;
  }
}

/** Those who reach the repository in the same way. */
interface RemoteGroup {
  readonly remote: GitRemote;
  readonly members: readonly GitIntention[];
}

/** Nothing is pushed before every group's branches are known, and with them who contradicts whom. */
async function writeAll(
  intentions: readonly GitIntention[],
  context: WriteContext,
  results: Results,
): Promise<void> {
  const groups = await groupByRemote(intentions, context, results);
  const wanting: Contender[] = [];
  let heads: GitHeads | undefined;
  for (const { remote, members } of groups) {
    const seen = await settle(() =>
      context.repositories.use(remote, (session) => session.heads(context.signal)),
    );
    if (!seen.ok) {
      for (const intention of members) results.fail(intention, seen.failure);
      continue;
    }
    heads ??= seen.value;
    for (const intention of members) {
      const location = locate(intention, remote, seen.value);
      if (location.ok) wanting.push({ intention, branch: location.value.branch });
      else results.fail(intention, location.failure);
    }
  }
  if (heads === undefined) return;
  const standing = contendersOf(context.standing, heads);
  const contradictions = findContradictions(wanting, standing);
  for (const [intention, failure] of contradictions) results.fail(intention, failure);
  const writable = new Set(
    wanting.flatMap(({ intention }) => (contradictions.has(intention) ? [] : intention)),
  );
  for (const { remote, members } of groups) {
    const left = members.filter((intention) => writable.has(intention));
    if (left.length === 0) continue;
    const writer = new GroupWriter({ remote, standing, context, results });
    const outcome = await settle(() =>
      context.repositories.use(remote, (session) => writer.write(session, left)),
    );
    if (!outcome.ok) for (const intention of left) results.failUnset(intention, outcome.failure);
  }
}

function contendersOf(intentions: readonly GitIntention[], heads: GitHeads): readonly Contender[] {
  return intentions.flatMap((intention) => {
    const branch = standingBranch(intention, heads);
    return branch === undefined ? [] : { intention, branch };
  });
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
