/** Secrets, ConfigMaps and projects of the manifests, as a cluster would give them. */
import { configFailure, Failed } from '../../core/base/outcome.ts';
import { quoted } from '../../core/base/quoted.ts';
import type { KeyedTexts } from '../../ports/cluster.ts';
import { type AppProject, readAppProject } from '../app-project.ts';
import { type KeyedSource, secretTypeLabel } from '../secret-reader.ts';
import { keyedKey, type Manifests } from './manifests.ts';

const holdsName = 'argocd-image-updater-holds';

/** `holds`: the file that must have the ConfigMap of holds; whoever names one does not want it to be missed. */
export function makeFileKeyedSource(
  manifests: () => Promise<Manifests>,
  argocdNamespace: string,
  holds?: string,
): KeyedSource {
  return {
    async get(kind, namespace, name) {
      const found = (await manifests()).keyed.get(keyedKey(kind, namespace, name));
      if (found === undefined && holds !== undefined && kind === 'ConfigMap' && name === holdsName)
        throw new Failed(
          configFailure(`--holds ${quoted(holds)}: there is no ConfigMap ${namespace}/${name} in it`),
        );
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
