/** Whether what Argo CD has deployed holds a commit of ours: from the history of its base branch (spec/policies.md 7.2). */
import type { AppConfig } from '../../core/config/annotations.ts';
import { settle } from '../../core/base/settle.ts';
import type { Clock } from '../../ports/clock.ts';
import { containsCommit } from '../../core/policy/rollback/lines/commit-log.ts';
import { followsBase } from '../read/observe.ts';
import type { ObserveContext } from '../read/repository-question.ts';
import type { RepositorySession } from '../repository/repositories.ts';
import { useBase } from '../repository/use-base.ts';
import { type Contains, unknown } from './facts/watching.ts';

export interface ContainmentContext extends Pick<ObserveContext, 'repositories' | 'signal'> {
  readonly clock: Clock;
}

/** Of one line of descent: an older commit of ours is not looked for. */
const depths = [256, 2048] as const;
/** All policies of the cycle wait for it; without it times decide. */
const maxWaitMs = 10_000;

export async function readContainment(
  config: AppConfig,
  commit: string,
  context: ContainmentContext,
): Promise<Contains> {
  const late = Promise.withResolvers<Contains>();
  const cancel = context.clock.after(maxWaitMs, () => late.resolve(unknown));
  const read = settle(() => readFrom(config, commit, context));
  const contains = await Promise.race([read.then((one) => (one.ok ? one.value : unknown)), late.promise]);
  cancel();
  return contains;
}

async function readFrom(config: AppConfig, commit: string, context: ContainmentContext): Promise<Contains> {
  const { writeBack, app } = config;
  if (!writeBack.ok || writeBack.value.kind !== 'git') return unknown;
  const { value } = writeBack;
  if (!followsBase({ config, writeBack: value })) return unknown;
  const found = await useBase(app, value, context, (session, { baseHead }) =>
    containsIn(session, baseHead, commit, context.signal),
  );
  return found.ok ? found.value : unknown;
}

async function containsIn(
  { histories }: RepositorySession,
  head: string,
  commit: string,
  signal: AbortSignal,
): Promise<Contains> {
  for (const minCommits of depths) {
    const { lines, isDeepest } = await histories.log(head, minCommits, signal);
    const isSeen = lines.log.some(({ id }) => id === commit);
    if (isSeen || isDeepest) return (revision) => containsCommit(lines.log, revision, commit);
  }
  return unknown;
}
