/** Secrets, ConfigMaps and projects of the manifests, as a cluster would give them. */
import { Failed } from '../../core/base/outcome.ts';
import type { KeyedTexts } from '../../ports/cluster.ts';
import { type AppProject, readAppProject } from '../projects.ts';
import { type KeyedSource, secretTypeLabel } from '../secret-reader.ts';
import { keyedKey, type Manifests } from './manifests.ts';

export function makeFileKeyedSource(
  manifests: () => Promise<Manifests>,
  argocdNamespace: string,
): KeyedSource {
  return {
    async get(kind, namespace, name) {
      const found = (await manifests()).keyed.get(keyedKey(kind, namespace, name));
      if (found === undefined) return null;
      if (!found.ok) throw new Failed(found.failure);
      return found.value;
    },
    async list(type) {
      const all = [...(await manifests()).keyed];
      return all.flatMap(([key, read]): readonly KeyedTexts[] => {
        const fits = key.startsWith(`Secret ${argocdNamespace}/`) && read.ok;
        return fits && read.value.labels[secretTypeLabel] === type ? [read.value] : [];
      });
    },
  };
}

export function fileProject({ projects }: Manifests, namespace: string, name: string): AppProject | null {
  const call = { doing: `read AppProject ${namespace}/${name}`, resource: 'appprojects.argoproj.io' };
  const object = projects.get(`${namespace}/${name}`);
  return object === undefined ? null : readAppProject(call, object);
}
