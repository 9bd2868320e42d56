/** Looks into one repository for all who ask about it, at the head of each branch that they follow. */
import type { AppKey } from '../../core/config/application.ts';
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import type { GitRemote } from '../../ports/git.ts';
import { locateBase } from '../repository/locate.ts';
import type { RepositorySession } from '../repository/repositories.ts';
import { observeAt } from './observe-commit.ts';
import type { Answers, KnownApplication, ObserveContext, Question } from './repository-question.ts';

export async function observeRepository(
  questions: readonly Question[],
  context: ObserveContext,
): Promise<Answers> {
  const [first] = questions;
  if (first === undefined) return new Map();
  const { repoURL, credentials } = first.writeBack;
  const { repositories } = context;
  const { project, namespace } = first.config.app;
  const remote = await repositories.remote({ repoURL, credentials, project, namespace });
  return repositories.use(remote, (session) => observeIn(session, remote, questions, context));
}

async function observeIn(
  session: RepositorySession,
  remote: GitRemote,
  questions: readonly Question[],
  context: ObserveContext,
): Promise<Answers> {
  const { memory, signal } = context;
  const heads = await session.heads(signal);
  const answers = new Map<AppKey, Outcome<KnownApplication>>();
  const byCommit = new Map<string, Question[]>();
  const branches = new Map<AppKey, string>();
  for (const question of questions) {
    const { key, config, writeBack } = question;
    const start = locateBase(writeBack, remote, heads);
    if (!start.ok) {
      answers.set(key, start);
      continue;
    }
    const commit = start.value.baseHead;
    branches.set(key, start.value.base);
    const held = memory.heldBy(question);
    if (commit === held?.commit) {
      memory.keepHeld(question, held);
      answers.set(key, succeed({ config, versions: held.versions, doubts: held.doubts }));
    } else byCommit.set(commit, [...(byCommit.get(commit) ?? []), question]);
  }
  await session.repository.fetch([...byCommit.keys()], signal);
  for (const [commit, asked] of byCommit) {
    const found = await observeAt(session.repository, { commit, branches }, asked, context);
    for (const [key, outcome] of found) answers.set(key, outcome);
  }
  return answers;
}
