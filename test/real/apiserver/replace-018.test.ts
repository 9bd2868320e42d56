/** `kubectl apply` of our manifests over those of 0.18, and back, on a real API server. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { baseManifests } from '../../project/shipped.ts';
import { temporaryFolder } from '../../cli/start-program.ts';
import { apiserverProgram, type RealApiServer, startRealApiServer } from './server.ts';

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
const manifests = join(import.meta.dirname, '../../../manifests');
const name = 'argocd-image-updater';
const namespace = 'argocd';
const labels = {
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/part-of': name,
};

/** What the install.yaml of 0.18 makes, as far as an apply can stumble over it (daemon.md 4.1). */
function objectsOf018(): readonly object[] {
  const metadata = { name, namespace, labels: { ...labels, 'app.kubernetes.io/component': 'controller' } };
  const empty = (kind: string, suffix: string) => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: `${name}-${suffix}`, namespace, labels },
  });
  const rbac = 'rbac.authorization.k8s.io/v1';
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  const probe = { httpGet: { path: '/healthz', port: 8080 }, initialDelaySeconds: 3, periodSeconds: 30 };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: rbac,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: rbac,
      kind: 'ClusterRole',
      metadata: { name, labels: metadata.labels },
      rules: [
        { apiGroups: [''], resources: ['events'], verbs: ['create'] },
        {
          apiGroups: ['argoproj.io'],
          resources: ['applications'],
          verbs: ['get', 'list', 'update', 'patch'],
        },
      ],
    },
    {
      apiVersion: rbac,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects,
    },
    {
      apiVersion: rbac,
      kind: 'ClusterRoleBinding',
      metadata: { name, labels: metadata.labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects,
    },
    empty('ConfigMap', 'config'),
    empty('ConfigMap', 'ssh-config'),
    empty('Secret', 'secret'),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/name': name } },
        strategy: { type: 'Recreate' },
        template: {
          metadata: { labels: { 'app.kubernetes.io/name': name } },
          spec: {
            serviceAccountName: name,
            containers: [
              {
                name,
                image: `quay.io/argoprojlabs/${name}:v0.18.0`,
                args: ['run'],
                ports: [{ containerPort: 8080 }],
                livenessProbe: probe,
                readinessProbe: probe,
                env: [{ name: 'ARGOCD_LOGLEVEL', value: 'info' }],
                volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
              },
            ],
            volumes: [{ name: 'tmp', emptyDir: {} }],
          },
        },
      },
    },
  ];
}

describe.runIf(apiserverProgram !== undefined && hasKubectl)('kubectl apply over 0.18', () => {
  let server: RealApiServer;
  let place: readonly string[] = [];
  beforeAll(async () => {
    server = await startRealApiServer(apiserverProgram ?? '');
    place = ['--kubeconfig', server.adminKubeconfig(join(temporaryFolder(), 'config'))];
  }, 180_000);
  afterAll(() => server.stop());

  function apply(file: string) {
    return kubectl('apply', '--namespace', namespace, '--filename', file);
  }

  function kubectl(...command: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync('kubectl', [...command, ...place], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return stdout + stderr;
  }

  function write(objects: readonly object[]): string {
    const path = join(temporaryFolder(), 'objects.json');
    writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    return path;
  }

  it('issue 10: replaces what it has to, leaves settings and Secrets, and can be taken back', async () => {
    const old = write(objectsOf018());
    apply(old);
    const settings = { 'git.user': 'bot', interval: '5m', 'registries.conf': 'registries: []\n' };
    const config = { name: `${name}-config`, namespace, labels };
    apply(write([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: config, data: settings }]));
    const token = { stringData: { 'argocd.token': 'token-0815' } };
    kubectl('patch', 'secret', `${name}-secret`, '--namespace', namespace, '--patch', JSON.stringify(token));

    const said = apply(join(manifests, 'install.yaml'));

    expect(said).not.toMatch(/warning/i);
    expect(said).toContain(`deployment.apps/${name} configured`);
    expect(await server.get('configmaps', namespace, `${name}-config`)).toMatchObject({ data: settings });
    expect(await server.get('secrets', namespace, `${name}-secret`)).toMatchObject({
      data: { 'argocd.token': Buffer.from('token-0815').toString('base64') },
    });
    const ours = baseManifests().find(({ kind }) => kind === 'Deployment') as unknown as Deployment;
    const [container] = deployed().spec.template.spec.containers;
    const [shipped] = ours.spec.template.spec.containers;
    expect([container?.image, container?.args]).toEqual([shipped?.image, shipped?.args]);
    // nothing of 0.18's is left behind beside ours
    const names = (of: typeof container) => of?.env?.map((variable) => variable.name).toSorted();
    expect(names(container)).toEqual(names(shipped));
    const role = JSON.parse(kubectl('get', 'role', name, '--namespace', namespace, '-o', 'json')) as object;
    expect(role).toMatchObject({
      rules: [{ resources: ['secrets'], verbs: ['get', 'list'] }, {}, {}, {}, {}, {}],
    });

    apply(write(objectsOf018().filter((object) => !isSettings(object))));
    expect(deployed().spec.template.spec.containers[0]?.image).toMatch(/:v0\.18\.0$/);
    expect(await server.get('configmaps', namespace, `${name}-config`)).toMatchObject({ data: settings });
  }, 120_000);

  function deployed(): Deployment {
    return JSON.parse(
      kubectl('get', 'deployment', name, '--namespace', namespace, '-o', 'json'),
    ) as Deployment;
  }
});

interface Deployment {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly image: string;
          readonly args: readonly string[];
          readonly env?: readonly { readonly name: string }[];
        }[];
      };
    };
  };
}

/** 0.18 ships them empty: whoever goes back leaves them out. */
function isSettings(object: object): boolean {
  return 'kind' in object && (object.kind === 'ConfigMap' || object.kind === 'Secret');
}
