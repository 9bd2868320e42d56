/** Applications and Secrets as users write them. */
import type { ObjectSeed } from '../../fakes/kube-api.ts';

export const annotationPrefix = 'argocd-image-updater.argoproj.io/';

export interface ApplicationParts {
  readonly repoURL: string;
  /** Keys without prefix; `image-list` is among them. */
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly path?: string;
  readonly targetRevision?: string;
  /** Running images, with tags. Absent: the object has no status. */
  readonly images?: readonly string[];
  readonly sourceType?: string;
  /** More fields of `spec.source`. */
  readonly source?: Readonly<Record<string, unknown>>;
}

/** An Application in the namespace `argocd`, whose files lie in a folder of its name. */
export function anApplication(name: string, parts: ApplicationParts): ObjectSeed {
  const { repoURL, path = name, targetRevision = 'main', images, sourceType = 'Kustomize', source } = parts;
  const annotations = Object.entries(parts.annotations).map(([key, value]) => [
    `${annotationPrefix}${key}`,
    value,
  ]);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd', annotations: Object.fromEntries(annotations) as object },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: name },
      source: { repoURL, path, targetRevision, ...source },
    },
    ...(images === undefined ? {} : { status: { sourceType, summary: { images } } }),
  };
}

export function aSecret(
  name: string,
  values: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> = {},
): ObjectSeed {
  const data = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name, namespace: 'argocd', labels },
    data: Object.fromEntries(data) as object,
  };
}

/** Credentials for every repository below a URL, as Argo CD keeps them. */
export function repositoryCredentials(url: string, username: string, password: string): ObjectSeed {
  return aSecret(
    'git-credentials',
    { url, type: 'git', username, password },
    { 'argocd.argoproj.io/secret-type': 'repo-creds' },
  );
}

/** The Secret that `kubectl create secret docker-registry` makes. */
export function pullSecret(name: string, host: string, username: string, password: string): ObjectSeed {
  const config = JSON.stringify({ auths: { [host]: { username, password } } });
  return { ...aSecret(name, { '.dockerconfigjson': config }), type: 'kubernetes.io/dockerconfigjson' };
}
