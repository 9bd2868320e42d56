/** The Helm chart, rendered by helm itself, beside the shipped manifests and the chart that it takes the place of. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readRunSettings } from '../../src/cli/settings/settings.ts';
import { temporaryFolder } from '../cli/start-program.ts';
import { baseManifests } from './shipped.ts';

const helm = process.env['TIDEWAITER_HELM'];
const chart = join(import.meta.dirname, '../../charts/tidewaiter');

interface Facts {
  readonly variables: readonly string[];
  readonly mounts: Readonly<Record<string, string | null>>;
  readonly cases: readonly {
    readonly name: string;
    readonly release: string;
    readonly values: Readonly<Record<string, unknown>>;
    readonly objects: readonly string[];
    readonly absent?: readonly string[];
    readonly selector?: Readonly<Record<string, string>>;
    readonly config?: Readonly<Record<string, string>>;
    readonly mounts?: Readonly<Record<string, string>>;
  }[];
}

const facts = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/chart-0.14.0.json'), 'utf8'),
) as Facts;

// oxlint-disable-next-line typescript/no-explicit-any -- objects of many kinds, read by path
type Rendered = any;

function runHelm(command: readonly string[], values: unknown) {
  const path = join(temporaryFolder(), 'values.json');
  writeFileSync(path, JSON.stringify(values));
  return spawnSync(helm ?? '', [...command, '--values', path], { encoding: 'utf8' });
}

function render(release: string, values: unknown): readonly Rendered[] {
  const { status, stdout, stderr } = runHelm(['template', release, chart, '--namespace', 'argocd'], values);
  if (status !== 0) throw new Error(stderr);
  expect(stderr).toBe('');
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as Rendered)
    .filter((object) => object !== null);
}

const nameOf = (object: Rendered): string =>
  `${object.kind} ${object.metadata.namespace === undefined ? '' : `${object.metadata.namespace}/`}${object.metadata.name}`;

function find(objects: readonly Rendered[], name: string): Rendered {
  const found = objects.find((object) => nameOf(object).startsWith(name));
  if (found === undefined) throw new Error(`${name} is not among ${objects.map(nameOf).join(', ')}`);
  return found;
}

const readShipped = (path: string): string => readFileSync(join(chart, '../..', path), 'utf8');

const readsProjects = { apiGroups: ['argoproj.io'], resources: ['appprojects'], verbs: ['get'] };

const podOf = (objects: readonly Rendered[]): Rendered => find(objects, 'Deployment').spec.template.spec;

/** Where each folder of the container comes from. */
function mountsOf(pod: Rendered): Record<string, string | null> {
  const sources = new Map<string, string | null>(
    pod.volumes.map((volume: Rendered) => [
      volume.name,
      volume.configMap?.name ?? volume.secret?.secretName ?? null,
    ]),
  );
  return Object.fromEntries(
    pod.containers[0].volumeMounts.map((mount: Rendered) => [mount.mountPath, sources.get(mount.name)]),
  );
}

describe.skipIf(helm === undefined)('the chart (skipped: needs helm)', () => {
  it.each(facts.cases)('makes what 0.14.0 makes: $name', (wanted) => {
    const objects = render(wanted.release, wanted.values);
    const pod = podOf(objects);

    expect(objects.map(nameOf)).toEqual(expect.arrayContaining([...wanted.objects]));
    expect(objects.filter(({ kind }) => wanted.absent?.includes(kind))).toEqual([]);
    expect(pod.containers[0].env.map(({ name }: Rendered) => name)).toEqual(
      expect.arrayContaining([...facts.variables]),
    );
    expect(mountsOf(pod)).toMatchObject({ ...facts.mounts, ...wanted.mounts });
    const { spec } = find(objects, 'Deployment');
    if (wanted.selector !== undefined) expect(spec.selector.matchLabels).toEqual(wanted.selector);
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    if (wanted.config !== undefined) expect(find(objects, 'ConfigMap').data).toEqual(wanted.config);
  });

  it('gives the pod what the manifests give it', () => {
    const ours = podOf(render('argocd-image-updater', {}));
    const theirs = podOf(baseManifests());
    const { resources: _, ...container } = theirs.containers[0];
    const byName = (list: readonly Rendered[]) => list.toSorted((a, b) => a.name.localeCompare(b.name));

    expect(byName(ours.containers[0].env)).toEqual(byName(container.env));
    expect(byName(ours.volumes)).toEqual(byName(theirs.volumes));
    expect(ours.containers[0].volumeMounts).toEqual(container.volumeMounts);
    expect(ours.containers[0].securityContext).toEqual(container.securityContext);
    expect(ours.containers[0].ports).toEqual(container.ports);
    expect(ours.containers[0].image).toBe(container.image);
  });

  it('makes the alerts and the dashboard of the overlay monitoring, where they are wanted', () => {
    const objects = render('argocd-image-updater', {
      metrics: {
        prometheusRule: {
          enabled: true,
          additionalLabels: { release: 'prometheus' },
          rules: [{ alert: 'Own', expr: '1' }],
        },
        dashboards: { enabled: true, namespace: 'grafana', annotations: { folder: 'Argo CD' } },
      },
    });
    const rule = find(objects, 'PrometheusRule');
    const board = find(objects, 'ConfigMap grafana/');
    const overlay = readShipped('manifests/overlays/monitoring/prometheusrule.yaml');
    const [group] = (parse(overlay) as Rendered).spec.groups;

    expect(rule.metadata.labels).toMatchObject({ release: 'prometheus' });
    expect(rule.spec.groups).toEqual([
      { name: 'tidewaiter', rules: [...group.rules, { alert: 'Own', expr: '1' }] },
    ]);
    expect(board.metadata).toMatchObject({
      labels: { grafana_dashboard: '1' },
      annotations: { folder: 'Argo CD' },
    });
    expect(JSON.parse(board.data['tidewaiter.json'])).toEqual(
      JSON.parse(readShipped('manifests/overlays/monitoring/dashboard.json')),
    );
    const usual = render('argocd-image-updater', {});
    expect(usual.filter(({ kind }) => kind === 'PrometheusRule')).toEqual([]);
    expect(usual.map(nameOf).filter((name) => name.includes('dashboard'))).toEqual([]);
  });

  it('gives the rights that the manifests give', () => {
    const rules = (objects: readonly Rendered[], kind: string) =>
      find(objects, kind).rules as readonly unknown[];
    const chartObjects = render('argocd-image-updater', {});
    const manifests = baseManifests() as readonly Rendered[];

    expect(rules(chartObjects, 'Role')).toEqual(rules(manifests, 'Role'));
    expect(rules(chartObjects, 'ClusterRole')).toEqual(rules(manifests, 'ClusterRole'));
    const bound = render('argocd-image-updater', { createClusterRoles: false });
    expect(rules(bound, 'Role')).toEqual([...rules(manifests, 'Role'), ...rules(manifests, 'ClusterRole')]);
    expect(podOf(bound).containers[0].args).toEqual(['run', '--application-namespace=argocd']);
  });

  it('passes everything about the pod on', () => {
    const [wanted] = facts.cases.slice(-1);
    const objects = render('argocd-image-updater', wanted?.values);
    const pod = podOf(objects);

    expect(pod.containers[0].args).toEqual([
      'run',
      '--enable-webhook',
      '--webhook-port=8082',
      '--interval',
      '5m',
      '--max-concurrency=5',
    ]);
    expect(pod.containers[0].env).toContainEqual({ name: 'AWS_REGION', value: 'eu-west-1' });
    expect(pod.containers[0].envFrom).toEqual([{ secretRef: { name: 'logins' } }]);
    expect(pod.containers[0].resources).toEqual({ limits: { memory: '256Mi' } });
    expect(pod).toMatchObject({
      priorityClassName: 'high',
      serviceAccountName: 'images',
      imagePullSecrets: [{ name: 'pull' }],
      initContainers: [{ name: 'fetch' }],
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
    });
    expect(pod.volumes).toContainEqual({ name: 'tools', emptyDir: {} });
    expect(find(objects, 'Service ').spec).toMatchObject({
      type: 'NodePort',
      ipFamilyPolicy: 'PreferDualStack',
      ports: [{ port: 8080, nodePort: 30_081, targetPort: 'webhook' }],
    });
    const hosts = find(objects, 'Ingress').spec.rules.map(({ host, http }: Rendered) => [
      host,
      http.paths[0].path,
      http.paths[0].backend.service.name,
    ]);
    expect(hosts).toEqual([
      ['updater.example.com', '/webhook', 'argocd-image-updater'],
      ['two.example.com', '/webhook', 'argocd-image-updater'],
    ]);
  });

  it('scrapes the metrics port, by the one Service that the monitor selects', () => {
    const objects = render(
      'argocd-image-updater',
      facts.cases.find(({ name }) => name === 'metrics')?.values,
    );
    const labels = find(objects, 'ServiceMonitor').spec.selector.matchLabels as Record<string, string>;
    const services = objects.filter(
      ({ kind, metadata }) =>
        kind === 'Service' &&
        Object.entries(labels).every(([label, value]) => metadata.labels[label] === value),
    );

    expect(services.map(({ metadata }) => metadata.name)).toEqual(['argocd-image-updater-metrics']);
    expect(services[0].metadata.labels).toMatchObject({ team: 'a' });
    expect(services[0].spec.ports).toMatchObject([{ name: 'metrics', port: 8081, targetPort: 'metrics' }]);
    expect(find(objects, 'ServiceMonitor').metadata.labels).toMatchObject({ release: 'prom' });
  });

  it('gives flags that the program takes', () => {
    const objects = render('argocd-image-updater', { webhook: { enabled: true }, createClusterRoles: false });
    const [, ...flags] = podOf(objects).containers[0].args as readonly string[];
    const given = new Map(
      flags.map((flag) => {
        const [, name = '', value = 'true'] = /^--([a-z-]+)(?:=(.*))?$/.exec(flag) ?? [];
        return [name, [value]] as const;
      }),
    );

    expect(readRunSettings(given, {}, '/tmp')).toMatchObject({ ok: true });
  });

  it.each([
    [{}, 'c21b75f2.argoproj.io'],
    [{ id: 'blue' }, 'blue'],
  ])('elects a leader where asked, by a Lease that its Role allows: %j', (more, leaseName) => {
    const objects = render('images', { leaderElection: { enabled: true, ...more }, replicaCount: 2 });
    const flags = podOf(objects).containers[0].args as readonly string[];
    const given = new Map<string, string[]>();
    for (const flag of flags.slice(1)) {
      const [name = '', value = 'true'] = flag.slice(2).split('=');
      given.set(name, [value]);
    }

    const read = readRunSettings(given, {}, '/tmp');
    expect(read.ok && read.value.settings.election).toEqual({ name: leaseName });
    expect(find(objects, 'Role argocd/').rules.slice(-2)).toEqual([
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
      {
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        resourceNames: [leaseName],
        verbs: ['get', 'patch'],
      },
    ]);
  });

  it('elects nobody unless asked', () => {
    const objects = render('images', {});
    const rules = find(objects, 'Role argocd/').rules as readonly {
      readonly resources: readonly string[];
      readonly verbs: readonly string[];
    }[];
    const ofLeases = rules.filter(({ resources }) => resources.includes('leases'));

    expect(ofLeases.map(({ verbs }) => verbs)).toEqual([['get']]);
    expect(JSON.stringify(objects)).not.toContain('leader-election');
  });

  it('lets further keys of the ConfigMap win, and limits the network where asked', () => {
    const objects = render('argocd-image-updater', {
      configExtra: { interval: '5m', 'log.level': 'warn' },
      networkPolicy: { enabled: true },
    });

    expect(find(objects, 'ConfigMap').data).toMatchObject({ interval: '5m', 'log.level': 'warn' });
    expect(find(objects, 'NetworkPolicy').spec.ingress[0].ports).toMatchObject([
      { port: 'metrics' },
      { port: 'webhook' },
    ]);
  });

  const strict = ['--enforce-projects', '--env-credentials=none', '--secret-namespaces=own'];

  it.each([
    [{}, [...strict, '--script-folder=none']],
    [
      { extraArgs: ['--script-folder', '/scripts', '--env-credentials=ECR'] },
      [
        '--enforce-projects',
        '--secret-namespaces=own',
        '--script-folder',
        '/scripts',
        '--env-credentials=ECR',
      ],
    ],
    [
      { manyTenants: { enabled: true, writePaths: ['team-*=/apps/{namespace}/**', '*=/platform/**'] } },
      [...strict, '--script-folder=none', '--write-paths=team-*=/apps/{namespace}/**,*=/platform/**'],
    ],
  ])(
    'is as strict as the overlay many-tenants where asked, but for what somebody gives: %j',
    (more, args) => {
      const objects = render('images', { manyTenants: { enabled: true }, ...more });

      expect(podOf(objects).containers[0].args.slice(1).toSorted()).toEqual(args.toSorted());
      expect(find(objects, 'ClusterRole').rules[1]).toMatchObject({ verbs: ['get', 'list'] });
      expect(find(objects, 'Role argocd/').rules).toContainEqual(readsProjects);
    },
  );

  it('lets AppProjects be read where asked', () => {
    expect(find(render('x', {}), 'Role argocd/').rules).not.toContainEqual(readsProjects);
    const { rules } = find(render('x', { rbac: { appProjects: true } }), 'Role argocd/');
    expect(rules).toContainEqual(readsProjects);
  });

  it('keeps the pod from the identities of its node where asked, as the overlay egress does', () => {
    const { spec } = find(render('x', { networkPolicy: { denyMetadata: true } }), 'NetworkPolicy');
    const overlay = parse(
      readFileSync(join(chart, '../../manifests/overlays/egress/kustomization.yaml'), 'utf8'),
    ) as { readonly patches: readonly { readonly patch: string }[] };
    const patch = parse(overlay.patches[0]?.patch ?? '') as readonly { readonly value: unknown }[];

    expect([spec.policyTypes, spec.ingress]).toEqual([['Egress'], undefined]);
    expect(spec.egress).toEqual(patch[1]?.value);
  });

  it.each([
    [{ intervall: '5m' }, 'intervall'],
    [{ config: { logLevel: 'verbose' } }, '/config/logLevel'],
    [{ service: { type: 'External' } }, '/service/type'],
    [{ replicaCount: 'two' }, '/replicaCount'],
  ])('refuses values that can only be a mistake: %j', (values, named) => {
    const { status, stderr } = runHelm(['template', 'x', chart], values);

    expect(status).not.toBe(0);
    expect(stderr).toContain(named);
  });

  it('has nothing that helm lint would say', () => {
    const { status, stdout } = runHelm(['lint', '--strict', chart], {});

    expect(stdout).not.toMatch(/\[(?:WARNING|ERROR)\]/);
    expect(status).toBe(0);
  });
});
