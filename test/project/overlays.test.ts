/** Overlays of the shipped manifests, built by the real Kustomize where kubectl is installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { Election, type ElectionEvent } from '../../src/app/leader/election.ts';
import { readRunSettings } from '../../src/cli/settings/settings.ts';
import { makeKubeLease } from '../../src/kube/updaters/lease.ts';
import { makeRealClock } from '../fakes/clock.ts';
import { type Rule, startKubeApi } from '../fakes/kube-api.ts';
import { baseManifests } from './shipped.ts';

const folder = join(import.meta.dirname, '../../manifests/overlays');
const hasKubectl = spawnSync('kubectl', ['kustomize', '--help']).status === 0;

const leaseName = 'c21b75f2.argoproj.io';

interface Built {
  readonly kind: string;
  readonly rules?: readonly Rule[];
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly roleRef?: { readonly name: string };
  readonly spec?: {
    readonly selector?: unknown;
    readonly strategy?: unknown;
    readonly ports?: readonly { readonly targetPort: unknown }[];
    readonly template?: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly {
          readonly args: readonly string[];
          readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
        }[];
      };
    };
  };
}

interface Block {
  readonly cidr: string;
  readonly except: readonly string[];
}

function isIn(ranges: readonly string[], address: string, family: 'ipv4' | 'ipv6'): boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [net = '', bits = ''] = range.split('/');
    // ranges of IPv6 hold mapped addresses of IPv4 too
    if (net.includes(':') === (family === 'ipv6')) list.addSubnet(net, Number(bits), family);
  }
  return list.check(address, family);
}

function build(overlay: string): readonly Built[] {
  const text = execFileSync('kubectl', ['kustomize', join(folder, overlay)], { encoding: 'utf8' });
  return parseAllDocuments(text).map((document) => document.toJS() as Built);
}

function readSettings(flags: readonly string[]) {
  const given = new Map<string, string[]>();
  for (const flag of flags) {
    const [, name = '', value = 'true'] = /^--([a-z-]+)(?:=(.*))?$/.exec(flag) ?? [];
    if (name !== '') given.set(name, [value]);
  }
  const read = readRunSettings(given, {}, '/tmp');
  if (!read.ok) throw new Error(read.failure.message);
  return read.value.settings;
}

function podOf(objects: readonly Built[]) {
  const template = objects.find(({ kind }) => kind === 'Deployment')?.spec?.template;
  return { labels: template?.metadata.labels ?? {}, container: template?.spec.containers[0] };
}

describe.skipIf(!hasKubectl)('an overlay (skipped: needs kubectl)', () => {
  it.each([
    ['webhook', 'argocd-image-updater-service', 8082],
    ['monitoring', 'argocd-image-updater-metrics', 8081],
  ])('%s: its Service reaches the port that the pod opens', (overlay, name, port) => {
    const objects = build(overlay);
    const { labels, container } = podOf(objects);
    const service = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === name);

    expect(Object.entries(service?.spec?.selector ?? {})).not.toEqual([]);
    for (const [label, value] of Object.entries(service?.spec?.selector ?? {}))
      expect(labels[label]).toBe(value);
    const target = service?.spec?.ports?.[0]?.targetPort;
    expect(container?.ports.find(({ name: portName }) => portName === target)?.containerPort).toBe(port);
  });

  it('webhook turns them on', () => {
    expect(podOf(build('webhook')).container?.args).toEqual(['run', '--enable-webhook']);
  });

  it('fault A10: many-tenants sets the strict flags, reads AppProjects and changes no Application', () => {
    const objects = build('many-tenants');
    const rules = objects.flatMap(({ rules: own = [] }) => own);
    const rulesFor = (resource: string) => rules.filter(({ resources }) => resources.includes(resource));

    const flags = podOf(objects).container?.args ?? [];
    expect(readSettings(flags).tenants).toEqual({
      secretNamespaces: ['own'],
      variables: [],
      scriptFolder: undefined,
      writePaths: [],
      enforceProjects: true,
    });
    expect(rulesFor('applications').map(({ verbs }) => verbs)).toEqual([['get', 'list']]);
    expect(rulesFor('appprojects').map(({ verbs }) => verbs)).toEqual([['get']]);
    const bound = objects.filter(({ kind, roleRef }) => kind === 'RoleBinding' && roleRef !== undefined);
    expect(bound.map(({ roleRef, metadata }) => [roleRef?.name, metadata.namespace])).toContainEqual([
      'argocd-image-updater-projects',
      'argocd',
    ]);
  });

  it('policies reads AppProjects, beside what the base does', () => {
    const objects = build('policies');
    const added = objects.filter(({ metadata }) => metadata.name === 'argocd-image-updater-projects');

    expect(added.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
      ['Role', 'argocd'],
      ['RoleBinding', 'argocd'],
    ]);
    expect(added[0]?.rules).toEqual([
      { apiGroups: ['argoproj.io'], resources: ['appprojects'], verbs: ['get'] },
    ]);
    expect(added[1]?.roleRef?.name).toBe('argocd-image-updater-projects');
    expect(objects).toHaveLength(build('many-tenants').length);
  });

  it('fault A10: what many-tenants tells of --write-paths is understood', () => {
    const text = readFileSync(join(folder, 'many-tenants/kustomization.yaml'), 'utf8');
    const [, flag = ''] = /#\s+value: (--write-paths=\S+)/.exec(text) ?? [];

    expect(readSettings([flag]).tenants.writePaths).toHaveLength(2);
  });

  it('issue 10, 2: egress leaves all addresses but those of the identities of a node', () => {
    const policy = build('egress').find(({ kind }) => kind === 'NetworkPolicy') as unknown as {
      readonly spec: {
        readonly policyTypes: readonly string[];
        readonly ingress: readonly unknown[];
        readonly egress: readonly { readonly to: readonly { readonly ipBlock?: Block }[] }[];
      };
    };
    const blocks = policy.spec.egress.flatMap(({ to }) => to.flatMap(({ ipBlock }) => ipBlock ?? []));
    const allowed = (address: string, family: 'ipv4' | 'ipv6') =>
      blocks.some(({ cidr, except }) => isIn([cidr], address, family) && !isIn(except, address, family));

    expect([policy.spec.policyTypes, policy.spec.ingress.length]).toEqual([['Ingress', 'Egress'], 1]);
    for (const address of ['10.0.0.1', '169.254.20.10', '140.82.121.3'])
      expect(allowed(address, 'ipv4')).toBe(true);
    for (const address of ['169.254.169.254', '169.254.170.2', '169.254.170.23', '100.100.100.200'])
      expect(allowed(address, 'ipv4')).toBe(false);
    expect([allowed('2606:50c0::1', 'ipv6'), allowed('fd00:ec2::254', 'ipv6')]).toEqual([true, false]);
  });

  it('monitoring is scraped through the one Service that its monitor selects', () => {
    const objects = build('monitoring');
    const monitor = objects.find(({ kind }) => kind === 'ServiceMonitor') as
      | { readonly spec: { readonly selector: { readonly matchLabels: Readonly<Record<string, string>> } } }
      | undefined;
    const labels = monitor?.spec.selector.matchLabels ?? {};
    const selected = objects.filter(
      ({ kind, metadata }) =>
        kind === 'Service' &&
        Object.entries(labels).every(
          ([label, value]) =>
            (metadata as { labels?: Readonly<Record<string, string>> }).labels?.[label] === value,
        ),
    );

    expect(selected.map(({ metadata }) => metadata.name)).toEqual(['argocd-image-updater-metrics']);
  });

  it('namespaced gives by a Role what the base gives by a ClusterRole, and asks for no other namespace', () => {
    const objects = build('namespaced');
    const base = baseManifests().find(({ kind }) => kind === 'ClusterRole')?.['rules'];
    const role = objects.find(({ metadata }) => metadata.name === 'argocd-image-updater-applications');
    const subjects = objects.filter(({ kind }) => kind === 'RoleBinding') as unknown as readonly {
      readonly subjects: readonly { readonly namespace: string }[];
    }[];

    expect(objects.filter(({ kind }) => kind.startsWith('Cluster'))).toEqual([]);
    expect([role?.kind, role?.metadata.namespace, role?.rules]).toEqual(['Role', 'argocd', base]);
    expect(subjects.flatMap((each) => each.subjects.map(({ namespace }) => namespace))).toEqual([
      'argocd',
      'argocd',
    ]);
    expect(readSettings(podOf(objects).container?.args ?? []).applicationNamespace).toBe('argocd');
  });

  it('high-availability has two replicas that elect one, and overlap when they are replaced', () => {
    const objects = build('high-availability');
    const deployment = objects.find(({ kind }) => kind === 'Deployment');
    const budget = objects.find(({ kind }) => kind === 'PodDisruptionBudget');
    const { container, labels } = podOf(objects);

    expect(readSettings(container?.args.slice(1) ?? []).election).toEqual({ name: leaseName });
    expect(deployment?.spec).toMatchObject({ replicas: 2, strategy: { type: 'RollingUpdate' } });
    expect(budget?.spec).toMatchObject({
      maxUnavailable: 1,
      selector: { matchLabels: { 'app.kubernetes.io/name': labels['app.kubernetes.io/name'] } },
    });
  });

  it('high-availability allows all that an election does', async () => {
    const roles = build('high-availability').filter(({ kind }) => kind === 'Role');
    const rules = roles.flatMap(({ metadata, rules: some = [] }) =>
      some.map((rule) => ({ ...rule, namespace: metadata.namespace ?? '' })),
    );
    const api = await startKubeApi({ rules });
    onTestFinished(() => api.stop());
    const path = api.kubeconfig(join(mkdtempSync(join(tmpdir(), 'tidewaiter-test-')), 'config'), {
      namespace: 'argocd',
    });
    const events: ElectionEvent[] = [];
    const clock = makeRealClock();
    const lease = makeKubeLease({
      source: { path, environment: {} },
      name: leaseName,
      clock,
      userAgent: 'x',
    });
    const election = new Election({ lease, identity: 'a', clock, tell: (event) => events.push(event) });
    const never = new AbortController().signal;

    for (let term = 0; term < 2; term += 1) await (await election.lead(never))?.end();

    expect(events).toEqual([{ kind: 'leads' }, { kind: 'leads' }]);
  });
});
