/** registries.conf, the built-in endpoints, and which endpoint serves an image. */
import type { ImageRef } from '../image/image.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { canonicalPrefix, type RegistryEntry, readRegistryEntry } from './registry-entry.ts';
import type { RegistryEndpoint } from './endpoint.ts';
import { FieldReader } from './strict-fields.ts';
import { parseYaml } from '../yaml/parse.ts';
import { isNull, type YamlDocument } from '../yaml/tree.ts';

const dockerHub: RegistryEndpoint = {
  name: 'Docker Hub',
  prefix: 'docker.io',
  apiUrl: 'https://registry-1.docker.io',
  tagSort: 'unsorted',
  defaultNamespace: 'library',
  insecure: false,
  limitPerSecond: 10,
  isDefault: true,
  inferred: false,
};

/** What is there without any registries.conf. */
const builtInEndpoints: readonly RegistryEndpoint[] = [dockerHub];

export interface RegistriesConf {
  readonly entries: readonly RegistryEndpoint[];
  readonly warnings: readonly string[];
}

/**
 * Strict YAML 1.1: unknown and duplicate keys and wrong types are mistakes. All mistakes of the file
 * are in the one failure, each with its entry and key (registry.md 1.2, 1.3). An empty file is valid.
 */
export function parseRegistriesConf(text: string): Outcome<RegistriesConf> {
  const checked = checkRegistriesConf(text);
  if (!checked.ok) return checked;
  const { problems, entries, warnings } = checked.value;
  if (problems.length > 0)
    return fail(configFailure(describeProblems(problems.map(({ message }) => message))));
  return succeed({ entries: completeEntries(entries), warnings });
}

/** A mistake of the file, and the keys that lead to it. */
interface RegistriesProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

interface CheckedRegistries {
  readonly problems: readonly RegistriesProblem[];
  /** Not to be used if there are problems. */
  readonly entries: readonly RegistryEntry[];
  readonly warnings: readonly string[];
}

/** Fails only where the text is no YAML. */
export function checkRegistriesConf(text: string): Outcome<CheckedRegistries> {
  const yaml = parseYaml('registries.conf', text);
  if (!yaml.ok) return fail(configFailure(yaml.failure.message));
  const [document, ...others] = yaml.value.documents;
  if (document === undefined) return succeed({ problems: [], entries: [], warnings: [] });
  const root = new FieldReader(document, document.root);
  const checked = root.list('registries').map((node, index) => readRegistryEntry(document, node, index + 1));
  const entries = checked.map(({ entry }) => entry);
  const problems = [
    ...root.problems().map(({ key, problem }) => ({
      path: key === '' ? [] : [key],
      message: key === '' ? problem : `${key}: ${problem}`,
    })),
    ...checked.flatMap((entry, index) =>
      entry.problems.map(({ key, problem }) => ({
        path: ['registries', index, ...(key === '' ? [] : [key])],
        message: `${label(entry.entry, index)}${key === '' ? '' : `, ${key}`}: ${problem}`,
      })),
    ),
    ...conflicts(entries).map((message) => ({ path: ['registries'], message })),
  ];
  const warnings = [
    ...(others.some(isFilled) ? ['only the first YAML document of registries.conf is read'] : []),
    ...checked.flatMap((entry, index) =>
      entry.warnings.map((warning) => `${label(entry.entry, index)}: ${warning}`),
    ),
    ...doubtfulPrefixes(entries),
  ];
  return succeed({ problems, entries, warnings });
}

function isFilled({ root }: YamlDocument): boolean {
  return !isNull(root);
}

function label({ name }: RegistryEntry, index: number): string {
  return `entry ${index + 1}${name === '' ? '' : ` (${name})`}`;
}

const maxShownProblems = 20;

function describeProblems(problems: readonly string[]): string {
  const more = problems.length - maxShownProblems;
  const shown = problems.slice(0, maxShownProblems).join('; ');
  return `registries.conf: ${shown}${more > 0 ? `; and ${more} more` : ''}`;
}

/** Mistakes that only show between entries. */
function conflicts(entries: readonly RegistryEntry[]): readonly string[] {
  const problems: string[] = [];
  const [unprefixed, ...furtherUnprefixed] = entries.filter(({ prefix }) => prefix === '');
  for (const { name } of furtherUnprefixed) {
    const message = `there must be only one default registry (already is ${unprefixed?.name}), ${name} needs a prefix`;
    problems.push(`entry ${name}, prefix: ${message}`);
  }
  const [chosen, ...furtherDefaults] = entries.filter(({ isDefault }) => isDefault);
  for (const { name, prefix } of furtherDefaults) {
    const message = `cannot set registry ${prefix} as default - only one default registry allowed, currently set to ${chosen?.prefix}`;
    problems.push(`entry ${name}, default: ${message}`);
  }
  return problems;
}

function doubtfulPrefixes(entries: readonly RegistryEntry[]): readonly string[] {
  return entries.flatMap(({ name, prefix, isDefault }, index) => {
    const isHidden = entries.some((other, position) => position > index && other.prefix === prefix);
    if (isHidden) return [`${name} has no effect: a later entry has the prefix ${prefix} too`];
    const isUseless = prefix === '' && !isDefault;
    return isUseless ? [`${name} serves no image: it has neither a prefix nor default: true`] : [];
  });
}

/** An entry for Docker Hub changes the built-in one field by field, and stays the default unless another is. */
function completeEntries(entries: readonly RegistryEntry[]): readonly RegistryEndpoint[] {
  const otherDefault = entries.some(({ isDefault, prefix }) => isDefault && prefix !== dockerHub.prefix);
  return entries.map((entry) => {
    if (entry.prefix !== dockerHub.prefix) return complete(entry, plainEndpoint);
    return { ...complete(entry, dockerHub), isDefault: !otherDefault };
  });
}

type EndpointDefaults = Pick<
  RegistryEndpoint,
  'tagSort' | 'defaultNamespace' | 'insecure' | 'limitPerSecond' | 'inferred'
>;

const plainEndpoint: EndpointDefaults = {
  tagSort: 'unsorted',
  defaultNamespace: '',
  insecure: false,
  inferred: false,
};

function complete(entry: RegistryEntry, defaults: EndpointDefaults): RegistryEndpoint {
  const { limitPerSecond: limit = defaults.limitPerSecond ?? 0, defaultNamespace = '', ...given } = entry;
  return {
    ...given,
    tagSort: entry.tagSort ?? defaults.tagSort,
    insecure: entry.insecure ?? defaults.insecure,
    inferred: defaults.inferred,
    defaultNamespace: defaultNamespace === '' ? defaults.defaultNamespace : defaultNamespace,
    ...(limit > 0 ? { limitPerSecond: limit } : {}),
  };
}

/** All endpoints of the process: those of registries.conf and the built-in ones that it does not replace. */
export interface EndpointTable {
  readonly byPrefix: ReadonlyMap<string, RegistryEndpoint>;
  /** Serves images that are written without a host. */
  readonly default: RegistryEndpoint;
}

export function makeEndpointTable(entries: readonly RegistryEndpoint[]): EndpointTable {
  const chosen = entries.find(({ isDefault }) => isDefault);
  const builtIn = builtInEndpoints.map((endpoint) => ({ ...endpoint, isDefault: chosen === undefined }));
  const byPrefix = new Map([...builtIn, ...entries].map((endpoint) => [endpoint.prefix, endpoint] as const));
  byPrefix.delete(''); // no image is of "no host"
  return { byPrefix, default: chosen ?? byPrefix.get(dockerHub.prefix) ?? dockerHub };
}

export interface ImageEndpoint {
  readonly endpoint: RegistryEndpoint;
  /** Repository for the API, default namespace included. */
  readonly repository: string;
}

/**
 * The endpoint with the longest prefix that ends at a `/` of `host[:port]/name`, or is all of it; the
 * default for images written without a host; else one made up from the host. A prefix never serves
 * another host that merely begins alike (registry.md 2.2, images.md 11-S11).
 */
export function endpointFor(table: EndpointTable, ref: ImageRef): ImageEndpoint {
  const { registry, repository } = ref.canonical;
  const elsewhere = ref.registry === '' && table.default.prefix !== dockerHub.prefix;
  const endpoint = elsewhere
    ? table.default
    : (longestPrefix(table, registry, repository) ?? inferEndpoint(registry));
  const { defaultNamespace } = endpoint;
  const isShort = defaultNamespace !== '' && !ref.name.includes('/');
  return { endpoint, repository: isShort ? `${defaultNamespace}/${ref.name}` : ref.name };
}

function longestPrefix(table: EndpointTable, host: string, repository: string): RegistryEndpoint | undefined {
  let prefix = canonicalPrefix(`${host}/${repository}`);
  for (;;) {
    const endpoint = table.byPrefix.get(prefix);
    const slash = prefix.lastIndexOf('/');
    if (endpoint !== undefined || slash < 0) return endpoint;
    prefix = prefix.slice(0, slash);
  }
}

const inferredLimitPerSecond = 20; // as 0.18

function inferEndpoint(host: string): RegistryEndpoint {
  return {
    ...plainEndpoint,
    name: host,
    prefix: host,
    apiUrl: `https://${host}`,
    limitPerSecond: inferredLimitPerSecond,
    isDefault: false,
    inferred: true,
  };
}
