/** The port to manifest files (`--applications`): the same view as of a cluster, without one. */
import { existsSync } from 'node:fs';
import type { Cluster, KeyedTexts, ListedApplications } from '../../ports/cluster.ts';
import { configFailure, Failed } from '../../core/base/outcome.ts';
import { type LabelSelector, parseLabelSelector, selectorMatches } from './label-selector.ts';
import { quoted } from '../../core/base/quoted.ts';
import { isRecord } from '../../core/base/json.ts';
import { apiFailure } from '../api/error.ts';
import { type ApplicationFilters, nonEmpty } from '../api/filters.ts';
import { keyedKey, type Manifests, readManifests } from './manifests.ts';
import { standardTreeLimits, type TreeLimits } from './manifest-tree.ts';
import { readNamePatterns } from '../names.ts';
import { type AppProject, type GetProject, makeProjectReader, readAppProject } from '../projects.ts';
import { type KeyedSource, makeSecretReader, secretTypeLabel } from '../secret-reader.ts';
import { makeSieve, type Sieve } from '../sieve.ts';

export interface FileClusterOptions extends ApplicationFilters {
  /** `--applications`: files and folders. */
  readonly paths: readonly string[];
  /** `--argocd-namespace`; absent or empty: `argocd`. Also the namespace of manifests that name none. */
  readonly argocdNamespace?: string;
  readonly limits?: TreeLimits;
}

/**
 * The files are read anew for every cycle. What is wrong with one of them is told in `problems` and hurts no other.
 * Throws `Failed` (config) for a malformed label selector, and for a path that is not there at the start.
 */
export function makeFileCluster(options: FileClusterOptions): Cluster {
  const argocdNamespace = nonEmpty(options.argocdNamespace) ?? 'argocd';
  const selector = parseLabelSelector(options.labelSelector ?? '');
  if (!selector.ok) throw new Failed(selector.failure);
  const names = readNamePatterns(options.namePatterns);
  const missing = options.paths.find((path) => !existsSync(path));
  if (missing !== undefined) {
    throw new Failed(configFailure(`--applications ${quoted(missing)}: no such file or folder`));
  }

  return {
    openCycle() {
      let reading: Promise<Manifests> | null = null;
      const manifests = (): Promise<Manifests> => {
        reading ??= readManifests(options.paths, argocdNamespace, options.limits ?? standardTreeLimits);
        return reading;
      };
      const secrets = makeSecretReader(makeFileKeyedSource(manifests, argocdNamespace));
      const getProject: GetProject = async (name) => fileProject(await manifests(), argocdNamespace, name);
      return {
        argocdNamespace,
        secrets,
        projects: makeProjectReader(getProject, secrets, argocdNamespace),
        async applications(signal) {
          stopIfAborted(signal);
          const read = await manifests();
          stopIfAborted(signal);
          return select(read, options, selector.value, makeSieve(names, argocdNamespace));
        },
        recordUpdate: () => Promise.resolve(),
        recordReverted: () => Promise.resolve(),
        patchApplication: (app) => Promise.reject(patchRefusal(`${app.namespace}/${app.name}`)),
      };
    },
  };
}

function select(
  { applications, problems, summary }: Manifests,
  options: FileClusterOptions,
  selector: LabelSelector,
  sieve: Sieve,
): ListedApplications {
  const wanted = nonEmpty(options.applicationNamespace);
  for (const object of applications) {
    const { namespace, labels } = placeAndLabels(object);
    if ((wanted === undefined || namespace === wanted) && selectorMatches(selector, labels))
      sieve.add(object);
  }
  const result = sieve.result();
  const isEmpty = result.applications.length === 0;
  const reason = applications.length === 0 ? '' : '; none has the annotation image-list and fits the filters';
  const warnings = [
    ...(result.warnings ?? []),
    ...(isEmpty ? [`nothing to update in ${summary}${reason}`] : []),
  ];
  return { ...result, warnings, problems: [...problems, ...result.problems] };
}

function makeFileKeyedSource(manifests: () => Promise<Manifests>, argocdNamespace: string): KeyedSource {
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

function fileProject({ projects }: Manifests, namespace: string, name: string): AppProject | null {
  const call = { doing: `read AppProject ${namespace}/${name}`, resource: 'appprojects.argoproj.io' };
  const object = projects.get(`${namespace}/${name}`);
  return object === undefined ? null : readAppProject(call, object);
}

function placeAndLabels(object: unknown): {
  readonly namespace: unknown;
  readonly labels: Readonly<Record<string, string>>;
} {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  if (!isRecord(metadata)) return { namespace: '', labels: {} };
  const written = isRecord(metadata['labels']) ? Object.entries(metadata['labels']) : [];
  const labels = written.filter((label): label is [string, string] => typeof label[1] === 'string');
  return { namespace: metadata['namespace'], labels: Object.fromEntries(labels) };
}

function patchRefusal(app: string): Failed {
  return new Failed(
    configFailure(
      `write-back-method argocd of ${app} changes the live Application, but Applications come from files and there ` +
        'is no cluster to change: set write-back-method to git',
      'write-back-method',
    ),
  );
}

function stopIfAborted(signal: AbortSignal): void {
  const call = { doing: 'read Application manifests', resource: 'applications.argoproj.io' };
  if (signal.aborted) throw apiFailure(call, 'cancelled', 'cancelled', signal.reason);
}
