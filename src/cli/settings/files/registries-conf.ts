/** Where registries.conf comes from: a file, or where none was asked for what stands in for it among manifests. */
import { configFailure, fail, type Outcome, succeed } from '../../../core/base/outcome.ts';
import { settle } from '../../../core/base/settle.ts';
import {
  type EndpointTable,
  makeEndpointTable,
  parseRegistriesConf,
} from '../../../core/registries/registries.ts';
import type { ClusterCycle } from '../../../ports/cluster.ts';
import { type Loaded, missing } from './settings-files.ts';
import { readTextFile } from './text-file.ts';

export interface RegistriesConf {
  /** "" is no file. */
  readonly path: string;
  /** False: the path is the default, which nobody asked for. */
  readonly isGiven: boolean;
}

/** Where the manifests of 0.18 and ours keep what a container has mounted. */
const configMapName = 'argocd-image-updater-config';
const key = 'registries.conf';

/**
 * A missing file leaves the built-in registries, an invalid one is a failure. `manifests`: what Applications or
 * Secrets are read from, unless that is a cluster, whose Deployment has the file mounted.
 */
export async function loadRegistries(
  { path, isGiven }: RegistriesConf,
  manifests?: () => Promise<ClusterCycle>,
): Promise<Outcome<Loaded<EndpointTable>>> {
  const text = path === '' ? succeed(null) : await readTextFile(path);
  if (!text.ok) return text;
  if (text.value !== null) return readRegistries(text.value, path);
  const found = isGiven || manifests === undefined ? undefined : await settle(() => inManifests(manifests));
  if (found?.ok === false) return found;
  if (found?.value !== undefined) return readRegistries(found.value.text, found.value.place);
  const value = makeEndpointTable([]);
  return succeed(path === '' ? { value, warnings: [] } : missing(path, value));
}

async function inManifests(manifests: () => Promise<ClusterCycle>) {
  const { argocdNamespace, secrets } = await manifests();
  const map = await secrets.configMap(argocdNamespace, configMapName);
  const text = map?.values[key];
  if (text === undefined) return undefined;
  return { text, place: `${key} of ConfigMap ${argocdNamespace}/${configMapName}` };
}

/** `place` is where the text comes from, for messages. */
function readRegistries(text: string, place: string): Outcome<Loaded<EndpointTable>> {
  const parsed = parseRegistriesConf(text);
  if (!parsed.ok) return fail(configFailure(`${place}: ${parsed.failure.message}`));
  const { entries, warnings } = parsed.value;
  return succeed({
    value: makeEndpointTable(entries),
    warnings: warnings.map((warning) => `${place}: ${warning}`),
    note: `Loaded ${entries.length} registry configurations from ${place}`,
  });
}
