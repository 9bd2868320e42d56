/** Finds the cluster to talk to: kubeconfig files by kubectl's rules, else the pod's service account. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { delimiter, dirname, join, resolve } from 'node:path';
import {
  type Cluster,
  type Context,
  type DispatcherOptions,
  KubeConfig,
  type User,
} from '@kubernetes/client-node';
import { parse } from 'yaml';
import { configFailure, Failed } from '../core/outcome.ts';
import { isRecord } from './error.ts';
import { nonEmpty } from './filters.ts';

/** What the environment says, as `process.env` has it: KUBECONFIG, HOME, KUBERNETES_SERVICE_HOST, … */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface KubeconfigSource {
  /** `--kubeconfig`: this file and no other. */
  readonly path?: string;
  readonly environment: Environment;
  /** Where the pod's token, CA and namespace are mounted. */
  readonly serviceAccountFolder?: string;
}

export interface ClusterConfig {
  readonly config: CapturingKubeConfig;
  /** Namespace of the context, or of the pod; absent where neither names one. */
  readonly namespace?: string;
}

const standardServiceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';
const maxKubeconfigBytes = 4 << 20;

/** A KubeConfig that remembers which connection options its last request was prepared with. */
export class CapturingKubeConfig extends KubeConfig {
  captured: DispatcherOptions | null = null;

  /** Always asks for an agent of its own: the default one would be shared, and follows other rules. */
  override createDispatcherOptions(
    ...prepared: Parameters<KubeConfig['createDispatcherOptions']>
  ): DispatcherOptions {
    const options = super.createDispatcherOptions(...prepared);
    this.captured =
      options.type === 'none'
        ? { type: 'agent', connect: { keepAlive: true, keepAliveInitialDelay: 30_000 } }
        : options;
    return this.captured;
  }
}

/**
 * Order as in client-go: the given file; else the files of KUBECONFIG, the first mention of a name wins;
 * else `~/.kube/config`; else the pod. Throws `Failed` (config) where nothing usable is found.
 */
export function loadClusterConfig(source: KubeconfigSource): ClusterConfig {
  const files = kubeconfigFiles(source);
  const config = mergeConfigs(files.map(readKubeconfig));
  if (config.clusters.length > 0 || source.path !== undefined) return fromKubeconfig(config, files, source);
  return fromServiceAccount(source);
}

function kubeconfigFiles(source: KubeconfigSource): readonly string[] {
  if (source.path !== undefined) return [source.path];
  const listed = (source.environment['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length > 0) return listed.filter((path) => existsSync(path));
  const home = source.environment['HOME'] ?? source.environment['USERPROFILE'] ?? '';
  const standard = join(home, '.kube', 'config');
  return home !== '' && existsSync(standard) ? [standard] : [];
}

interface ConfigParts {
  readonly clusters: readonly Cluster[];
  readonly users: readonly User[];
  readonly contexts: readonly Context[];
  readonly currentContext: string;
}

function readKubeconfig(path: string): ConfigParts {
  const config = new KubeConfig();
  try {
    if (statSync(path).size > maxKubeconfigBytes) throw new Error(`larger than ${maxKubeconfigBytes} bytes`);
    const text = readFileSync(path, 'utf8');
    if (text.trim() === '') return { clusters: [], users: [], contexts: [], currentContext: '' };
    config.loadFromString(text);
    config.makePathsAbsolute(dirname(path));
    return { ...plainParts(config), users: withTokenFiles(config.users, text, dirname(path)) };
  } catch (fault) {
    throw new Failed(configFailure(`read kubeconfig ${path}: ${kubeconfigFault(fault)}`), fault);
  }
}

function plainParts(config: KubeConfig): ConfigParts {
  const { clusters, users, contexts } = config;
  return { clusters, users, contexts, currentContext: config.currentContext ?? '' };
}

/** A YAML error quotes the text around it, which may hold a token: only its position is told. */
function kubeconfigFault(fault: unknown): string {
  if (!(fault instanceof Error)) return 'unreadable';
  if ('code' in fault && fault.code === 'ENOENT') return 'no such file';
  if ('mark' in fault && isRecord(fault.mark))
    return `not valid YAML in line ${Number(fault.mark['line']) + 1}`;
  return fault instanceof TypeError ? 'not a kubeconfig' : fault.message;
}

/** client-node knows the key `token-file`; kubectl's is `tokenFile`, and wins over `token`. */
function withTokenFiles(users: readonly User[], text: string, folder: string): readonly User[] {
  const written: unknown = parse(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const entries = isRecord(written) && Array.isArray(written['users']) ? (written['users'] as unknown[]) : [];
  const tokenFiles = new Map(entries.map((entry) => tokenFileOf(entry)));
  return users.map((user) => {
    const tokenFile = tokenFiles.get(user.name);
    if (tokenFile === undefined) return user;
    return { ...user, token: '', authProvider: tokenFileProvider(resolve(folder, tokenFile)) };
  });
}

/** The token is read from the file for each new session, never kept with the user. */
function tokenFileProvider(tokenFile: string): { readonly name: string; readonly config: object } {
  return { name: 'tokenFile', config: { tokenFile } };
}

function tokenFileOf(entry: unknown): [unknown, string | undefined] {
  if (!isRecord(entry)) return [undefined, undefined];
  const user = entry['user'];
  const path = isRecord(user) ? user['tokenFile'] : undefined;
  return [entry['name'], typeof path === 'string' && path !== '' ? path : undefined];
}

function mergeConfigs(parts: readonly ConfigParts[]): ConfigParts {
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

function fromKubeconfig(
  parts: ConfigParts,
  files: readonly string[],
  source: KubeconfigSource,
): ClusterConfig {
  const from = `kubeconfig ${files.join(', ')}`;
  const context = parts.contexts.find((one) => one.name === parts.currentContext);
  if (context === undefined) {
    throw new Failed(configFailure(`${from}: current-context "${parts.currentContext}" is no context of it`));
  }
  const cluster = parts.clusters.find((one) => one.name === context.cluster);
  if (cluster === undefined) {
    throw new Failed(configFailure(`${from}: context "${context.name}" names no cluster of it`));
  }
  const user = parts.users.find((one) => one.name === context.user) ?? { name: context.user };
  const namespace = nonEmpty(context.namespace) ?? podNamespace(source);
  return { config: capturing(cluster, user), ...(namespace === undefined ? {} : { namespace }) };
}

/** What client-go calls in-cluster: both variables and the token file have to be there. */
function fromServiceAccount(source: KubeconfigSource): ClusterConfig {
  const folder = source.serviceAccountFolder ?? standardServiceAccountFolder;
  if (!inPod(source)) {
    throw new Failed(
      configFailure(
        'no Kubernetes cluster to talk to: give --kubeconfig, set KUBECONFIG, or run inside a cluster',
      ),
    );
  }
  const host = source.environment['KUBERNETES_SERVICE_HOST'] ?? '';
  const address = `${host.includes(':') ? `[${host}]` : host}:${source.environment['KUBERNETES_SERVICE_PORT'] ?? ''}`;
  const cluster = {
    name: 'in-cluster',
    server: `https://${address}`,
    caFile: join(folder, 'ca.crt'),
    skipTLSVerify: false,
  };
  const authProvider = tokenFileProvider(join(folder, 'token'));
  const namespace = podNamespace(source);
  return {
    config: capturing(cluster, { name: 'service-account', authProvider }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

function inPod(source: KubeconfigSource): boolean {
  const { environment } = source;
  const folder = source.serviceAccountFolder ?? standardServiceAccountFolder;
  return (
    nonEmpty(environment['KUBERNETES_SERVICE_HOST']) !== undefined &&
    nonEmpty(environment['KUBERNETES_SERVICE_PORT']) !== undefined &&
    existsSync(join(folder, 'token'))
  );
}

function podNamespace(source: KubeconfigSource): string | undefined {
  if (!inPod(source)) return undefined;
  const named = nonEmpty(source.environment['POD_NAMESPACE']);
  if (named !== undefined) return named;
  const file = join(source.serviceAccountFolder ?? standardServiceAccountFolder, 'namespace');
  return existsSync(file) ? nonEmpty(readFileSync(file, 'utf8').trim()) : undefined;
}

function capturing(cluster: Cluster, user: User): CapturingKubeConfig {
  const config = new CapturingKubeConfig();
  if (!cluster.server.startsWith('http:')) {
    config.loadFromClusterAndUser(cluster, user);
    return config;
  }
  // credentials do not go over the network in clear (client-go sends none over plain http at all)
  const sent = isLoopback(cluster.server) ? user : { name: user.name };
  // client-node refuses plain http unless verification is off; there is nothing to verify on it
  config.loadFromClusterAndUser({ ...cluster, skipTLSVerify: true }, sent);
  return config;
}

function isLoopback(server: string): boolean {
  const host = URL.parse(server)?.hostname ?? '';
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}
