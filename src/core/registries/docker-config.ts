/** Docker config JSON (`.dockerconfigjson`, `.dockercfg`): which entry is for an endpoint, and what it holds. */
import * as z from 'zod';
import { globMatches, parseGlob } from '../version/glob.ts';
import { parseJson } from '../base/json.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import type { RegistryEndpoint } from './endpoint.ts';
import { canonicalHost } from './registry-entry.ts';
import {
  checkCredential,
  type RegistryCredential,
  splitUserPassword,
  trimLineEnd,
} from '../config/keys/secret-source.ts';

const jsonObject = z.record(z.string(), z.unknown());

/**
 * The credential of the entry that fits best, as kubelet chooses: host by host and label by label
 * (`*.ecr.example`), then the longest path that ends at a `/`; an exact host before a pattern. All
 * names of Docker Hub are one. An entry for another path of the same host is somebody else's. A malformed
 * entry is passed over as long as another fits.
 * Sources: images.md 9.3, 11-S5; registry.md 9 #8, #23.
 */
export function findDockerCredential(
  configJson: string,
  kindOfSecret: '.dockerconfigjson' | '.dockercfg',
  endpoint: Pick<RegistryEndpoint, 'apiUrl' | 'prefix'>,
  repository: string,
): Outcome<RegistryCredential> {
  const entries = readEntries(configJson, kindOfSecret);
  if (!entries.ok) return entries;
  const wanted = wantedPlaces(endpoint, repository);
  const fitting = Object.entries(entries.value)
    .map(([key, value]) => ({ key, value, fit: bestFit(key, wanted) }))
    .filter(({ fit }) => fit > 0)
    .sort((one, other) => other.fit - one.fit);
  const problems: string[] = [];
  for (const { key, value } of fitting) {
    const read = readEntry(value);
    const credential = read.ok ? checkCredential(read.value) : read;
    if (credential.ok) return credential;
    problems.push(`entry ${quoted(key)}: ${credential.failure.message}`);
  }
  const hosts = [...new Set(wanted.map(({ host }) => host))].join(' or ');
  const why = problems.length > 0 ? problems.slice(0, 3).join('; ') : `no entry for ${hosts}`;
  return fail(configFailure(`${kindOfSecret}: ${why}`));
}

/** Parse errors are not repeated: they quote the text. */
function readEntries(configJson: string, kindOfSecret: string): Outcome<Readonly<Record<string, unknown>>> {
  const parsed = jsonObject.safeParse(parseJson(configJson));
  if (!parsed.success) return fail(configFailure(`${kindOfSecret}: expected a JSON object`));
  if (kindOfSecret === '.dockercfg') return succeed(parsed.data);
  const auths = jsonObject.safeParse(parsed.data['auths']);
  return auths.success
    ? succeed(auths.data)
    : fail(configFailure(`${kindOfSecret}: expected an object "auths"`));
}

/** A host (with port, where it is not the scheme's own) and a path without outer slashes. */
interface Place {
  readonly host: string;
  readonly path: string;
}

const hub = 'docker.io';

/**
 * The image as the API's address has it, then as references write it: a key may be made from either.
 * Not so for a mirror of Docker Hub, which has no use for a password of Docker Hub.
 */
function wantedPlaces(
  { apiUrl, prefix }: Pick<RegistryEndpoint, 'apiUrl' | 'prefix'>,
  repository: string,
): readonly Place[] {
  const api = readPlace(apiUrl);
  const places = [
    { host: api.host, path: joinPath(api.path, repository) },
    { host: api.host, path: repository },
  ];
  const { host } = readPlace(prefix);
  return host === '' || host === hub ? places : [...places, { host, path: repository }];
}

function joinPath(base: string, path: string): string {
  return base === '' ? path : `${base}/${path}`;
}

/** Scheme, `/v1/` and `/v2/` say nothing of the place. */
function readPlace(text: string): Place {
  const [, scheme = 'https', rest = ''] = /^(?:(https?):\/\/)?(.*)$/is.exec(text.trim()) ?? [];
  const [authority = '', ...segments] = rest.split('/');
  const ownPort = scheme.toLowerCase() === 'http' ? ':80' : ':443';
  const lower = authority.toLowerCase();
  const host = lower.endsWith(ownPort) ? lower.slice(0, -ownPort.length) : lower;
  const path = segments.filter((segment) => segment !== '');
  if (path[0] === 'v1' || path[0] === 'v2') path.shift();
  return { host: canonicalHost(host), path: path.join('/') };
}

function bestFit(key: string, wanted: readonly Place[]): number {
  const place = readPlace(key);
  return Math.max(...wanted.map((target, index) => fitOf(place, target) - index / 10)); // earlier wins a tie
}

// Longer paths count below these, and none is as long as the step between them.
const exactHostFit = 2e9;
const patternHostFit = 1e9;

/** 0: not for this place. */
function fitOf(entry: Place, target: Place): number {
  const exact = entry.host === target.host;
  if (!exact && !hostMatches(entry.host, target.host)) return 0;
  if (isPathPrefix(entry.path, target.path))
    return (exact ? exactHostFit : patternHostFit) + entry.path.length;
  return 0;
}

function isPathPrefix(prefix: string, path: string): boolean {
  return prefix === '' || path === prefix || path.startsWith(`${prefix}/`);
}

/** As many labels, each matched by its own pattern, and the same port. */
function hostMatches(pattern: string, host: string): boolean {
  if (!/[*?[]/.test(pattern)) return false;
  const labels = splitHost(host);
  const patterns = splitHost(pattern);
  if (patterns.port !== labels.port || patterns.labels.length !== labels.labels.length) return false;
  return patterns.labels.every((label, index) => {
    const glob = parseGlob(label);
    return glob !== undefined && globMatches(glob, labels.labels[index] ?? '');
  });
}

function splitHost(host: string): { readonly labels: readonly string[]; readonly port: string } {
  const [, name = '', port = ''] = /^(.*?)(?::(\d+))?$/s.exec(host) ?? [];
  return { labels: name.split('.'), port };
}

const entrySchema = z.object({
  auth: z.string().nullish(),
  username: z.string().nullish(),
  password: z.string().nullish(),
  identitytoken: z.string().nullish(),
});

/** `auth` wins over `username` and `password`, as in Docker; the message tells nothing of the values. */
function readEntry(value: unknown): Outcome<RegistryCredential> {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) return fail(configFailure('expected an object with auth, or username and password'));
  const { auth, username, password, identitytoken } = parsed.data;
  const token = trimLineEnd(identitytoken ?? '');
  const pair = auth
    ? decodeAuth(auth)
    : succeed({ username: username ?? '', password: trimLineEnd(password ?? '') });
  if (token !== '') return succeed({ ...(pair.ok ? pair.value : noPair), identityToken: token });
  if (!pair.ok) return pair;
  const isEmpty = pair.value.username === '' && pair.value.password === '' && !auth;
  return isEmpty ? fail(configFailure('neither auth, nor username and password, nor identitytoken')) : pair;
}

const noPair: RegistryCredential = { username: '', password: '' };

/** Base64 of `user:password`, with or without padding, in either alphabet. */
function decodeAuth(auth: string): Outcome<RegistryCredential> {
  const compact = auth.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]+=*$/.test(compact)) return fail(configFailure('auth is not base64'));
  const text = Buffer.from(compact, 'base64').toString('utf8').replaceAll('\0', '');
  if (!text.includes(':')) return fail(configFailure('auth is not base64 of <user>:<password>'));
  return splitUserPassword(text, 'secret');
}
