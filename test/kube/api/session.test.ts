/** Connections and credentials: one kept connection, tokens and certificates that change. */
import { adviceFor } from '../../../src/core/report/advice.ts';
import { execPath } from 'node:process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeKubeCluster } from '../../../src/kube/cluster.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { type KubeApi, startKubeApi } from '../../fakes/kube-api.ts';
import { hasOpenssl, makeCertificate } from '../certificates.ts';
import {
  anApplication,
  aSecret,
  type FakeClock,
  failureOf,
  fakeClock,
  never,
  temporaryFolder,
} from '../fixtures.ts';
import { kubeWorld } from '../worlds.ts';

const shared = { namePatterns: [], kubeEvents: true, clock: fakeClock(), userAgent: 'tidewaiter/1.2.3' };

function clusterAt(kubeconfigPath: string, clock: FakeClock = fakeClock()) {
  return makeKubeCluster({ ...shared, kubeconfigPath, environment: {}, clock });
}

async function startServer(...options: Parameters<typeof startKubeApi>): Promise<KubeApi> {
  const server = await startKubeApi(...options);
  onTestFinished(() => server.stop());
  return server;
}

function authorizations({ requests }: KubeApi): readonly (string | undefined)[] {
  return requests.map(({ headers }) => headers['authorization']);
}

describe('connections', () => {
  it('sequential requests share one', async () => {
    const { server, cluster } = await kubeWorld({ objects: [anApplication('shop')], token: 't' });

    for (let cycle = 0; cycle < 20; cycle += 1) await cluster.openCycle().applications(never);

    expect(server.connections()).toBe(1);
  });

  it('never more than eight at once', async () => {
    const objects = Array.from({ length: 100 }, (_, index) => aSecret(`s-${index}`, {}));
    const { server, cluster } = await kubeWorld({ objects });
    const { secrets } = cluster.openCycle();

    await Promise.all(objects.map(({ metadata }) => secrets.secret('argocd', metadata.name)));

    expect(server.requests).toHaveLength(100);
    expect(server.connections()).toBeLessThanOrEqual(8);
  });

  it('name the program', async () => {
    const { server, cluster } = await kubeWorld();

    await cluster.openCycle().applications(never);

    expect(server.requests[0]?.headers['user-agent']).toBe('tidewaiter/1.2.3');
  });

  it('respect the path of the server address', async () => {
    const { server } = await kubeWorld();
    const path = join(temporaryFolder(), 'config');
    const { url } = server;
    writeFileSync(
      path,
      JSON.stringify({
        'current-context': 'c',
        clusters: [{ name: 'c', cluster: { server: `${url}/k8s/clusters/c-1/` } }],
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'nobody' } }],
      }),
    );

    await failureOf(clusterAt(path).openCycle().applications(never));

    expect(server.requests[0]?.path).toBe('/k8s/clusters/c-1/apis/argoproj.io/v1alpha1/applications');
  });
});

describe('tokens', () => {
  it('of a file are read again after a minute', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'token'), 'first\n');
    const server = await startServer();
    const path = server.kubeconfig(join(folder, 'config'), { user: { tokenFile: 'token' } });
    const clock = fakeClock();
    const cluster = clusterAt(path, clock);
    await cluster.openCycle().applications(never);

    writeFileSync(join(folder, 'token'), 'second\n');
    await cluster.openCycle().applications(never);
    clock.atMs += 60_000;
    await cluster.openCycle().applications(never);

    expect(authorizations(server)).toEqual(['Bearer first', 'Bearer first', 'Bearer second']);
    expect(server.connections()).toBe(1);
  });

  it('of a file are read again at once when they are refused, for many requests at a time', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'token'), 'first');
    const server = await startServer({ token: 'first', objects: [aSecret('a', {}), aSecret('b', {})] });
    const path = server.kubeconfig(join(folder, 'config'), { user: { tokenFile: join(folder, 'token') } });
    const cluster = clusterAt(path);
    await cluster.openCycle().applications(never);

    writeFileSync(join(folder, 'token'), 'second');
    server.setToken('second');
    const { secrets } = cluster.openCycle();
    const found = await Promise.all([secrets.secret('argocd', 'a'), secrets.secret('argocd', 'b')]);

    expect(found).not.toContain(null);
  });

  it('of a plugin are kept as long as they are taken', async () => {
    const folder = temporaryFolder();
    const counter = join(folder, 'runs');
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'p' },
    };
    const script = `require('fs').appendFileSync(${JSON.stringify(counter)}, 'x'); console.log(${JSON.stringify(JSON.stringify(credential))})`;
    const server = await startServer({ token: 'p' });
    const exec = {
      apiVersion: credential.apiVersion,
      command: execPath,
      args: ['-e', script],
      interactiveMode: 'Never',
    };
    const clock = fakeClock();
    const cluster = clusterAt(server.kubeconfig(join(folder, 'config'), { user: { exec } }), clock);

    await cluster.openCycle().applications(never);
    clock.atMs += 120_000;
    await cluster.openCycle().applications(never);

    expect(authorizations(server)).toEqual(['Bearer p', 'Bearer p']);
    expect(readFileSync(counter, 'utf8')).toBe('x');
  });

  it('of a plugin that fails: told with its words', async () => {
    const server = await startServer({ token: 'p' });
    const exec = { command: execPath, args: ['-e', 'console.error("no session\\nmore"); process.exit(1)'] };
    const path = server.kubeconfig(join(temporaryFolder(), 'config'), { user: { exec } });

    const failure = await failureOf(clusterAt(path).openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'unauthorized' });
    expect(failure.message).toBe('read the credentials for the Kubernetes API: no session more');
    expect(server.requests).toEqual([]);
  });

  it('fault H3 of a plugin that hangs: the deadline of the request', async () => {
    const server = await startServer({ token: 'p' });
    const exec = { command: execPath, args: ['-e', 'setTimeout(() => {}, 3000)'] };
    const path = server.kubeconfig(join(temporaryFolder(), 'config'), { user: { exec } });
    const timeouts = { requestMs: 30_000, listMs: 600_000 };
    const isLateAtOnce: Clock['after'] = (ms, act) => {
      if (ms === timeouts.requestMs) setImmediate(act);
      return () => undefined;
    };
    const clock = { ...fakeClock(), after: isLateAtOnce };
    const cluster = makeKubeCluster({ ...shared, kubeconfigPath: path, environment: {}, timeouts, clock });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'timeout' });
  });
});

describe.skipIf(!hasOpenssl)('TLS (skipped: needs openssl)', () => {
  it('is verified with the CA of the kubeconfig, over one connection', async () => {
    const server = await startServer({
      tls: makeCertificate('server'),
      token: 't',
      objects: [anApplication('shop')],
    });
    const cluster = clusterAt(server.kubeconfig(join(temporaryFolder(), 'config')));

    for (let cycle = 0; cycle < 5; cycle += 1) await cluster.openCycle().applications(never);

    expect(server.requests).toHaveLength(5);
    expect(server.connections()).toBe(1);
  });

  it('with a certificate of somebody else: refused', async () => {
    const server = await startServer({ tls: makeCertificate('server'), token: 't' });
    const path = server.kubeconfig(join(temporaryFolder(), 'config'));
    const { cert } = makeCertificate('other');
    rewriteCluster(path, { 'certificate-authority-data': Buffer.from(cert).toString('base64') });

    const failure = await failureOf(clusterAt(path).openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'tls' });
    expect(adviceFor(failure)).toContain('check the certificate authority');
    expect(server.requests).toEqual([]);
  });

  it('is verified although the context has no user', async () => {
    const server = await startServer({ tls: makeCertificate('server') });
    const path = server.kubeconfig(join(temporaryFolder(), 'config'));
    rewriteUsers(path, []);

    await clusterAt(path).openCycle().applications(never);

    expect(server.requests).toHaveLength(1);
  });

  it('survives answers that are cut short', async () => {
    const server = await startServer({ tls: makeCertificate('server'), objects: [anApplication('shop')] });
    server.faults.push({ times: 2, respond: { kind: 'reset' } });
    const cluster = clusterAt(server.kubeconfig(join(temporaryFolder(), 'config')));

    expect((await cluster.openCycle().applications(never)).applications).toHaveLength(1);
  });

  it('with a client certificate that is renewed: a new connection with the new one', async () => {
    const [old, renewed] = [makeCertificate('client'), makeCertificate('client')];
    const tls = { ...makeCertificate('server'), clientCa: old.cert + renewed.cert };
    const server = await startServer({ tls });
    const folder = temporaryFolder();
    const writePair = ({ cert, key }: typeof old): void => {
      writeFileSync(join(folder, 'client.pem'), cert);
      writeFileSync(join(folder, 'client-key.pem'), key);
    };
    writePair(old);
    const user = { 'client-certificate': 'client.pem', 'client-key': 'client-key.pem' };
    const clock = fakeClock();
    const cluster = clusterAt(server.kubeconfig(join(folder, 'config'), { user }), clock);
    await cluster.openCycle().applications(never);
    await cluster.openCycle().applications(never);
    expect(server.connections()).toBe(1);

    writePair(renewed);
    clock.atMs += 60_000;
    await cluster.openCycle().applications(never);

    expect(server.connections()).toBe(2);
    expect(server.requests.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('and the token of a pod', async () => {
    const tls = makeCertificate('kubernetes');
    const server = await startServer({ tls, token: 'pod-token' });
    const serviceAccountFolder = temporaryFolder();
    writeFileSync(join(serviceAccountFolder, 'ca.crt'), tls.cert);
    writeFileSync(join(serviceAccountFolder, 'token'), 'pod-token');
    const environment = {
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(server.port),
    };
    const cluster = makeKubeCluster({ ...shared, environment, serviceAccountFolder });

    await cluster.openCycle().applications(never);

    expect(authorizations(server)).toEqual(['Bearer pod-token']);
  });

  it('carries many requests at once over one connection', async () => {
    const objects = Array.from({ length: 100 }, (_, index) => aSecret(`s-${index}`, {}));
    const server = await startServer({ tls: makeCertificate('server'), objects });
    const { secrets } = clusterAt(server.kubeconfig(join(temporaryFolder(), 'config'))).openCycle();

    await Promise.all(objects.map(({ metadata }) => secrets.secret('argocd', metadata.name)));

    expect(server.requests).toHaveLength(100);
    expect(server.connections()).toBe(1);
  });

  it('fault H3 to a silent server: the deadline of the request', async () => {
    const server = await startServer({ tls: makeCertificate('server') });
    const clock = fakeClock();
    server.faults.push({ respond: { kind: 'hang' }, when: () => (clock.pass(30_000), true) });
    const kubeconfigPath = server.kubeconfig(join(temporaryFolder(), 'config'));
    const timeouts = { requestMs: 30_000, listMs: 600_000 };
    const cluster = makeKubeCluster({ ...shared, environment: {}, kubeconfigPath, timeouts, clock });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'timeout' });
  });

  it('with client certificates that nobody signed: 401', async () => {
    const tls = { ...makeCertificate('server'), clientCa: makeCertificate('client').cert };
    const server = await startServer({ tls });
    const stranger = makeCertificate('client');
    const user = {
      'client-certificate-data': Buffer.from(stranger.cert).toString('base64'),
      'client-key-data': Buffer.from(stranger.key).toString('base64'),
    };

    const path = server.kubeconfig(join(temporaryFolder(), 'config'), { user });
    const failure = await failureOf(clusterAt(path).openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'unauthorized' });
  });
});

interface KubeconfigText {
  clusters: { cluster: Record<string, unknown> }[];
  users: unknown[];
}

function rewrite(path: string, change: (config: KubeconfigText) => void): void {
  const config = JSON.parse(readFileSync(path, 'utf8')) as KubeconfigText;
  change(config);
  writeFileSync(path, JSON.stringify(config));
}

function rewriteCluster(path: string, fields: Record<string, unknown>): void {
  rewrite(path, (config) => Object.assign(config.clusters[0]?.cluster ?? {}, fields));
}

function rewriteUsers(path: string, users: unknown[]): void {
  rewrite(path, (config) => {
    config.users = users;
  });
}
