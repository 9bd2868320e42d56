/** Annotations of one image, each by its own rule. */
import { aliasKey, type ImageOnlyKey, nearestWord } from './annotation-keys.ts';
import {
  type AnnotationValue,
  imageValue,
  inAnnotation,
  listItems,
  nonEmpty,
  refuseValue,
  sharedValue,
} from './annotation-values.ts';
import type { Application } from './application.ts';
import {
  ignoreListProblem,
  ignorePatternProblem,
  parseAllowTags,
  type TagFilter,
} from '../version/filter.ts';
import { parseGlob } from '../version/glob.ts';
import type { BuildDateSource } from '../version/build-date.ts';
import type { Strategy } from '../version/strategy.ts';
import type { HelmKeys } from './helm-keys.ts';
import type { ImageListEntry } from './image-list.ts';
import { type ImageRef, parseImageRef } from '../image/image.ts';
import { optionalProperty } from '../base/optional-property.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { parseSecretSource, type SecretSource } from './secret-source.ts';

/** What reading an image needs besides its entry; `warn` collects what stops nothing. */
export interface ImageContext {
  readonly app: Application;
  readonly defaultPlatform: string;
  readonly warn: (message: string, annotation?: string) => void;
  /** For what works under an older name, one text whoever says it. */
  readonly deprecate: (message: string, annotation: string) => void;
}

export function readFilter(context: ImageContext, alias: string): Outcome<TagFilter> {
  const given = allowTagsValue(context, alias);
  const allow = given === undefined ? succeed({}) : parseAllowTags(given.value);
  if (given !== undefined && !allow.ok) return fail(inAnnotation(allow.failure, given.key));
  if (!allow.ok) return allow;
  const ignore = readIgnoreTags(context, alias);
  return ignore.ok ? succeed({ ...allow.value, ignore: ignore.value }) : ignore;
}

/** `tag-match` is read where allow-tags is absent or empty (A-19 to A-21). */
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

function readIgnoreTags({ app, warn }: ImageContext, alias: string): Outcome<readonly string[]> {
  const given = sharedValue(app.annotations, alias, 'ignore-tags');
  if (given === undefined) return succeed([]);
  const patterns = [...new Set(listItems(given.value))];
  const excess = ignoreListProblem(patterns);
  if (excess !== undefined) return fail(configFailure(`${given.key}: ${excess}`, given.key));
  for (const pattern of patterns) {
    const problem = ignorePatternProblem(pattern);
    if (problem !== undefined) warn(`${given.key}: ${quoted(pattern)} ${problem}`, given.key);
  }
  return succeed(patterns.filter((pattern) => parseGlob(pattern) !== undefined));
}

const platformPattern = /^[^/]+\/[^/]+(?:\/[^/]+)?$/;

export function readPlatforms(
  { app, warn, defaultPlatform }: ImageContext,
  alias: string,
): readonly string[] {
  const given = imageValue(app.annotations, alias, 'platforms');
  if (given === undefined) return [defaultPlatform];
  const platforms = [...new Set(listItems(given.value))].sort();
  for (const platform of platforms.filter((item) => !platformPattern.test(item))) {
    warn(`${given.key}: ${quoted(platform)} fits no image; expected os/arch or os/arch/variant`, given.key);
  }
  for (const platform of platforms.filter((item) => platformPattern.test(item))) {
    const problem = platformProblem(platform);
    if (problem !== undefined) warn(`${given.key}: ${quoted(platform)} ${problem}`, given.key);
  }
  return platforms.length === 0 ? [defaultPlatform] : platforms;
}

/** Those of Go, in whose words images say what they run on. */
const systems = [
  'linux',
  'windows',
  'darwin',
  'freebsd',
  'netbsd',
  'openbsd',
  'solaris',
  'illumos',
  'aix',
  'wasip1',
];
const architectures =
  'amd64 arm64 arm 386 ppc64le s390x riscv64 loong64 mips64le mips64 mipsle mips ppc64 wasm sparc64'.split(
    ' ',
  );

function platformProblem(platform: string): string | undefined {
  const [system = '', architecture = ''] = platform.toLowerCase().split('/');
  if (!systems.includes(system)) return unknownPart('operating system', system, systems);
  if (!architectures.includes(architecture)) return unknownPart('architecture', architecture, architectures);
  return undefined;
}

const otherArchitectures: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['x64', 'amd64'],
  ['aarch64', 'arm64'],
  ['armv7', 'arm/v7'],
  ['i386', '386'],
]);

function unknownPart(what: string, part: string, known: readonly string[]): string {
  const meant = otherArchitectures.get(part) ?? nearestWord(part, known, 2);
  return `has no known ${what}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

/** Go's boolean words (`strconv.ParseBool`); an empty value is false. */
const booleanWords: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((word) => [word, true] as const),
  ...['', '0', 'f', 'F', 'FALSE', 'false', 'False'].map((word) => [word, false] as const),
]);

export function readForceUpdate({ app }: ImageContext, alias: string): Outcome<boolean> {
  return readBoolean(sharedValue(app.annotations, alias, 'force-update'));
}

function readBoolean(given: AnnotationValue | undefined): Outcome<boolean> {
  if (given === undefined) return succeed(false);
  const word = booleanWords.get(given.value);
  return word === undefined ? refuseValue(given, 'expected true or false') : succeed(word);
}

/** With its counterpart: `platforms` alone does nothing where tags are chosen by their text. */
export function readVerifyPlatform(
  { app, warn }: ImageContext,
  alias: string,
  strategy: Strategy['kind'],
): Outcome<boolean> {
  const verify = readBoolean(imageValue(app.annotations, alias, 'verify-platform'));
  const platforms = nonEmpty(imageValue(app.annotations, alias, 'platforms'));
  const isByText = strategy === 'semver' || strategy === 'alphabetical';
  const isUsable =
    platforms !== undefined && listItems(platforms.value).every((item) => platformPattern.test(item));
  if (verify.ok && !verify.value && isByText && isUsable) {
    warn(
      `${platforms.key} has no effect with update-strategy ${strategy}: ${aliasKey(alias)}.verify-platform: true has the choice checked`,
      platforms.key,
    );
  }
  return verify;
}

export function readDowngrade({ app }: ImageContext, alias: string): Outcome<boolean> {
  const given = nonEmpty(imageValue(app.annotations, alias, 'downgrade'));
  if (given === undefined) return succeed(false);
  return given.value === 'allow' ? succeed(true) : refuseValue(given, 'expected allow');
}

export function readBuildDate(
  { app, warn }: ImageContext,
  alias: string,
  strategy: Strategy['kind'],
): Outcome<{ readonly buildDate?: BuildDateSource }> {
  const given = nonEmpty(imageValue(app.annotations, alias, 'build-date'));
  if (given === undefined) return succeed({});
  const { key, value } = given;
  if (value !== 'created' && value !== 'annotation')
    return refuseValue(given, 'expected created or annotation');
  if (strategy !== 'newest-build') warn(`${key} has no effect with update-strategy ${strategy}`, key);
  return succeed({ buildDate: value });
}

export function readCredentials(
  { app, warn }: ImageContext,
  { alias, image }: ImageListEntry,
): Outcome<{ readonly credentials?: SecretSource }> {
  const given = nonEmpty(sharedValue(app.annotations, alias, 'pull-secret'));
  if (given === undefined) return succeed({});
  const source = parseSecretSource(given.value);
  if (!source.ok) return fail(inAnnotation(source.failure, given.key));
  const reach = reachOf(source.value, app.namespace, image.canonical.registry);
  if (reach !== undefined) warn(`${given.key} ${quoted(given.value)}: ${reach}`, given.key);
  return succeed({ credentials: source.value });
}

/** How far a source reaches beyond its Application, for a warning: its owner chooses the host too (11-S1, 11-S2). */
function reachOf(source: SecretSource, namespace: string, host: string): string | undefined {
  switch (source.kind) {
    case 'env':
    case 'ext':
      return `whoever may annotate Applications can have this sent to any host, here ${host}; set it as the credentials of the registry in registries.conf`;
    case 'secret':
    case 'pullsecret':
      return source.namespace === namespace
        ? undefined
        : `the Secret is in namespace ${source.namespace}, the Application in ${namespace}; keep both in one, or set it as the credentials of the registry in registries.conf`;
  }
}

export function readKustomizeName(
  { app }: ImageContext,
  alias: string,
): Outcome<{ readonly kustomizeName?: ImageRef }> {
  const given = nonEmpty(imageValue(app.annotations, alias, 'kustomize.image-name'));
  if (given === undefined) return succeed({});
  const name = parseImageRef(given.value);
  return name.ok ? succeed({ kustomizeName: name.value }) : fail(inAnnotation(name.failure, given.key));
}

/** Fails on what can be no key of Helm values but was meant for one. */
export function readHelmKeys({ app }: ImageContext, alias: string): Outcome<HelmKeys> {
  const given = (['name', 'tag', 'spec'] as const).flatMap((role) => {
    const value = nonEmpty(imageValue(app.annotations, alias, `helm.image-${role}`));
    return value === undefined ? [] : [[role, value] as const];
  });
  for (const [, value] of given) {
    const mistake = helmKeyMistake(value.value);
    if (mistake !== undefined) return refuseValue(value, mistake);
  }
  const keys: HelmKeys = Object.fromEntries(given.map(([role, { value }]) => [role, value]));
  const tag = given.find(([role]) => role === 'tag')?.[1];
  if (tag !== undefined && keys.spec === undefined && keys.name === keys.tag)
    return refuseValue(tag, 'it is the key of the name too; one key for both is helm.image-spec');
  return succeed(keys);
}

/** What a text that is no key was probably meant for. */
function helmKeyMistake(text: string): string | undefined {
  const values = /^\.?Values\.(.+)$/s.exec(text)?.[1];
  if (values !== undefined) return `keys begin below .Values; did you mean ${values}?`;
  if (/\{\{|\}\}|^\$/.test(text)) return 'it is no template: write the key, such as image.tag';
  if (/["'\\]/.test(text)) return undefined; // a key with dots and the like, in quotes or escaped
  if (text.includes(',')) return `one key is written; did you mean ${text.split(',', 1)[0]?.trim()}?`;
  if (/^v?\d+(?:\.\d+)+/.test(text)) return 'it is a version, not the key that holds it, such as image.tag';
  if (/[/:=\s]/.test(text)) return 'it is no key; expected keys like image.tag or images[0].tag';
  if (!/^\.|\.\.|\.$/.test(text)) return undefined;
  const parts = text.split('.').filter((part) => part !== '');
  return `a part of the key is empty; did you mean ${parts.join('.')}?`;
}

/** Key path in custom resources, and container name. */
export interface ManifestKeys {
  readonly path?: string;
  readonly container?: string;
}

export function readManifestKeys(context: ImageContext, alias: string): ManifestKeys {
  return {
    ...optionalProperty('path', valueOf(context, alias, 'manifests.path')),
    ...optionalProperty('container', valueOf(context, alias, 'manifests.name')),
  };
}

function valueOf({ app }: ImageContext, alias: string, key: ImageOnlyKey): string | undefined {
  return nonEmpty(imageValue(app.annotations, alias, key))?.value;
}
