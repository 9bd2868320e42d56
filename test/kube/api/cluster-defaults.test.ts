/** Proxies and certificates that the environment names, on the way to the Kubernetes API. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeKubeCluster } from '../../../src/kube/cluster.ts';
import { startHttpProxy } from '../../fakes/http-proxy.ts';
import { startKubeApi } from '../../fakes/kube-api.ts';
import { hasOpenssl, makeCertificate } from '../certificates.ts';
import { anApplication, byName, failureOf, fakeClock, never, temporaryFolder } from '../fixtures.ts';

type Written = { clusters: { cluster: Record<string, unknown> }[] };

/** A server that only a proxy knows by its name, and a kubeconfig for it. */
async function startScene(change: (cluster: Record<string, unknown>) => Record<string, unknown>) {
  const tls = makeCertificate('server');
  const server = await startKubeApi({ tls, token: 't', objects: [anApplication('shop')] });
  const proxy = await startHttpProxy();
  onTestFinished(() => Promise.all([server.stop(), proxy.close()]).then(() => undefined));
  const folder = temporaryFolder();
  const path = server.kubeconfig(join(folder, 'config'));
  const config = JSON.parse(readFileSync(path, 'utf8')) as Written;
  const clusters = config.clusters.map((one) => ({ ...one, cluster: change(one.cluster) }));
  writeFileSync(path, JSON.stringify({ ...config, clusters }));
  const caPath = join(folder, 'ca.pem');
  writeFileSync(caPath, tls.cert);
  const { port } = new URL(server.url);
  return { server, proxy, path, caPath, port };
}

async function applications(kubeconfigPath: string, environment: Readonly<Record<string, string>>) {
  const shared = { namePatterns: [], kubeEvents: true, clock: fakeClock(), userAgent: 'tidewaiter' };
  return makeKubeCluster({ ...shared, kubeconfigPath, environment })
    .openCycle()
    .applications(never);
}

const named = ({ server }: Record<string, unknown>) => ({
  server: String(server).replace('127.0.0.1', 'kube.example.test'),
  'insecure-skip-tls-verify': true, // its certificate is for 127.0.0.1
});

describe.skipIf(!hasOpenssl)('fault H2 the Kubernetes API (skipped: needs openssl)', () => {
  it('is reached through the proxy of the environment', async () => {
    const { proxy, path, port } = await startScene(named);

    const found = await applications(path, { HTTPS_PROXY: proxy.url });

    expect(byName(found.applications)).toEqual(['argocd/shop']);
    expect(proxy.log).toEqual([`CONNECT kube.example.test:${port}`]);
  });

  it('is reached through the proxy-url of the kubeconfig first', async () => {
    const { proxy, path } = await startScene((cluster) => named(cluster));
    const config = JSON.parse(readFileSync(path, 'utf8')) as Written;
    for (const { cluster } of config.clusters) cluster['proxy-url'] = proxy.url;
    writeFileSync(path, JSON.stringify(config));

    const found = await applications(path, { HTTPS_PROXY: 'http://127.0.0.1:1' });

    expect(byName(found.applications)).toEqual(['argocd/shop']);
  });

  it('is not reached through a proxy where NO_PROXY names it', async () => {
    const { proxy, path } = await startScene(named);

    const failure = await failureOf(
      applications(path, { HTTPS_PROXY: proxy.url, NO_PROXY: '.example.test' }),
    );

    expect(failure).toMatchObject({ kind: 'kube', code: 'network' });
    expect(proxy.log).toEqual([]);
  });

  it('is believed by SSL_CERT_FILE where the kubeconfig names no CA', async () => {
    const { path, caPath } = await startScene((cluster) => ({ server: cluster['server'] }));

    expect(byName((await applications(path, { SSL_CERT_FILE: caPath })).applications)).toEqual([
      'argocd/shop',
    ]);
    expect(await failureOf(applications(path, {}))).toMatchObject({ kind: 'kube', code: 'tls' });
  });

  it('is believed by the CA of the kubeconfig alone where it names one', async () => {
    const other = Buffer.from(makeCertificate('other').cert).toString('base64');
    const { path, caPath } = await startScene((cluster) => ({
      ...cluster,
      'certificate-authority-data': other,
    }));

    const failure = await failureOf(applications(path, { SSL_CERT_FILE: caPath }));

    expect(failure).toMatchObject({ kind: 'kube', code: 'tls' });
  });

  it('names certificates that are not there', async () => {
    const { path } = await startScene((cluster) => ({ server: cluster['server'] }));

    const failure = await failureOf(applications(path, { SSL_CERT_FILE: '/nowhere/ca.pem' }));

    expect(failure).toMatchObject({
      kind: 'config',
      message: 'certificates for the Kubernetes API: SSL_CERT_FILE /nowhere/ca.pem cannot be read: ENOENT',
    });
  });
});
