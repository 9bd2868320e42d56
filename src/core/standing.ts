/** What an application holds to that wants no change: others must not change it either. */
import type { AppConfig } from './config/annotations.ts';
import { type ApplicationSource, appKey } from './config/application.ts';
import type { Decision } from './decide/decision.ts';
import type { DecidedVersion } from './edit/decided-version.ts';
import { targetEdit } from './target-edit.ts';
import type { GitIntention } from './plan.ts';

/**
 * An intention without changes, of the images that are on the version they want; undefined where there are none.
 * Values that only the spec holds are left out: they are what the application happens to run with, not what it wants.
 */
export function standingIntention(
  config: AppConfig,
  decisions: readonly Decision[],
): GitIntention | undefined {
  const wanted = decisions.flatMap((decision) =>
    decision.kind === 'current' && decision.noChoice === undefined
      ? [{ image: decision.image, to: decision.at }]
      : [],
  );
  return standing(config, wanted);
}

/** The same for images that a policy withholds: what they are at is theirs as long as that lasts (policies.md 1.4). */
export function withheldIntention(
  config: AppConfig,
  decisions: readonly Decision[],
): GitIntention | undefined {
  const withheld = decisions.filter(({ kind }) => kind === 'held' || kind === 'waiting') as Withheld[];
  const known = withheld.flatMap(({ image, at }) => (at === undefined ? [] : [{ image, to: at }]));
  const intention = standing(config, known);
  if (intention === undefined) return undefined;
  const reasons = withheld.map(
    ({ alias, entry, reason }) => `${alias === '' ? entry : alias}: ${reason.code}`,
  );
  return { ...intention, withholds: `${intention.key} ${reasons.join(', ')}` };
}

type Withheld = Extract<Decision, { kind: 'held' | 'waiting' }>;

function standing(config: AppConfig, wanted: readonly DecidedVersion[]): GitIntention | undefined {
  const { app, writeBack } = config;
  if (wanted.length === 0 || !writeBack.ok || writeBack.value.kind !== 'git') return undefined;
  const bare = { ...config, app: { ...app, sources: app.sources.map(withoutValues) } };
  const edit = targetEdit(bare, writeBack.value, wanted);
  return {
    kind: 'git',
    app,
    key: appKey(app),
    writeBack: writeBack.value,
    edit,
    changes: [],
    updates: [],
    decided: [],
  };
}

function withoutValues(source: ApplicationSource): ApplicationSource {
  const { helm, kustomize } = source;
  return {
    ...source,
    ...(helm === undefined ? {} : { helm: { ...helm, parameters: [] } }),
    ...(kustomize === undefined ? {} : { kustomize: { images: [] } }),
  };
}
