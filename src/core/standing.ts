/** What an application holds to that wants no change: others must not change it either. */
import type { AppConfig } from './config/annotations.ts';
import { type ApplicationSource, appKey } from './config/application.ts';
import type { Decision } from './decide/decision.ts';
import { type GitIntention, targetEdit } from './plan.ts';

/**
 * An intention without changes, of the images that are on the version they want; undefined where there are none.
 * Values that only the spec holds are left out: they are what the application happens to run with, not what it wants.
 */
export function standingIntention(
  config: AppConfig,
  decisions: readonly Decision[],
): GitIntention | undefined {
  const { app, writeBack } = config;
  if (!writeBack.ok || writeBack.value.kind !== 'git') return undefined;
  const wanted = decisions.flatMap((decision) =>
    decision.kind === 'current' && decision.noChoice === undefined
      ? [{ image: decision.image, to: decision.at }]
      : [],
  );
  if (wanted.length === 0) return undefined;
  const bare = { ...config, app: { ...app, sources: app.sources.map(withoutValues) } };
  const edit = targetEdit(bare, writeBack.value, wanted);
  return { kind: 'git', app, key: appKey(app), writeBack: writeBack.value, edit, changes: [], updates: [] };
}

function withoutValues(source: ApplicationSource): ApplicationSource {
  const { helm, kustomize } = source;
  return {
    ...source,
    ...(helm === undefined ? {} : { helm: { ...helm, parameters: [] } }),
    ...(kustomize === undefined ? {} : { kustomize: { images: [] } }),
  };
}
