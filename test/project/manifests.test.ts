/** The shipped Kubernetes manifests, read back through the models of the API client. */
import * as models from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { runFlags } from '../../src/cli/flags/commands/run-flags.ts';
import { maxShards } from '../../src/core/policy/memory/shards.ts';
import { baseManifests, type Manifest, readManifests } from './shipped.ts';

interface Field {
  readonly baseName: string;
  readonly type: string;
}

function fieldsOf(type: string): readonly Field[] | undefined {
  const model: unknown = (models as Readonly<Record<string, unknown>>)[type];
  if (typeof model !== 'function' || !('getAttributeTypeMap' in model)) return undefined;
  return (model.getAttributeTypeMap as () => readonly Field[])();
}

/** Says where a value does not have the type that the API client knows for it. */
function mismatches(value: unknown, type: string, path: string): readonly string[] {
  const item = /^Array<(.+)>$/.exec(type)?.[1];
  if (item !== undefined) {
    if (!Array.isArray(value)) return [`${path}: not a list`];
    return value.flatMap((entry, index) => mismatches(entry, item, `${path}[${index}]`));
  }
  if (type === 'IntOrString')
    return ['number', 'string'].includes(typeof value) ? [] : [`${path}: not ${type}`];
  if (['string', 'number', 'boolean'].includes(type))
    return typeof value === type ? [] : [`${path}: not a ${type}`];
  if (typeof value !== 'object' || value === null) return [`${path}: not an object`];
  const entryType = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  const fields = fieldsOf(type);
  if (entryType === undefined && fields === undefined) return [`${path}: no model of ${type}`];
  return Object.entries(value).flatMap(([key, entry]) => {
    const field = entryType ?? fields?.find(({ baseName }) => baseName === key)?.type;
    return field === undefined ? [`${path}.${key}: unknown`] : mismatches(entry, field, `${path}.${key}`);
  });
}

function deployment() {
  const found = baseManifests().find(({ kind }) => kind === 'Deployment');
  return found as unknown as models.V1Deployment;
}

function byKind(manifests: readonly Manifest[]) {
  return new Map(manifests.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest]));
}

describe('the manifests', () => {
  it('have only fields that Kubernetes knows, of the right types', () => {
    const wrong = baseManifests().flatMap((manifest) =>
      mismatches(manifest, `V1${manifest.kind}`, manifest.kind),
    );

    expect(wrong).toEqual([]);
  });

  it('have the names of 0.18', () => {
    expect([...byKind(baseManifests()).keys()].sort()).toEqual([
      'ClusterRole argocd-image-updater',
      'ClusterRoleBinding argocd-image-updater',
      'ConfigMap argocd-image-updater-config',
      'ConfigMap argocd-image-updater-ssh-config',
      'Deployment argocd-image-updater',
      'NetworkPolicy argocd-image-updater',
      'Role argocd-image-updater',
      'RoleBinding argocd-image-updater',
      'Secret argocd-image-updater-secret',
      'ServiceAccount argocd-image-updater',
    ]);
  });

  it('are the same in install.yaml, but for empty objects that would wipe what somebody has set', () => {
    const filled = baseManifests().filter(({ kind }) => kind !== 'ConfigMap' && kind !== 'Secret');

    expect(byKind(readManifests('install.yaml'))).toEqual(byKind(filled));
  });

  it('fault A14: bound what the program may write on its node', () => {
    const pod = deployment().spec?.template.spec;
    const resources = pod?.containers[0]?.resources;

    expect(pod?.volumes?.find(({ name }) => name === 'tmp')?.emptyDir).toEqual({ sizeLimit: '10Gi' });
    expect(resources?.limits?.['ephemeral-storage']).toBe('11Gi'); // above the volume's, which is told first
    expect(resources?.requests?.['ephemeral-storage']).toBe('1Gi');
  });

  it('fault A16: let no pod reach the health port', () => {
    const policy = baseManifests().find(
      ({ kind }) => kind === 'NetworkPolicy',
    ) as unknown as models.V1NetworkPolicy;
    const { podSelector, policyTypes, ingress } = policy.spec ?? {};

    expect(podSelector).toEqual({ matchLabels: deployment().spec?.selector.matchLabels });
    expect(policyTypes).toEqual(['Ingress']);
    expect(ingress?.flatMap(({ ports }) => ports?.map(({ port }) => port))).toEqual([8081, 8082]);
  });

  it('allow no more than is needed', () => {
    const rules = baseManifests().flatMap(
      (manifest) => (manifest['rules'] as readonly models.V1PolicyRule[] | undefined) ?? [],
    );

    expect(rules.map(({ resources, verbs }) => `${resources?.join(',')}: ${verbs.join(',')}`)).toEqual([
      'secrets: get,list',
      'configmaps: get',
      'configmaps: create',
      'configmaps: update',
      'events: list',
      'leases: get',
      'events: create',
      'applications: get,list,patch',
    ]);
  });

  it('let policies update the ConfigMaps of their memory, and no other', () => {
    const updates = baseManifests()
      .flatMap((manifest) => (manifest['rules'] as readonly models.V1PolicyRule[] | undefined) ?? [])
      .filter(({ resources, verbs }) => resources?.includes('configmaps') && verbs.includes('update'));

    expect(updates.map(({ resourceNames }) => resourceNames)).toEqual([
      Array.from({ length: maxShards }, (_, shard) => `argocd-image-updater-memory-${shard}`),
    ]);
  });

  it('pass only variables that the program reads, all of them optional', () => {
    const known = new Set(
      Object.values(runFlags).flatMap((flag) => ('variable' in flag ? [flag.variable] : [])),
    );
    const variables = deployment().spec?.template.spec?.containers[0]?.env ?? [];

    expect(variables.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
    for (const { name, valueFrom } of variables) {
      const reference = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef;
      expect([name, reference?.optional]).toEqual([name, true]);
    }
  });

  it('run one replica without privileges on a read-only file system', () => {
    const { spec } = deployment();
    const container = spec?.template.spec?.containers[0];

    expect(spec?.strategy).toEqual({ type: 'Recreate' });
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  it('mount every volume that they define', () => {
    const pod = deployment().spec?.template.spec;
    const mounted = pod?.containers[0]?.volumeMounts?.map(({ name }) => name).sort();

    expect(mounted).toEqual(pod?.volumes?.map(({ name }) => name).sort());
  });

  it('leave the program time to stop before it is killed', () => {
    const graceSeconds = deployment().spec?.template.spec?.terminationGracePeriodSeconds ?? 30; // Kubernetes' default

    expect(runFlags['shutdown-grace'].fallback / 1000).toBeLessThan(graceSeconds);
  });
});
