/** One entry of image-list and its annotations -> what is tracked. */
import { annotationSettings, inSetting } from './keys/annotation-values.ts';
import type { Application } from './application.ts';
import type { TagFilter } from '../version/filter.ts';
import {
  type HelmKeys,
  type ManifestKeys,
  readHelmKeys,
  readKustomizeName,
  readManifestKeys,
} from './keys/target-keys.ts';
import { type ImageListEntry, parseImageListEntry } from './keys/image-list.ts';
import type { ImageRef } from '../image/image.ts';
import {
  type ImageContext,
  readBuildDate,
  readCredentials,
  readDowngrade,
  readFilter,
  readForceUpdate,
  readPlatforms,
  readVerifyPlatform,
} from './image-options.ts';
import { readStrategy } from './image-strategy.ts';
import { optionalProperty } from '../base/optional-property.ts';
import { fail, type Outcome, succeed } from '../base/outcome.ts';
import type { SecretSource } from './keys/secret-source.ts';
import type { BuildDateSource } from '../version/build-date.ts';
import type { Strategy } from '../strategy/strategy.ts';

export interface TrackedImage {
  /** "" if the entry has none. */
  readonly alias: string;
  /** The entry as written in image-list, for messages. */
  readonly entry: string;
  /** Position in image-list, from 0: with the application it identifies the image. */
  readonly index: number;
  readonly ref: ImageRef;
  readonly strategy: Strategy;
  /** Constraint text as written, for messages; absent if none. */
  readonly constraintText?: string;
  readonly filter: TagFilter;
  /** `os/arch[/variant]`, sorted, never empty (default: the machine's own). */
  readonly platforms: readonly string[];
  readonly credentials?: SecretSource;
  readonly forceUpdate: boolean;
  /** `<alias>.verify-platform`: the choice must be an image for one of the platforms, else the next one is taken. */
  readonly verifyPlatform: boolean;
  /** `<alias>.downgrade: allow`: follow a registry that lists the running version no more. */
  readonly allowsDowngrade: boolean;
  /** `<alias>.build-date`, for newest-build. */
  readonly buildDate?: BuildDateSource;
  /** Annotated Helm keys; absent where not annotated (defaults are applied when a write is planned). */
  readonly helm: HelmKeys;
  /** `<alias>.kustomize.image-name`. */
  readonly kustomizeName?: ImageRef;
  /** `<alias>.manifests.path` (key path in custom resources) and `<alias>.manifests.name` (container name). */
  readonly manifests: ManifestKeys;
}

export interface ConfiguredImage {
  readonly alias: string;
  readonly entry: string;
  readonly index: number;
  readonly image: Outcome<TrackedImage>;
}

/** A problem that stops nothing but should be said. */
export interface Warning {
  readonly message: string;
  /** Key after the prefix; absent where it is about what happened, not about what is configured. */
  readonly annotation?: string;
  /** What a person can do, where the message does not say it. */
  readonly advice?: string;
  /** It works, and is said at level info, once for all that say it. */
  readonly isDeprecation?: true;
}

/** What the entries of one Application share. */
export interface EntryContext extends Omit<ImageContext, 'settings' | 'namespace'> {
  readonly app: Application;
}

/** Never loses an entry: one that cannot be read is there with its failure. */
export function configureImage(
  { app, ...others }: EntryContext,
  text: string,
  index: number,
): ConfiguredImage {
  const entry = parseImageListEntry(text);
  if (!entry.ok) {
    return { alias: '', entry: text.trim(), index, image: fail(inSetting(entry.failure, 'image-list')) };
  }
  const { alias } = entry.value;
  const settings = annotationSettings(app.annotations, alias);
  const context = { ...others, settings, namespace: app.namespace };
  return { alias, entry: entry.value.text, index, image: readTrackedImage(context, entry.value, index) };
}

/** An entry, and whatever settings go with it -> what is tracked. */
export function readTrackedImage(
  context: ImageContext,
  entry: ImageListEntry,
  index: number,
): Outcome<TrackedImage> {
  const strategy = readStrategy(context, entry);
  if (!strategy.ok) return strategy;
  const filter = readFilter(context);
  if (!filter.ok) return filter;
  const forceUpdate = readForceUpdate(context);
  if (!forceUpdate.ok) return forceUpdate;
  const verifyPlatform = readVerifyPlatform(context, strategy.value.kind);
  if (!verifyPlatform.ok) return verifyPlatform;
  const allowsDowngrade = readDowngrade(context);
  if (!allowsDowngrade.ok) return allowsDowngrade;
  const buildDate = readBuildDate(context, strategy.value.kind);
  if (!buildDate.ok) return buildDate;
  const credentials = readCredentials(context, entry);
  if (!credentials.ok) return credentials;
  const kustomizeName = readKustomizeName(context.settings, context.warn);
  if (!kustomizeName.ok) return kustomizeName;
  const helm = readHelmKeys(context.settings);
  if (!helm.ok) return helm;
  const manifests = readManifestKeys(context.settings);
  if (!manifests.ok) return manifests;
  const { alias, constraint } = entry;
  return succeed({
    alias,
    entry: entry.text,
    index,
    ref: entry.image,
    strategy: strategy.value,
    ...optionalProperty('constraintText', constraint),
    filter: filter.value,
    platforms: readPlatforms(context),
    forceUpdate: forceUpdate.value,
    verifyPlatform: verifyPlatform.value,
    allowsDowngrade: allowsDowngrade.value,
    helm: helm.value,
    manifests: manifests.value,
    ...buildDate.value,
    ...credentials.value,
    ...kustomizeName.value,
  });
}
