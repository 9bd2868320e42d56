/** Where registries.conf comes from: a file, or where none was asked for what stands in for it among manifests. */
import { configFailure, fail, type Outcome, succeed } from '../../../core/base/outcome.ts';
import { settle } from '../../../core/base/settle.ts';
import {
  type EndpointTable,
  makeEndpointTable,
  parseRegistriesConf,
  type RegistriesConf as ReadConf,
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

/** Reads the text; `place` is what it is called. Where cycles run beside it, a large one takes too long to be read in place. */
export type ParseRegistries = (place: string, text: string) => Promise<Outcome<ReadConf>>;

const parseInPlace: ParseRegistries = (_, text) => Promise.resolve(parseRegistriesConf(text));

/**
 * A missing file leaves the built-in registries, an invalid one is a failure. `manifests`: what Applications or
 * Secrets are read from, unless that is a cluster, whose Deployment has the file mounted.
 */
export async function loadRegistries(
  { path, isGiven }: RegistriesConf,
  manifests?: () => Promise<ClusterCycle>,
  parse = parseInPlace,
): Promise<Outcome<Loaded<EndpointTable>>> {
  const text = path === '' ? succeed(null) : await readTextFile(path);
  if (!text.ok) return text;
  if (text.value !== null) return await readRegistries(text.value, path, parse);
  const found = isGiven || manifests === undefined ? undefined : await settle(() => inManifests(manifests));
  if (found?.ok === false) return found;
  if (found?.value !== undefined) return await readRegistries(found.value.text, found.value.place, parse);
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
async function readRegistries(
  text: string,
  place: string,
  parse: ParseRegistries,
): Promise<Outcome<Loaded<EndpointTable>>> {
  const parsed = await parse(place, text);
  if (!parsed.ok) return fail(configFailure(`${place}: ${parsed.failure.message}`));
  const { entries, warnings } = parsed.value;
  return succeed({
    value: makeEndpointTable(entries),
    warnings: warnings.map((warning) => `${place}: ${warning}`),
    note: `Loaded ${entries.length} registry configurations from ${place}`,
  });
}
