/** Our chart put in the place of a release of argo/argocd-image-updater 0.14.0, by helm, on a real API server. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../kube/fixtures.ts';
import { apiserverProgram, type RealApiServer, startRealApiServer } from '../apiserver/server.ts';

const helm = process.env['TIDEWAITER_HELM'];
const ours = join(import.meta.dirname, '../../../charts/tidewaiter');
const release = 'updater';
const name = `${release}-argocd-image-updater`;
const selector = {
  'app.kubernetes.io/name': 'argocd-image-updater',
  'app.kubernetes.io/instance': release,
};

/** What a release of 0.14.0 leaves in the cluster, as far as an upgrade can stumble over it. */
function objectsOfBefore(): readonly object[] {
  const labels = { ...selector, 'helm.sh/chart': 'argocd-image-updater-0.14.0' };
  const container = { name: 'argocd-image-updater', image: 'updater:v0.17.0', args: ['run'] };
  const metadata = { name, labels };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, name: 'argocd-image-updater-config' } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...metadata, name: 'argocd-image-updater-ssh-config' },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector, ports: [{ name: 'server-port', port: 8080, targetPort: 8080 }] },
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: 'upgrades' }],
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        strategy: { type: 'Recreate' },
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: selector },
          spec: { serviceAccountName: name, containers: [container] },
        },
      },
    },
  ];
}

function chartOfBefore(): string {
  const folder = join(temporaryFolder(), 'before');
  mkdirSync(join(folder, 'templates'), { recursive: true });
  const chart = { apiVersion: 'v2', name: 'argocd-image-updater', version: '0.14.0', appVersion: 'v0.17.0' };
  writeFileSync(join(folder, 'Chart.yaml'), JSON.stringify(chart));
  for (const [index, object] of objectsOfBefore().entries()) {
    writeFileSync(join(folder, 'templates', `${index}.yaml`), JSON.stringify(object));
  }
  return folder;
}

describe.runIf(helm !== undefined && apiserverProgram !== undefined)('helm upgrade from 0.14.0', () => {
  let server: RealApiServer;
  beforeAll(async () => {
    server = await startRealApiServer(apiserverProgram ?? '');
  });
  afterAll(() => server.stop());

  function run(...command: readonly string[]) {
    const home = temporaryFolder();
    const place = ['--kubeconfig', server.adminKubeconfig(join(home, 'config')), '--namespace', 'upgrades'];
    const env = { PATH: process.env['PATH'], HOME: home };
    return spawnSync(helm ?? '', [...command, ...place], { encoding: 'utf8', env });
  }

  it('takes over the release, and back again', async () => {
    const before = chartOfBefore();
    expect(run('install', release, before, '--create-namespace')).toMatchObject({ status: 0 });

    // what an upgrade may not do is refused by this server
    const renamed = run('upgrade', release, ours, '--set', `nameOverride=other,fullnameOverride=${name}`);
    expect(renamed.stderr).toContain('field is immutable');

    expect(run('upgrade', release, ours, '--set', 'config.logLevel=debug')).toMatchObject({ status: 0 });
    const settings = (await server.get('configmaps', 'upgrades', 'argocd-image-updater-config'))['data'];
    expect(settings).toEqual({ 'kube.events': 'false', 'log.level': 'debug' });
    const listed = run('list', '--output', 'json');
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { name: release, status: 'deployed', chart: 'tidewaiter-0.1.0' },
    ]);

    expect(run('rollback', release, '1')).toMatchObject({ status: 0 });
    expect(run('uninstall', release)).toMatchObject({ status: 0 });
  });
});
