/** Secrets and ConfigMaps of one cycle: each is read once, however often it is asked for. */
import { oncePerKey } from '../core/base/once.ts';
import type { KeyedTexts, SecretReader } from '../ports/cluster.ts';
import type { KeyedKind } from './keyed-texts.ts';

export type ArgocdSecretType = Parameters<SecretReader['argocdSecrets']>[0];

export const secretTypeLabel = 'argocd.argoproj.io/secret-type';

/** Where the objects come from: an API, or files. Throws `Failed`. */
export interface KeyedSource {
  /** null: there is none. */
  get(kind: KeyedKind, namespace: string, name: string): Promise<KeyedTexts | null>;
  /** Secrets with the label in Argo CD's namespace, in list order. */
  list(type: ArgocdSecretType): Promise<readonly KeyedTexts[]>;
}

/** Remembers every answer, also "there is none" and failures (the source has repeated what may pass). */
export function makeSecretReader(source: KeyedSource): SecretReader {
  const object = oncePerKey<KeyedTexts | null>();
  const list = oncePerKey<readonly KeyedTexts[]>();
  const get = (kind: KeyedKind, namespace: string, name: string): Promise<KeyedTexts | null> =>
    object(`${kind} ${namespace}/${name}`, () => source.get(kind, namespace, name));
  return {
    secret: (namespace, name) => get('Secret', namespace, name),
    configMap: (namespace, name) => get('ConfigMap', namespace, name),
    argocdSecrets: (type) => list(type, () => source.list(type)),
  };
}
