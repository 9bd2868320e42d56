/** AppProjects in a Kubernetes API: who may read them, and where Argo CD and --enforce-projects judge apart. */
import { describe, expect, it } from 'vitest';
import { adviceFor } from '../../src/core/report/advice.ts';
import type { ObjectSeed, Rule } from '../fakes/kube-api.ts';
import { aConfigMap, failureOf } from './fixtures.ts';
import { kubeWorld, paths } from './worlds.ts';

const windows = [{ kind: 'deny', schedule: '0 22 * * *', duration: '1h', applications: ['*'] }];
const project = (name: string): ObjectSeed => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name, namespace: 'argocd', labels: {} },
  spec: { sourceRepos: ['*'], syncWindows: windows },
});
const globals = (...names: readonly string[]): ObjectSeed =>
  aConfigMap('argocd-cm', {
    globalProjects: JSON.stringify(names.map((projectName) => ({ projectName, labelSelector: {} }))),
  });
const may = (group: string, resource: string): Rule => ({
  namespace: 'argocd',
  apiGroups: [group],
  resources: [resource],
  verbs: ['get', 'list'],
});

describe('sync windows of AppProjects', () => {
  it('policies.md 5.2: the Role that is missing is named', async () => {
    const { cluster } = await kubeWorld({ objects: [project('shop')], rules: [] });

    const failure = await failureOf(cluster.openCycle().projects.syncWindows('shop'));

    expect(failure).toMatchObject({ code: 'forbidden' });
    expect(failure.message).toMatch(/^read AppProject argocd\/shop: 403 /);
    expect(adviceFor(failure)).toBe(
      'allow verb "get" on "appprojects" of API group "argoproj.io" in namespace "argocd" by a Role, as in ' +
        'manifests/overlays/policies; window: argocd and --enforce-projects need it',
    );
  });

  it('policies.md 5.2: the same for argocd-cm, without which nobody knows of global projects', async () => {
    const rules = [may('argoproj.io', 'appprojects')];
    const { cluster } = await kubeWorld({ objects: [project('shop')], rules });

    const failure = await failureOf(cluster.openCycle().projects.syncWindows('shop'));

    expect(failure.message).toMatch(/^read ConfigMap argocd\/argocd-cm: 403 /);
    expect(adviceFor(failure)).toBe('allow verb "get" on "configmaps" in namespace "argocd" by a Role');
  });

  it('policies.md 5.2: a global project that is gone ends the list, though --enforce-projects refuses', async () => {
    const objects = [project('shop'), project('all'), project('late'), globals('all', 'gone', 'late')];
    const { cluster } = await kubeWorld({ objects });
    const { projects } = cluster.openCycle();

    expect(await projects.syncWindows('shop')).toHaveLength(2);
    expect((await failureOf(projects.project('shop'))).message).toContain(
      'there is no AppProject argocd/gone',
    );
  });

  it('each project is read once, whoever asks and for what', async () => {
    const objects = [project('shop'), project('till'), project('all'), globals('all')];
    const { cluster, server } = await kubeWorld({ objects });
    const { projects } = cluster.openCycle();

    await Promise.all([projects.syncWindows('shop'), projects.syncWindows('till'), projects.project('shop')]);

    const reads = paths(server).filter((path) => path.includes('/appprojects/'));
    expect(reads.map((path) => path.slice(path.lastIndexOf('/') + 1)).toSorted()).toEqual([
      'all',
      'shop',
      'till',
    ]);
  });

  it('none is read where nobody asks', async () => {
    const { cluster, server } = await kubeWorld({ objects: [project('shop')] });

    await cluster.openCycle().applications(new AbortController().signal);

    expect(paths(server).filter((path) => path.includes('appprojects'))).toEqual([]);
  });
});
