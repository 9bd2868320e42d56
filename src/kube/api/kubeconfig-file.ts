/** Reads kubeconfig files, and merges several as kubectl does. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Cluster, type Context, KubeConfig, type User } from '@kubernetes/client-node';
import { parse, YAMLParseError } from 'yaml';
import { configFailure, Failed } from '../../core/base/outcome.ts';
import { isRecord } from '../../core/base/json.ts';
import { tokenFileProvider } from './capturing-config.ts';

export interface Kubeconfig {
  readonly clusters: readonly Cluster[];
  readonly users: readonly User[];
  readonly contexts: readonly Context[];
  /** "" if none is set. */
  readonly currentContext: string;
}

const maxKubeconfigBytes = 4 << 20;

/** Paths in it are made absolute. Throws `Failed` (config), without any of the file's text. */
export function readKubeconfig(path: string): Kubeconfig {
  const config = new KubeConfig();
  try {
    if (statSync(path).size > maxKubeconfigBytes) throw new Error(`larger than ${maxKubeconfigBytes} bytes`);
    const text = readFileSync(path, 'utf8');
    if (text.trim() === '') return { clusters: [], users: [], contexts: [], currentContext: '' };
    const written: unknown = parse(text, { merge: true, logLevel: 'error' });
    config.loadFromString(JSON.stringify(written)); // which is YAML too, and needs no second reader of it
    config.makePathsAbsolute(dirname(path));
    const { clusters, contexts, currentContext } = config;
    const users = withTokenFiles(config.users, written, dirname(path));
    return { clusters, users, contexts, currentContext: currentContext ?? '' };
  } catch (fault) {
    throw new Failed(configFailure(`read kubeconfig ${path}: ${faultWords(fault)}`), fault);
  }
}

/** The first mention of a name wins, and the first current context. */
export function mergeKubeconfigs(parts: readonly Kubeconfig[]): Kubeconfig {
  return {
    clusters: firstOfEachName(parts.flatMap((part) => part.clusters)),
    users: firstOfEachName(parts.flatMap((part) => part.users)),
    contexts: firstOfEachName(parts.flatMap((part) => part.contexts)),
    currentContext: parts.map((part) => part.currentContext).find((name) => name !== '') ?? '',
  };
}

function firstOfEachName<T extends { readonly name: string }>(named: readonly T[]): readonly T[] {
  return [...Map.groupBy(named, (one) => one.name).values()].flatMap((same) => same.slice(0, 1));
}

/** A YAML error quotes the text around it, which may hold a token: only its position is told. */
function faultWords(fault: unknown): string {
  if (!(fault instanceof Error)) return 'unreadable';
  if ('code' in fault && fault.code === 'ENOENT') return 'no such file';
  if (fault instanceof YAMLParseError) return `not valid YAML in line ${fault.linePos?.[0].line ?? 1}`;
  return fault instanceof TypeError ? 'not a kubeconfig' : fault.message;
}

/** client-node knows the key `token-file`; kubectl's is `tokenFile`, and wins over `token`. */
function withTokenFiles(users: readonly User[], written: unknown, folder: string): readonly User[] {
  const entries = isRecord(written) && Array.isArray(written['users']) ? (written['users'] as unknown[]) : [];
  const tokenFiles = new Map(entries.flatMap(namedTokenFile));
  return users.map((user) => {
    const tokenFile = tokenFiles.get(user.name);
    if (tokenFile === undefined) return user;
    return { ...user, token: '', authProvider: tokenFileProvider(resolve(folder, tokenFile)) };
  });
}

function namedTokenFile(entry: unknown): readonly [string, string][] {
  if (!isRecord(entry) || !isRecord(entry['user'])) return [];
  const { name } = entry;
  const { tokenFile } = entry['user'];
  return typeof name === 'string' && typeof tokenFile === 'string' && tokenFile !== ''
    ? [[name, tokenFile]]
    : [];
}
