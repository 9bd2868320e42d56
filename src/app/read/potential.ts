/** What an application could write, known from its configuration alone. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import { claimsOf } from '../../core/conflicts/place-claims.ts';
import { withVersion } from '../../core/image/image.ts';
import type { GitWriteBack } from '../../core/config/write-back.ts';
import { targetEdit } from '../../core/target-edit.ts';
import { repositoryIdentity } from '../../core/base/git-url.ts';
import type { TargetEdit } from '../../core/edit/edit.ts';

export interface Potential {
  readonly key: AppKey;
  readonly writeBack: GitWriteBack;
  readonly edit: TargetEdit;
}

/** The edit with a stand-in version for every readable image: its places are real, its values are not. */
function versionedEdit(config: AppConfig, writeBack: GitWriteBack): TargetEdit {
  const decided = config.images.flatMap(({ image }) =>
    image.ok ? [{ image: image.value, to: withVersion(image.value.ref, { tag: '0' }) }] : [],
  );
  return targetEdit(config, writeBack, decided);
}

export function potentialOf(config: AppConfig, writeBack: GitWriteBack): Potential {
  return { key: appKey(config.app), writeBack, edit: versionedEdit(config, writeBack) };
}

/** Applications that write to Git, one list per repository. */
export function potentialsByRepository(configs: readonly AppConfig[]): readonly (readonly Potential[])[] {
  const potentials = configs.flatMap((config): readonly Potential[] => {
    const { writeBack } = config;
    const isGit = writeBack.ok && writeBack.value.kind === 'git' && config.unsupported === undefined;
    return isGit ? [potentialOf(config, writeBack.value)] : [];
  });
  return [...Map.groupBy(potentials, ({ writeBack }) => repositoryIdentity(writeBack.repoURL)).values()];
}

/** For each application those others that may set the same scalar. */
export function boundTogether(potentials: readonly Potential[]): ReadonlyMap<AppKey, ReadonlySet<AppKey>> {
  const byClaim = new Map<string, Set<AppKey>>();
  for (const { key, edit } of potentials) {
    for (const place of meetingPlaces(edit)) byClaim.set(place, (byClaim.get(place) ?? new Set()).add(key));
  }
  const bound = new Map<AppKey, Set<AppKey>>();
  for (const apps of byClaim.values()) {
    if (apps.size < 2) continue;
    for (const app of apps) {
      const others = bound.get(app) ?? new Set();
      for (const other of apps) if (other !== app) others.add(other);
      bound.set(app, others);
    }
  }
  return bound;
}

/** Folders of manifests may lie within one another: there, all who track an image may meet. */
function meetingPlaces(edit: TargetEdit): readonly string[] {
  if (edit.kind !== 'manifests') return claimsOf(edit).map(({ key }) => key);
  return edit.images.map(({ registry, repository }) => `${registry}/${repository}`);
}
