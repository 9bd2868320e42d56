/** Annotations of one image, each by its own rule. */
import { nearestWord } from './keys/annotation-keys.ts';
import {
  type ImageSettings,
  inSetting,
  listItems,
  nonEmpty,
  refuseValue,
  type Setting,
} from './keys/annotation-values.ts';
import {
  ignoreListProblem,
  ignorePatternProblem,
  parseAllowTags,
  type TagFilter,
} from '../version/filter.ts';
import { parseGlob } from '../version/glob.ts';
import type { BuildDateSource } from '../version/build-date.ts';
import type { Strategy } from '../strategy/strategy.ts';
import type { ImageListEntry } from './keys/image-list.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { foreignSecret, mayName, type TenantRules } from '../tenants/tenant-rules.ts';
import { parseSecretSource, type SecretSource, sourceMistake } from './keys/secret-source.ts';

/** What reading an image needs besides its entry; `warn` collects what stops nothing. */
export interface ImageContext {
  readonly settings: ImageSettings;
  /** Of the Application whose owner wrote the settings; absent where they are those of whoever runs this. */
  readonly namespace?: string;
  readonly defaultPlatform: string;
  readonly tenants: TenantRules;
  readonly warn: (message: string, annotation?: string) => void;
  /** For what works under an older name, one text whoever says it. */
  readonly deprecate: (message: string, annotation: string) => void;
}

export function readFilter(context: ImageContext): Outcome<TagFilter> {
  const given = allowTagsValue(context);
  const allow = given === undefined ? succeed({}) : parseAllowTags(given.value);
  if (given !== undefined && !allow.ok) return fail(inSetting(allow.failure, given.name));
  if (!allow.ok) return allow;
  const ignore = readIgnoreTags(context);
  return ignore.ok ? succeed({ ...allow.value, ignore: ignore.value }) : ignore;
}

/** `tag-match` is read where allow-tags is absent or empty (A-19 to A-21). */
function allowTagsValue({ settings, warn }: ImageContext): Setting | undefined {
  const allow = nonEmpty(settings.get('allow-tags'));
  const old = nonEmpty(settings.get('tag-match'));
  if (old !== undefined) {
    const effect =
      allow === undefined ? 'is deprecated: write allow-tags' : `has no effect beside ${allow.name}`;
    warn(`${old.name} ${effect}`, old.name);
  }
  return allow ?? old;
}

function readIgnoreTags({ settings, warn }: ImageContext): Outcome<readonly string[]> {
  const given = settings.get('ignore-tags');
  if (given === undefined) return succeed([]);
  const patterns = [...new Set(listItems(given.value))];
  const excess = ignoreListProblem(patterns);
  if (excess !== undefined) return fail(configFailure(`${given.name}: ${excess}`, given.name));
  for (const pattern of patterns) {
    const problem = ignorePatternProblem(pattern);
    if (problem !== undefined) warn(`${given.name}: ${quoted(pattern)} ${problem}`, given.name);
  }
  return succeed(patterns.filter((pattern) => parseGlob(pattern) !== undefined));
}

const platformPattern = /^[^/]+\/[^/]+(?:\/[^/]+)?$/;

/** What is wrong with a platform that is none at all; undefined: nothing. */
export function platformMistake(platform: string): string | undefined {
  return platformPattern.test(platform) ? undefined : 'fits no image; expected os/arch or os/arch/variant';
}

export function readPlatforms({ settings, warn, defaultPlatform }: ImageContext): readonly string[] {
  const given = settings.get('platforms');
  if (given === undefined) return [defaultPlatform];
  const platforms = [...new Set(listItems(given.value))].sort();
  for (const platform of platforms) {
    const problem = platformMistake(platform) ?? platformProblem(platform);
    if (problem !== undefined) warn(`${given.name}: ${quoted(platform)} ${problem}`, given.name);
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

export function readForceUpdate({ settings }: ImageContext): Outcome<boolean> {
  return readBoolean(settings.get('force-update'));
}

/** False where it is absent. */
export function readBoolean(given: Setting | undefined): Outcome<boolean> {
  if (given === undefined) return succeed(false);
  const word = booleanWords.get(given.value);
  return word === undefined ? refuseValue(given, 'expected true or false') : succeed(word);
}

/** With its counterpart: `platforms` alone does nothing where tags are chosen by their text. */
export function readVerifyPlatform(
  { settings, warn }: ImageContext,
  strategy: Strategy['kind'],
): Outcome<boolean> {
  const verify = readBoolean(settings.get('verify-platform'));
  const platforms = nonEmpty(settings.get('platforms'));
  const isByText = strategy !== 'newest-build' && strategy !== 'digest';
  const isUsable =
    platforms !== undefined && listItems(platforms.value).every((item) => platformPattern.test(item));
  if (verify.ok && !verify.value && isByText && isUsable) {
    warn(
      `${platforms.name} has no effect with ${settings.nameOf('update-strategy')} ${strategy}: ${settings.nameOf('verify-platform')}: true has the choice checked`,
      platforms.name,
    );
  }
  return verify;
}

export function readDowngrade({ settings }: ImageContext): Outcome<boolean> {
  const given = nonEmpty(settings.get('downgrade'));
  if (given === undefined) return succeed(false);
  return given.value === 'allow' ? succeed(true) : refuseValue(given, 'expected allow');
}

export function readBuildDate(
  { settings, warn }: ImageContext,
  strategy: Strategy['kind'],
): Outcome<{ readonly buildDate?: BuildDateSource }> {
  const given = nonEmpty(settings.get('build-date'));
  if (given === undefined) return succeed({});
  const { name, value } = given;
  if (value !== 'created' && value !== 'annotation')
    return refuseValue(given, 'expected created or annotation');
  if (strategy !== 'newest-build')
    warn(`${name} has no effect with ${settings.nameOf('update-strategy')} ${strategy}`, name);
  return succeed({ buildDate: value });
}

export function readCredentials(
  { settings, namespace, tenants, warn }: ImageContext,
  { image }: ImageListEntry,
): Outcome<{ readonly credentials?: SecretSource }> {
  const given = nonEmpty(settings.get('pull-secret'));
  if (given === undefined) return succeed({});
  const source = parseSecretSource(given.value);
  if (!source.ok) return fail(inSetting(source.failure, given.name));
  const mistake = sourceMistake(source.value);
  if (mistake !== undefined) return refuseValue(given, mistake);
  const permission = namespace === undefined ? 'allowed' : mayName(source.value, namespace, tenants);
  if (typeof permission !== 'string') return refuseValue(given, permission.refusal);
  if (namespace === undefined || permission === 'allowed') return succeed({ credentials: source.value });
  const reach = reachOf(source.value, namespace, image.canonical.registry);
  if (reach !== undefined) warn(`${given.name} ${quoted(given.value)}: ${reach}`, given.name);
  return succeed({ credentials: source.value });
}

/** How far a source reaches beyond its Application, for a warning: its owner chooses the host too (11-S1, 11-S2). */
function reachOf(source: SecretSource, namespace: string, host: string): string | undefined {
  switch (source.kind) {
    case 'env':
    case 'ext':
      return `whoever may annotate Applications can have this sent to any host, here ${host}; set it as the credentials of the registry in registries.conf`;
    case 'secret':
    case 'pullsecret': {
      const foreign = foreignSecret(source.namespace, namespace);
      return foreign && `${foreign}, or set it as the credentials of the registry in registries.conf`;
    }
  }
}
