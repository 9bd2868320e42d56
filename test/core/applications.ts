/** Applications for tests, with defaults for what a test is not about. */
import { annotationPrefix } from '../../src/core/config/annotations.ts';
import type { Application, ApplicationSource } from '../../src/core/config/application.ts';

export const gitSource: ApplicationSource = {
  repoURL: 'https://git.example/ops.git',
  path: 'apps/web',
  targetRevision: 'main',
};

export const chartSource: ApplicationSource = {
  repoURL: 'https://charts.example',
  path: '',
  targetRevision: '18.2.3',
  chart: 'web',
};

interface Wanted extends Partial<Omit<Application, 'annotations' | 'status'>> {
  /** By key without prefix. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Type of each source; absent: no status. */
  readonly types?: readonly string[];
}

/** A Helm application with one Git source in Argo CD's namespace. */
export function anApplication({ annotations = {}, types = ['Helm'], ...rest }: Wanted = {}): Application {
  const prefixed = Object.entries(annotations).map(
    ([key, value]) => [annotationPrefix + key, value] as const,
  );
  return {
    namespace: 'argocd',
    name: 'web',
    uid: 'u-1',
    resourceVersion: '1',
    project: 'default',
    labels: {},
    sourceKind: (rest.sources?.length ?? 1) > 1 ? 'multi' : 'single',
    sources: [gitSource],
    status: { sourceTypes: types, images: [] },
    ...rest,
    annotations: Object.fromEntries(prefixed),
  };
}

/** The same application as a manifest file has it. */
export function withoutStatus(app: Application): Application {
  const copy = { ...app };
  Reflect.deleteProperty(copy, 'status');
  return copy;
}
