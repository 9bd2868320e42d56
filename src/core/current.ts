/** The version of an image that a write-back target holds: the current one where nothing reports what runs. */
import type { AppConfig, TrackedImage } from './config/annotations.ts';
import type { HelmParameter } from './config/application.ts';
import { filesOf, type TargetTexts } from './apply-edit.ts';
import { type HelmKeys, parameterKeys, valueKeys } from './config/keys/target-keys.ts';
import { readHelmValue } from './edit/helmvalues.ts';
import { type ImageRef, parseImageRef, sameImage, withVersion } from './image/image.ts';
import { kustomizeNameOf } from './config/image-conflicts.ts';
import { readKustomizationImage } from './edit/kustomization.ts';
import type { KnownVersion } from './decide/live.ts';
import { findManifestImages } from './edit/manifests/find-images.ts';
import { readHelmOverride, readKustomizeOverride } from './edit/override/override.ts';
import type { TargetEdit } from './edit/edit.ts';

/** What tells the versions of the spec. */
type SpecParts = Pick<AppConfig, 'app' | 'writeBack'>;

/** From the target's files, else the parameters of the spec, else the chart's own values; an image without a version is to be written anew. */
export function heldVersion(
  config: SpecParts,
  image: TrackedImage,
  edit: TargetEdit,
  texts: TargetTexts,
): KnownVersion {
  if (edit.kind === 'manifests') return inManifests(image, texts);
  const ref =
    versionInTarget(image, edit, texts) ?? specVersion(config, image) ?? inDefaults(image, edit, texts);
  return ref === undefined ? { kind: 'unversioned' } : { kind: 'live', ref };
}

function inManifests(image: TrackedImage, texts: TargetTexts): KnownVersion {
  const found = findManifestImages(texts, image);
  if (!found.ok) return { kind: 'unreadable', failure: found.failure };
  const [ref, ...others] = found.value;
  return { kind: 'live', ref, others };
}

/** What the files of the target say, and nothing else. */
export function versionInTarget(
  image: TrackedImage,
  edit: Exclude<TargetEdit, { kind: 'manifests' }>,
  texts: TargetTexts,
): ImageRef | undefined {
  const text = filesOf(edit)
    .map((path) => texts.get(path) ?? null)
    .find((found) => found !== null);
  if (text === undefined || text === null) return undefined;
  switch (edit.kind) {
    case 'override-helm':
      return inParameters(image, readHelmOverride(text));
    case 'override-kustomize':
      return inKustomizeImages(image, readKustomizeOverride(text));
    case 'helmvalues':
      return fromHelmKeys(image, valueKeys(image.helm), (key) => readHelmValue(text, key));
    case 'kustomization': {
      const entry = readKustomizationImage(text, kustomizeNameOf(image));
      return entry === undefined ? undefined : versioned(image, entry.newTag, entry.digest);
    }
  }
}

/** What the values files say under the keys that parameters of an override file would set. */
function inDefaults(image: TrackedImage, edit: TargetEdit, texts: TargetTexts): ImageRef | undefined {
  if (edit.kind !== 'override-helm') return undefined;
  const values = (edit.defaults ?? []).flatMap((path) => texts.get(path) ?? []);
  return fromHelmKeys(image, parameterKeys(image.helm), (key) =>
    values.map((text) => readHelmValue(text, key)).find((value) => value !== undefined),
  );
}

/** The version in the parameters of the spec, if any. */
export function specVersion({ app, writeBack }: SpecParts, image: TrackedImage): ImageRef | undefined {
  const source = writeBack.ok ? app.sources[writeBack.value.sourceIndex] : undefined;
  return (
    inParameters(image, source?.helm?.parameters ?? []) ??
    inKustomizeImages(image, source?.kustomize?.images ?? [])
  );
}

function inParameters(image: TrackedImage, parameters: readonly HelmParameter[]): ImageRef | undefined {
  return fromHelmKeys(
    image,
    parameterKeys(image.helm),
    (key) => parameters.findLast(({ name }) => name === key)?.value,
  );
}

function fromHelmKeys(
  image: TrackedImage,
  keys: HelmKeys,
  valueOf: (key: string) => string | undefined,
): ImageRef | undefined {
  if (keys.spec !== undefined) return asReference(image, valueOf(keys.spec));
  const digest = digestAt(image, keys, valueOf);
  const tag =
    keys.tag === undefined || (image.format === 'digest' && digest !== undefined)
      ? undefined
      : valueOf(keys.tag);
  const tagged = tag === undefined || tag === '' ? undefined : asReference(image, `${image.ref.name}:${tag}`);
  return digest === undefined ? tagged : versioned(image, tagged?.tag, digest);
}

/** Where a key is there for it, it decides what runs, whatever stands behind the tag. */
function digestAt(
  image: TrackedImage,
  { digest }: HelmKeys,
  valueOf: (key: string) => string | undefined,
): string | undefined {
  const text = digest === undefined ? undefined : valueOf(digest);
  return text === undefined || text === ''
    ? undefined
    : asReference(image, `${image.ref.name}@${text}`)?.digest;
}

/** Only the version is taken: how the file spells the repository is the file's own business. */
function asReference(image: TrackedImage, text: string | undefined): ImageRef | undefined {
  const parsed = text === undefined ? undefined : parseImageRef(text);
  return parsed?.ok === true ? versioned(image, parsed.value.tag, parsed.value.digest) : undefined;
}

function inKustomizeImages(image: TrackedImage, images: readonly string[]): ImageRef | undefined {
  for (const text of images) {
    const [left, right] = text.split('=', 2);
    const parsed = parseImageRef(right ?? left ?? '');
    if (!parsed.ok) continue;
    const isOurs = right === undefined ? sameImage(parsed.value, image.ref) : left === kustomizeNameOf(image);
    if (isOurs) return versioned(image, parsed.value.tag, parsed.value.digest);
  }
  return undefined;
}

function versioned(
  image: TrackedImage,
  tag: string | undefined,
  digest: string | undefined,
): ImageRef | undefined {
  if (tag === undefined && digest === undefined) return undefined;
  return withVersion(image.ref, {
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  });
}
