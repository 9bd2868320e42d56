/** Work at the branch that Argo CD follows, as the server has it now. */
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import type { Application } from '../../core/config/application.ts';
import type { GitWriteBack } from '../../core/config/write-back.ts';
import { type BaseLocation, locateBase } from './locate.ts';
import type { Repositories, RepositorySession } from './repositories.ts';

export interface BaseContext {
  readonly repositories: Repositories;
  readonly signal: AbortSignal;
}

/** Fails where the branch is not there. Throws `Failed` where the repository cannot be had. */
export async function useBase<T>(
  { project, namespace }: Pick<Application, 'project' | 'namespace'>,
  writeBack: GitWriteBack,
  { repositories, signal }: BaseContext,
  work: (session: RepositorySession, base: BaseLocation) => Promise<T>,
): Promise<Outcome<T>> {
  const { repoURL, credentials } = writeBack;
  const remote = await repositories.remote({ repoURL, credentials, project, namespace });
  return repositories.use(remote, async (session): Promise<Outcome<T>> => {
    const base = locateBase(writeBack, remote, await session.heads(signal));
    return base.ok ? succeed(await work(session, base.value)) : base;
  });
}
