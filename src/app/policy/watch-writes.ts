/** Writes at Applications with `quarantine` begin to be watched. */
import type { AppKey } from '../../core/config/application.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { repositoryName, versionText } from '../../core/image/image.ts';
import type { ImagePolicies } from '../../core/policy/settings.ts';
import type { KeptPolicies } from './kept-policies.ts';

export interface NewCommit {
  readonly app: AppKey;
  /** `-` for a live patch. */
  readonly commit: string;
  readonly policies: ReadonlyMap<number, ImagePolicies>;
  readonly decisions: readonly Decision[];
  readonly nowMs: number;
}

/** All images of the commit are suspects, those without the policy too. */
export function watchWrites(
  { watching }: Pick<KeptPolicies, 'watching'>,
  { app, commit, policies, decisions, nowMs }: NewCommit,
): void {
  const times = [...policies.values()].flatMap(({ quarantineMs }) => quarantineMs?.value ?? []);
  if (times.length === 0) return;
  const images = decisions.flatMap((decision) =>
    decision.kind === 'update'
      ? [
          {
            repository: repositoryName(decision.image.ref.canonical),
            version: versionText(decision.to),
          },
        ]
      : [],
  );
  watching.begin({ app, commit, quarantineMs: Math.max(...times), images }, nowMs);
}
