/** One entry of registries.conf: its fields, checked. */

import { optionalProperty } from '../base/optional-property.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { canonicalImage } from '../image/reference.ts';
import type { RegistryEndpoint } from './endpoint.ts';
import { parseSecretSource, type SecretSource } from '../config/keys/secret-source.ts';
import { type FieldProblem, FieldReader } from './strict-fields.ts';
import type { YamlDocument, YamlNode } from '../yaml/tree.ts';

/** What an entry says; what it leaves out is absent. */
export interface RegistryEntry {
  readonly name: string;
  /** Host in lower case, no scheme, no trailing slash; "" if none was given. */
  readonly prefix: string;
  readonly apiUrl: string;
  readonly credentials?: SecretSource;
  readonly credentialsExpireMs?: number;
  readonly tagSort?: RegistryEndpoint['tagSort'];
  readonly defaultNamespace?: string;
  readonly insecure?: boolean;
  /** 0 or less: unlimited. */
  readonly limitPerSecond?: number;
  readonly isDefault: boolean;
  readonly caFile?: string;
  readonly caData?: string;
}

export interface CheckedEntry {
  /** Not to be used if there are problems. */
  readonly entry: RegistryEntry;
  readonly problems: readonly FieldProblem[];
  readonly warnings: readonly string[];
}

/** `position` counts from 1. Keys, types and messages: registry.md 1.2 and 1.3. */
export function readRegistryEntry(document: YamlDocument, node: YamlNode, position: number): CheckedEntry {
  const fields = new FieldReader(document, node);
  const warnings: string[] = [];
  const name = fields.text('name') ?? '';
  if (name === '') fields.report('name', `registry name is missing for entry ${position}`);
  const entry: RegistryEntry = {
    name,
    prefix: readPrefix(fields, warnings),
    apiUrl: readApiUrl(fields, name, warnings),
    isDefault: fields.flag('default') ?? false,
    ...optionalProperty('credentials', readCredentials(fields)),
    ...optionalProperty('credentialsExpireMs', readExpiry(fields)),
    ...optionalProperty('tagSort', readTagSort(fields, name, warnings)),
    ...optionalProperty('defaultNamespace', fields.text('defaultns')),
    ...optionalProperty('insecure', fields.flag('insecure')),
    ...optionalProperty('limitPerSecond', fields.wholeNumber('limit')),
    ...optionalProperty('caFile', nonEmpty(fields.text('ca_file'))),
    ...optionalProperty('caData', readCertificates(fields)),
  };
  fields.flag('ping'); // accepted, without effect
  return { entry, problems: fields.problems(), warnings };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function readPrefix(fields: FieldReader, warnings: string[]): string {
  const written = fields.text('prefix')?.trim() ?? '';
  const bare = written.replace(/^https?:\/\//i, '').replace(/\/{1,16}$/, '');
  if (/[\s@?#]|\/\//.test(bare))
    fields.report('prefix', `expected host[:port][/path], not ${quoted(written)}`);
  if (bare.length < written.length && written.includes('://')) {
    warnings.push(`prefix ${quoted(written)} is read as ${bare}: no image is written with a scheme`);
  }
  return canonicalPrefix(bare);
}

/** `host[:port][/path]` with the host as references are compared. */
export function canonicalPrefix(prefix: string): string {
  const slash = prefix.indexOf('/');
  return slash < 0 ? canonicalHost(prefix) : canonicalHost(prefix.slice(0, slash)) + prefix.slice(slash);
}

/** In lower case, and Docker Hub by one of its names. */
export function canonicalHost(host: string): string {
  return host === '' ? '' : canonicalImage(host.toLowerCase(), '').registry;
}

function readApiUrl(fields: FieldReader, registry: string, warnings: string[]): string {
  const written = fields.text('api_url')?.trim() ?? '';
  if (written === '') {
    fields.report('api_url', `API URL must be specified for registry ${registry}`);
    return '';
  }
  const url = parseApiUrl(written);
  if (!url.ok) {
    fields.report('api_url', url.failure.message);
    return '';
  }
  if (isOldHub(written))
    warnings.push(`api_url ${written} is Docker Hub's old address: ${url.value} is used`);
  return url.value;
}

/** The address that Docker's own configuration files name, which does not serve the registry API. */
function isOldHub(text: string): boolean {
  return /^(?:https?:\/\/)?index\.docker\.io\/v1\/?$|^index\.docker\.io\/?$/i.test(text);
}

/** Origin and path without trailing slash. The message does not repeat a URL with a password in it. */
function parseApiUrl(text: string): Outcome<string> {
  if (isOldHub(text)) return succeed('https://registry-1.docker.io');
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return fail(configFailure('API URL must be a URL with https:// or http://'));
  }
  if (url.username !== '' || url.password !== '') {
    return fail(configFailure('API URL must be given without user and password: use credentials'));
  }
  const path = url.pathname.replace(/\/{1,16}$/, '');
  if (url.search !== '' || url.hash !== '' || `${path}/`.includes('/v2/')) {
    return fail(configFailure(`API URL must be given without /v2/, query and fragment: ${quoted(text)}`));
  }
  return succeed(url.origin + path);
}

function readCredentials(fields: FieldReader): SecretSource | undefined {
  const written = fields.text('credentials') ?? '';
  if (written === '') return undefined;
  const source = parseSecretSource(written);
  if (source.ok) return source.value;
  fields.report('credentials', source.failure.message);
  return undefined;
}

/** 0 is "never". */
function readExpiry(fields: FieldReader): number | undefined {
  const expiry = fields.durationMs('credsexpire');
  if (expiry !== undefined && expiry < 0) fields.report('credsexpire', 'must not be negative');
  return expiry === 0 ? undefined : expiry;
}

function readTagSort(
  fields: FieldReader,
  registry: string,
  warnings: string[],
): RegistryEndpoint['tagSort'] | undefined {
  const written = fields.text('tagsortmode');
  const mode = written?.toLowerCase();
  switch (mode) {
    case undefined:
      return undefined;
    case 'none':
    case '':
      return 'unsorted';
    case 'latest-first':
    case 'latest-last':
      warnings.push(`registry ${registry} has tagsortmode ${mode}: build dates are not fetched from it`);
      return mode;
    default: {
      const allowed = 'expected latest-first, latest-last or none';
      fields.report(
        'tagsortmode',
        `unknown tag sort mode for registry ${registry}: ${quoted(written ?? '')}; ${allowed}`,
      );
      return undefined;
    }
  }
}

function readCertificates(fields: FieldReader): string | undefined {
  const pem = nonEmpty(fields.text('ca_data'));
  if (pem !== undefined && !pem.includes('-----BEGIN CERTIFICATE-----')) {
    fields.report('ca_data', 'expected certificates in PEM form');
  }
  return pem;
}
