/** Which cluster is talked to, and where Argo CD is taken to live. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeKubeCluster } from '../../../src/kube/cluster.ts';
import { type ClusterSource, loadClusterConfig } from '../../../src/kube/api/kubeconfig.ts';
import { Failed } from '../../../src/core/base/outcome.ts';
import { fakeClock, temporaryFolder } from '../fixtures.ts';

interface Named {
  readonly server?: string;
  readonly namespace?: string;
  readonly context?: string;
}

/** Writes a kubeconfig whose cluster, user and context are all called `name`. */
function writeConfig(folder: string, file: string, name: string, named: Named = {}): string {
  const { server = `https://${name}.example.com`, namespace, context = name } = named;
  const path = join(folder, file);
  const config = {
    'current-context': context,
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: { token: 'secret-token' } }],
    contexts: [
      { name, context: { cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) } },
    ],
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

function serverOf(source: ClusterSource): string | undefined {
  return loadClusterConfig(source).config.getCurrentCluster()?.server;
}

function messageOf(source: ClusterSource): string {
  try {
    loadClusterConfig(source);
  } catch (error) {
    if (error instanceof Failed && error.failure.kind === 'config') return error.failure.message;
    throw error;
  }
  throw new Error('expected a failure');
}

function writeServiceAccount(namespace = 'gitops'): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'token'), 'pod-token\n');
  writeFileSync(join(folder, 'ca.crt'), 'ca');
  writeFileSync(join(folder, 'namespace'), `${namespace}\n`);
  return folder;
}

const inPod = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };

describe('the cluster', () => {
  it('of --kubeconfig wins over everything', () => {
    const folder = temporaryFolder();
    const path = writeConfig(folder, 'flag', 'flag');
    const environment = { ...inPod, KUBECONFIG: writeConfig(folder, 'env', 'env') };

    expect(serverOf({ path, environment, serviceAccountFolder: writeServiceAccount() })).toBe(
      'https://flag.example.com',
    );
  });

  it('of a file with anchors, merged mappings and comments', () => {
    const path = join(temporaryFolder(), 'config');
    const lines = [
      'current-context: c # the only one',
      'shared: &shared {server: "https://merged.example.com/"}',
      'clusters: [{name: &name c, cluster: {<<: *shared}}]',
      'contexts: [{name: *name, context: {cluster: *name, user: nobody}}]',
    ];
    writeFileSync(path, lines.join('\n'));

    expect(serverOf({ path, environment: {} })).toBe('https://merged.example.com');
  });

  it('of KUBECONFIG: the first mention of a name and of a current context wins, missing files are passed over', () => {
    const folder = temporaryFolder();
    const first = writeConfig(folder, 'first', 'same', { server: 'https://first.example.com' });
    const second = writeConfig(folder, 'second', 'same', { server: 'https://second.example.com' });
    const third = writeConfig(folder, 'third', 'third');
    const KUBECONFIG = [join(folder, 'missing'), first, second, third].join(delimiter);

    expect(serverOf({ environment: { KUBECONFIG } })).toBe('https://first.example.com');
  });

  it('of a context in one file and a cluster in another', () => {
    const folder = temporaryFolder();
    const contexts = join(folder, 'contexts');
    const context = { name: 'mine', context: { cluster: 'b', user: 'b' } };
    writeFileSync(contexts, JSON.stringify({ 'current-context': 'mine', contexts: [context] }));
    const KUBECONFIG = [contexts, writeConfig(folder, 'b', 'b')].join(delimiter);

    expect(serverOf({ environment: { KUBECONFIG } })).toBe('https://b.example.com');
  });

  it('of the home folder comes before that of the pod', () => {
    const HOME = temporaryFolder();
    mkdirSync(join(HOME, '.kube'));
    writeConfig(join(HOME, '.kube'), 'config', 'home');
    const serviceAccountFolder = writeServiceAccount();

    expect(serverOf({ environment: { ...inPod, HOME }, serviceAccountFolder })).toBe(
      'https://home.example.com',
    );
  });

  it.each([
    ['10.0.0.1', 'https://10.0.0.1:443'],
    ['fd00::1', 'https://[fd00::1]:443'],
  ])('of a pod, at %s', (host, expected) => {
    const environment = { ...inPod, KUBERNETES_SERVICE_HOST: host, HOME: temporaryFolder() };

    expect(serverOf({ environment, serviceAccountFolder: writeServiceAccount() })).toBe(expected);
  });

  it.each([
    ['https://kube.example.com', 'secret-token'],
    ['http://127.0.0.1:8001', 'secret-token'],
    ['http://localhost:8001', 'secret-token'],
    ['http://[::1]:8001', 'secret-token'],
    ['http://kube.example.com', undefined],
    ['http://127.0.0.1.example.com', undefined],
  ])('%s is sent the token %s', (server, expected) => {
    const path = writeConfig(temporaryFolder(), 'config', 'c', { server });

    expect(loadClusterConfig({ path, environment: {} }).config.getCurrentUser()?.token).toBe(expected);
  });

  it('is missing: the message says what can be done', () => {
    const environment = { HOME: temporaryFolder() };

    expect(messageOf({ environment, serviceAccountFolder: temporaryFolder() })).toBe(
      'no Kubernetes cluster to talk to: give --kubeconfig, set KUBECONFIG, or run inside a cluster',
    );
  });
});

describe('a kubeconfig that cannot be used', () => {
  it.each([
    [
      'with a current context that is not there',
      { context: 'gone' },
      'current-context "gone" is no context of it',
    ],
    ['without current context', { context: '' }, 'current-context "" is no context of it'],
    [
      'with an address that is none',
      { server: 'kube.example.com:6443' },
      'context "c" names no cluster of it with an http or https address',
    ],
  ])('%s', (_, named, expected) => {
    const path = writeConfig(temporaryFolder(), 'config', 'c', named);

    expect(messageOf({ path, environment: {} })).toBe(`kubeconfig ${path}: ${expected}`);
  });

  it.each([
    [
      'broken YAML with a token in it',
      'users:\n- name: a\n  user: {token: hunter2\nclusters: ]',
      'not valid YAML in line',
    ],
    ['a text', 'hunter2', 'current-context'],
    ['nothing', '', 'current-context'],
    [
      'a cluster without server',
      'clusters:\n- name: hunter\n  cluster: {}',
      'clusters[0].cluster.server is missing',
    ],
    ['a list', '- hunter2', 'current-context'],
  ])('%s', (_, text, expected) => {
    const path = join(temporaryFolder(), 'config');
    writeFileSync(path, text);

    const message = messageOf({ path, environment: {} });

    expect(message).toContain(path);
    expect(message).toContain(expected);
    expect(message).not.toContain('hunter2');
  });

  it('that is not there', () => {
    expect(messageOf({ path: '/nowhere/config', environment: {} })).toBe(
      'read kubeconfig /nowhere/config: no such file',
    );
  });

  it('that is huge', () => {
    const path = join(temporaryFolder(), 'config');
    writeFileSync(path, ' '.repeat((4 << 20) + 1));

    expect(messageOf({ path, environment: {} })).toContain('larger than 4194304 bytes');
  });
});

describe("Argo CD's namespace", () => {
  const shared = { namePatterns: [], kubeEvents: true, clock: fakeClock(), userAgent: 'tidewaiter/1.2.3' };

  it.each([
    ['the flag', { flag: 'flagged', context: 'contextual' }, 'flagged'],
    ['the context, where the flag is empty', { flag: '', context: 'contextual' }, 'contextual'],
    ['the context', { context: 'contextual' }, 'contextual'],
    ['default', {}, 'default'],
  ])('is that of %s', (_, { flag, context }: { flag?: string; context?: string }, expected) => {
    const named = context === undefined ? {} : { namespace: context };
    const kubeconfigPath = writeConfig(temporaryFolder(), 'config', 'c', named);
    const argocdNamespace = flag === undefined ? {} : { argocdNamespace: flag };

    const cluster = makeKubeCluster({ ...shared, ...argocdNamespace, kubeconfigPath, environment: {} });

    expect(cluster.openCycle().argocdNamespace).toBe(expected);
  });

  it.each([
    ['POD_NAMESPACE', { POD_NAMESPACE: 'env-ns' }, 'env-ns'],
    ["the service account's file", {}, 'gitops'],
  ])('in a pod is that of %s', (_, variables, expected) => {
    const environment = { ...inPod, ...variables };
    const serviceAccountFolder = writeServiceAccount();

    const cluster = makeKubeCluster({ ...shared, environment, serviceAccountFolder });

    expect(cluster.openCycle().argocdNamespace).toBe(expected);
  });
});
