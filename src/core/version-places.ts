/** Where versions of an image stand in the files of a target, under names that outlive a change. */
import { filesOf, type TargetTexts } from './apply-edit.ts';
import type { TrackedImage } from './config/annotations.ts';
import { kustomizeNameOf } from './config/image-conflicts.ts';
import { type HelmKeys, parameterKeys, valueKeys } from './config/keys/target-keys.ts';
import { versionInTarget } from './current.ts';
import type { TargetEdit } from './edit/edit.ts';
import { versionOf } from './edit/decided-version.ts';
import { findManifestImages } from './edit/manifests/find-images.ts';

export interface VersionPlace {
  readonly path: string;
  /** `image.tag`, `images[acme/web]`, `ghcr.io/acme/web#container` (spec/policies.md 2.2). */
  readonly key: string;
  /** Absent: no file, or no version in it. */
  readonly version?: { readonly tag?: string; readonly digest?: string };
}

/** One place, or one for each manifest that names the image. */
export function versionPlaces(
  image: TrackedImage,
  edit: TargetEdit,
  texts: TargetTexts,
): readonly VersionPlace[] {
  const key = versionKey(image, edit.kind);
  if (key === undefined) return [];
  if (edit.kind !== 'manifests') {
    const files = filesOf(edit);
    const path = files.find((file) => (texts.get(file) ?? null) !== null) ?? files[0] ?? '';
    const found = versionInTarget(image, edit, texts);
    return [{ path, key, ...(found === undefined ? {} : { version: versionOf(found) }) }];
  }
  return [...texts].flatMap(([path, text]) => {
    const found = findManifestImages(new Map([[path, text]]), image);
    return found.ok ? [{ path, key, version: versionOf(found.value[0]) }] : [];
  });
}

/** The key that bears the version; undefined where only a name is written. */
export function versionKey(image: TrackedImage, kind: TargetEdit['kind']): string | undefined {
  switch (kind) {
    case 'helmvalues':
      return bearing(valueKeys(image.helm));
    case 'override-helm':
      return bearing(parameterKeys(image.helm));
    case 'override-kustomize':
    case 'kustomization':
      return `images[${kustomizeNameOf(image)}]`;
    case 'manifests': {
      const { registry, repository } = image.ref.canonical;
      const { container } = image.manifests;
      return `${registry}/${repository}${container === undefined ? '' : `#${container}`}`;
    }
  }
}

function bearing({ spec, tag, digest }: HelmKeys): string | undefined {
  return spec ?? tag ?? digest;
}
