/** What a target should hold -> the edit that makes it so. */
import type { AppConfig, GitWriteBack } from './config/annotations.ts';
import { optionalProperty } from './base/optional-property.ts';
import { type DecidedVersion, versionOf, writtenVersion } from './edit/decided-version.ts';
import type { ManifestEdit, TargetEdit } from './edit/edit.ts';
import { folderReads } from './edit/folder-reads.ts';
import { defaultsOf, helmParameters, valueEdits } from './edit/helm-edits.ts';
import { kustomizeEdits, kustomizeString } from './edit/kustomize-edits.ts';
import { mergeHelmParameters, mergeKustomizeImages } from './edit/override/merge.ts';

/** The edit of the target that gives these images these versions. */
export function targetEdit(
  config: AppConfig,
  { target, sourceIndex, reads, repoURL }: GitWriteBack,
  decided: readonly DecidedVersion[],
): TargetEdit {
  const source = config.app.sources[sourceIndex];
  switch (target.kind) {
    case 'override': {
      const { path } = target;
      if (config.sourceType === 'Kustomize') {
        const images = mergeKustomizeImages(source?.kustomize?.images ?? [], decided.map(kustomizeString));
        return { kind: 'override-kustomize', path, images };
      }
      const parameters = mergeHelmParameters(source?.helm?.parameters ?? [], decided.flatMap(helmParameters));
      const defaults = defaultsOf(config.app, sourceIndex);
      return { kind: 'override-helm', path, parameters, ...optionalProperty('defaults', defaults) };
    }
    case 'helmvalues':
      return {
        kind: 'helmvalues',
        path: target.path,
        values: valueEdits(decided),
        ...optionalProperty('reads', reads),
      };
    case 'kustomization': {
      const images = kustomizeEdits(source?.kustomize?.images ?? [], decided);
      const folders = folderReads(config.app, repoURL);
      return {
        kind: 'kustomization',
        directory: target.directory,
        images,
        ...optionalProperty('reads', folders),
      };
    }
    case 'manifests':
      return {
        ...target,
        images: decided.map(manifestEdit),
        ...optionalProperty('reads', folderReads(config.app, repoURL)),
      };
  }
}

function manifestEdit(decided: DecidedVersion): ManifestEdit {
  const { image } = decided;
  const to = writtenVersion(decided);
  return {
    alias: image.alias,
    registry: to.canonical.registry,
    repository: to.canonical.repository,
    ...versionOf(to),
    ...image.manifests,
  };
}
