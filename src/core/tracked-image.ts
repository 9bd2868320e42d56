/** One entry of image-list and its annotations -> what is tracked. */
import { type AnnotationValue, type ImageOnlyKey, imageValue, sharedValue } from './annotation-keys.ts';
import type { Application } from './application.ts';
import { parseConstraint } from './constraint.ts';
import { parseAllowTags, type TagFilter } from './filter.ts';
import { parseGlob } from './glob.ts';
import { type ImageListEntry, type ImageRef, parseImageListEntry, parseImageRef } from './image.ts';
import { configFailure, type Failure, fail, type Outcome, succeed } from './outcome.ts';
import { quoted } from './quoted.ts';
import { parseSecretSource, type SecretSource } from './secret-source.ts';
import { parseStrategyName, type Strategy } from './strategy.ts';

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
  /** Annotated Helm keys; absent where not annotated (defaults are applied when a write is planned). */
  readonly helm: { readonly name?: string; readonly tag?: string; readonly spec?: string };
  /** `<alias>.kustomize.image-name`. */
  readonly kustomizeName?: ImageRef;
  /** `<alias>.manifests.path` (key path in custom resources) and `<alias>.manifests.name` (container name). */
  readonly manifests: { readonly path?: string; readonly container?: string };
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
  /** Key after the prefix. */
  readonly annotation?: string;
}

/** What reading an image needs besides its entry; `warn` collects what stops nothing. */
export interface ImageContext {
  readonly app: Application;
  readonly defaultPlatform: string;
  readonly warn: (message: string, annotation?: string) => void;
}

/** Never loses an entry: one that cannot be read is there with its failure. */
export function configureImage(context: ImageContext, text: string, index: number): ConfiguredImage {
  const entry = parseImageListEntry(text);
  if (!entry.ok)
    return {
      alias: '',
      entry: text.trim(),
      index,
      image: fail(inAnnotation(entry.failure, 'image-list')),
    };
  const { alias } = entry.value;
  return { alias, entry: entry.value.text, index, image: readTrackedImage(context, entry.value, index) };
}

function readTrackedImage(
  context: ImageContext,
  entry: ImageListEntry,
  index: number,
): Outcome<TrackedImage> {
  const strategy = readStrategy(context, entry);
  if (!strategy.ok) return strategy;
  const filter = readFilter(context, entry.alias);
  if (!filter.ok) return filter;
  const forceUpdate = readForceUpdate(context, entry.alias);
  if (!forceUpdate.ok) return forceUpdate;
  const credentials = readCredentials(context, entry.alias);
  if (!credentials.ok) return credentials;
  const kustomizeName = readKustomizeName(context, entry.alias);
  if (!kustomizeName.ok) return kustomizeName;
  const { alias, constraint } = entry;
  return succeed({
    alias,
    entry: entry.text,
    index,
    ref: entry.image,
    strategy: strategy.value,
    ...(constraint === undefined ? {} : { constraintText: constraint }),
    filter: filter.value,
    platforms: readPlatforms(context, alias),
    forceUpdate: forceUpdate.value,
    helm: readHelmKeys(context, alias),
    manifests: readManifestKeys(context, alias),
    ...credentials.value,
    ...kustomizeName.value,
  });
}

const deprecatedStrategies: ReadonlyMap<string, string> = new Map([
  ['latest', 'newest-build'],
  ['name', 'alphabetical'],
]);

function readStrategy(context: ImageContext, entry: ImageListEntry): Outcome<Strategy> {
  const given = sharedValue(context.app.annotations, entry.alias, 'update-strategy');
  const name = given === undefined || given.value === '' ? 'semver' : parseStrategyName(given.value);
  if (given !== undefined && name === undefined) {
    return refused(given, 'expected one of semver, newest-build, alphabetical, digest');
  }
  const successor = deprecatedStrategies.get(given?.value.toLowerCase() ?? '');
  if (successor !== undefined)
    context.warn(`"${given?.value}" is deprecated: write ${successor}`, given?.key);
  switch (name) {
    case 'newest-build':
    case 'alphabetical':
      if (entry.constraint !== undefined) {
        context.warn(
          `image-list entry "${entry.text}": the strategy ${name} ignores the constraint ${entry.constraint}`,
          'image-list',
        );
      }
      return succeed({ kind: name });
    case 'digest':
      return digestStrategy(entry);
    case 'semver':
    case undefined:
      return semverStrategy(entry);
  }
}

function semverStrategy(entry: ImageListEntry): Outcome<Strategy> {
  if (entry.constraint === undefined) return succeed({ kind: 'semver' });
  const constraint = parseConstraint(entry.constraint);
  if (!constraint.ok) return fail(inAnnotation(constraint.failure, 'image-list'));
  return succeed({ kind: 'semver', constraint: constraint.value });
}

const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/; // distribution-spec v1.1, "Pulling manifests"

function digestStrategy({ constraint, text }: ImageListEntry): Outcome<Strategy> {
  if (constraint !== undefined && tagPattern.test(constraint))
    return succeed({ kind: 'digest', tag: constraint });
  const problem = constraint === undefined ? 'the entry names none' : `${quoted(constraint)} is none`;
  const message = `image-list entry ${quoted(text)}: the strategy digest needs the tag to follow, and ${problem}; write <image>:<tag>`;
  return fail(configFailure(message, 'image-list'));
}

function readFilter(context: ImageContext, alias: string): Outcome<TagFilter> {
  const given = allowTagsValue(context, alias);
  const allow = given === undefined ? succeed({}) : parseAllowTags(given.value);
  if (given !== undefined && !allow.ok) return fail(inAnnotation(allow.failure, given.key));
  return allow.ok ? succeed({ ...allow.value, ignore: readIgnoreTags(context, alias) }) : allow;
}

/** `tag-match` is read where allow-tags is absent or empty. */
function allowTagsValue({ app, warn }: ImageContext, alias: string): AnnotationValue | undefined {
  const allow = nonEmpty(sharedValue(app.annotations, alias, 'allow-tags'));
  const old = nonEmpty(imageValue(app.annotations, alias, 'tag-match'));
  if (old !== undefined) {
    const effect =
      allow === undefined ? 'is deprecated: write allow-tags' : `has no effect beside ${allow.key}`;
    warn(`${old.key} ${effect}`, old.key);
  }
  return allow ?? old;
}

function readIgnoreTags({ app, warn }: ImageContext, alias: string): readonly string[] {
  const given = sharedValue(app.annotations, alias, 'ignore-tags');
  if (given === undefined) return [];
  return listItems(given.value).filter((pattern) => {
    if (parseGlob(pattern) !== undefined) return true;
    warn(`${given.key}: ${quoted(pattern)} is a malformed pattern and ignores no tag`, given.key);
    return false;
  });
}

const platformPattern = /^[^/]+\/[^/]+(?:\/[^/]+)?$/;

function readPlatforms({ app, warn, defaultPlatform }: ImageContext, alias: string): readonly string[] {
  const given = imageValue(app.annotations, alias, 'platforms');
  if (given === undefined) return [defaultPlatform];
  const platforms = [...new Set(listItems(given.value))].sort();
  for (const platform of platforms.filter((item) => !platformPattern.test(item))) {
    warn(`${given.key}: ${quoted(platform)} fits no image; expected os/arch or os/arch/variant`, given.key);
  }
  return platforms.length === 0 ? [defaultPlatform] : platforms;
}

/** Go's boolean words (`strconv.ParseBool`); an empty value is false. */
const booleanWords: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((word) => [word, true] as const),
  ...['', '0', 'f', 'F', 'FALSE', 'false', 'False'].map((word) => [word, false] as const),
]);

function readForceUpdate({ app }: ImageContext, alias: string): Outcome<boolean> {
  const given = sharedValue(app.annotations, alias, 'force-update');
  if (given === undefined) return succeed(false);
  const force = booleanWords.get(given.value);
  return force === undefined ? refused(given, 'expected true or false') : succeed(force);
}

function readCredentials({ app }: ImageContext, alias: string): Outcome<Pick<TrackedImage, 'credentials'>> {
  const given = nonEmpty(sharedValue(app.annotations, alias, 'pull-secret'));
  if (given === undefined) return succeed({});
  const source = parseSecretSource(given.value);
  return source.ok ? succeed({ credentials: source.value }) : fail(inAnnotation(source.failure, given.key));
}

function readKustomizeName(
  { app }: ImageContext,
  alias: string,
): Outcome<Pick<TrackedImage, 'kustomizeName'>> {
  const given = nonEmpty(imageValue(app.annotations, alias, 'kustomize.image-name'));
  if (given === undefined) return succeed({});
  const name = parseImageRef(given.value);
  return name.ok ? succeed({ kustomizeName: name.value }) : fail(inAnnotation(name.failure, given.key));
}

function readHelmKeys(context: ImageContext, alias: string): TrackedImage['helm'] {
  return {
    ...optional(context, alias, 'helm.image-name', 'name'),
    ...optional(context, alias, 'helm.image-tag', 'tag'),
    ...optional(context, alias, 'helm.image-spec', 'spec'),
  };
}

function readManifestKeys(context: ImageContext, alias: string): TrackedImage['manifests'] {
  return {
    ...optional(context, alias, 'manifests.path', 'path'),
    ...optional(context, alias, 'manifests.name', 'container'),
  };
}

/** A property with the annotation's text, or none if that is absent or empty. */
function optional<Name extends string>(
  { app }: ImageContext,
  alias: string,
  key: ImageOnlyKey,
  name: Name,
): { readonly [property in Name]?: string } {
  const given = nonEmpty(imageValue(app.annotations, alias, key));
  return given === undefined ? {} : ({ [name]: given.value } as { readonly [property in Name]: string });
}

function nonEmpty(given: AnnotationValue | undefined): AnnotationValue | undefined {
  return given === undefined || given.value === '' ? undefined : given;
}

function listItems(value: string): readonly string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function refused({ key, value }: AnnotationValue, why: string): Outcome<never> {
  return fail(configFailure(`${key} ${quoted(value)}: ${why}`, key));
}

/** The failure of a parser that knows no annotations, with the annotation it is about. */
function inAnnotation({ message }: Failure, key: string): Failure {
  return configFailure(message.startsWith(key) ? message : `${key}: ${message}`, key);
}
