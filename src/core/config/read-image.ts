/** One entry of image-list and its annotations -> what is tracked. */
import { optionalProperty } from '../base/optional-property.ts';
import { fail, type Outcome, succeed } from '../base/outcome.ts';
import type { Application } from './application.ts';
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
import { annotationSettings, inSetting } from './keys/annotation-values.ts';
import { type ImageListEntry, parseImageListEntry } from './keys/image-list.ts';
import { readHelmKeys, readKustomizeName, readManifestKeys } from './keys/target-keys.ts';
import { withReading } from './tag-reading.ts';
import { readWrittenForm } from './keys/write-format.ts';
import type { ConfiguredImage, TrackedImage } from './tracked-image.ts';

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
  const reading = withReading(context, strategy.value, filter.value, entry);
  if (!reading.ok) return reading;
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
  const form = readWrittenForm(context.settings, context.warn, strategy.value.kind === 'digest', helm.value);
  if (!form.ok) return form;
  const manifests = readManifestKeys(context.settings);
  if (!manifests.ok) return manifests;
  const { alias, constraint } = entry;
  return succeed({
    alias,
    entry: entry.text,
    index,
    ref: entry.image,
    strategy: reading.value,
    ...optionalProperty('constraintText', constraint),
    filter: filter.value,
    platforms: readPlatforms(context),
    forceUpdate: forceUpdate.value,
    verifyPlatform: verifyPlatform.value,
    allowsDowngrade: allowsDowngrade.value,
    helm: helm.value,
    manifests: manifests.value,
    ...form.value,
    ...buildDate.value,
    ...credentials.value,
    ...kustomizeName.value,
  });
}
