/** The port to manifest files (`--applications`): the same view as of a cluster, without one. */
import { existsSync } from 'node:fs';
import type { Cluster } from '../../ports/cluster.ts';
import { configFailure, Failed } from '../../core/base/outcome.ts';
import { parseLabelSelector } from './label-selector.ts';
import { quoted } from '../../core/base/quoted.ts';
import { apiFailure } from '../api/error.ts';
import { type ApplicationFilters, nonEmpty } from '../api/filters.ts';
import { fileProject, makeFileKeyedSource } from './file-objects.ts';
import { type Manifests, type ManifestWork, readManifests } from './manifests.ts';
import { standardTreeLimits, type TreeLimits } from './manifest-tree.ts';
import { readNamePatterns } from '../names.ts';
import { type GetProject, makeProjectReader } from '../projects.ts';
import { makeSecretReader } from '../secret-reader.ts';
import { makeSieve } from '../sieve.ts';
import { applicationAmong, selectApplications } from './selected-applications.ts';

export interface FileClusterOptions extends ApplicationFilters {
  /** `--applications`: files and folders. */
  readonly paths: readonly string[];
  /** `--holds`: the file of a ConfigMap that counts before those of `paths`. */
  readonly holds?: string;
  /** `--argocd-namespace`; absent or empty: `argocd`. Also the namespace of manifests that name none. */
  readonly argocdNamespace?: string;
  readonly limits?: TreeLimits;
  /** Where large files are read; absent: where we are. */
  readonly work?: ManifestWork;
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

  const { holds } = options;
  if (holds !== undefined && !existsSync(holds))
    throw new Failed(configFailure(`--holds ${quoted(holds)}: no such file`));
  const paths = holds === undefined ? options.paths : [holds, ...options.paths];

  return {
    openCycle() {
      let reading: Promise<Manifests> | null = null;
      const manifests = (): Promise<Manifests> => {
        reading ??= readManifests(paths, argocdNamespace, options.limits ?? standardTreeLimits, options.work);
        return reading;
      };
      const secrets = makeSecretReader(makeFileKeyedSource(manifests, argocdNamespace, holds));
      const getProject: GetProject = async (name) => fileProject(await manifests(), argocdNamespace, name);
      return {
        argocdNamespace,
        secrets,
        projects: makeProjectReader(getProject, secrets, argocdNamespace),
        async applications(signal) {
          stopIfAborted(signal);
          const read = await manifests();
          stopIfAborted(signal);
          const sieve = makeSieve(names, argocdNamespace, options.tried);
          return selectApplications(read, options, selector.value, sieve);
        },
        async application(namespace, name) {
          const { applications } = await manifests();
          return applicationAmong(applications, namespace, name);
        },
        clockReading: () => undefined,
        recordUpdate: () => Promise.resolve(),
        recordReverted: () => Promise.resolve(),
        recordWithheld: () => Promise.resolve(),
        recordFailing: () => Promise.resolve(),
        refreshApplication: () => Promise.resolve(),
        annotateApplication: () => Promise.resolve(),
        patchApplication: (app) => Promise.reject(patchRefusal(`${app.namespace}/${app.name}`)),
      };
    },
  };
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
