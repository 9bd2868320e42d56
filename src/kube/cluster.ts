/** The port to a Kubernetes cluster: Applications, Secrets and Events, one view of them per cycle. */
import type { Clock } from '../ports/clock.ts';
import type { Cluster, ClusterCycle } from '../ports/cluster.ts';
import type { Application } from '../core/config/application.ts';
import {
  annotateApplication,
  type Listing,
  listApplications,
  makeLiveApplications,
  oneApplication,
  refreshApplication,
} from './applications.ts';
import { hasResource } from './api/discovery.ts';
import { makeKubeClient } from './api/client.ts';
import { ConfigMap } from './maps/config-map.ts';
import { holdsName } from '../core/policy/holds/holds-keys.ts';
import { within } from '../net/deadline.ts';
import {
  type EventContent,
  failingEvent,
  aboutApplication,
  aboutConfigMap,
  type EventSubject,
  renderEvent,
  revertedEvent,
  withheldEvent,
  updateEvent,
  writeEvent,
} from './events.ts';
import type { Exchange, OnRequest } from './api/exchange.ts';
import { type ApplicationFilters, nonEmpty, readNamespaces } from './api/filters.ts';
import { type ClusterConfig, type ClusterSource, loadClusterConfig } from './api/kubeconfig.ts';
import { patchLive } from './live-patch.ts';
import { readOneApplication, readSpecPast } from './one-application.ts';
import { readNamePatterns } from './names.ts';
import { makePatchMemory } from './patch-memory.ts';
import { makeKubeProjects, makeProjectReader } from './projects.ts';
import { makeSecretReader } from './secret-reader.ts';
import { makeKubeKeyedSource } from './secrets.ts';
import type { Environment } from './api/service-account.ts';
import { makeSieve, type Sieve } from './sieve.ts';
import { makeMemoryInMaps } from './memory/memory-maps.ts';
import { timedExchange } from './api/server-time.ts';
import { findOtherUpdaters, type Surroundings } from './updaters/others.ts';

export interface KubeTimeouts {
  /** For one request, from its start to the end of the answer. */
  readonly requestMs: number;
  /** For a whole list, with all its pages and repetitions. */
  readonly listMs: number;
}

export interface KubeOptions extends ApplicationFilters {
  /** `--kubeconfig`; absent: KUBECONFIG, `~/.kube/config`, the pod's service account. */
  readonly kubeconfigPath?: string;
  readonly environment: Environment;
  /** Where a pod's service account is mounted, if not at the standard place. */
  readonly serviceAccountFolder?: string;
  /** `--argocd-namespace`; absent or empty: the namespace of the context or the pod, else `default`. */
  readonly argocdNamespace?: string;
  /** False: `recordUpdate` does nothing. */
  readonly kubeEvents: boolean;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly timeouts?: KubeTimeouts;
  /** Of the election that this program takes part in; namespace absent: its own. */
  readonly ownLease?: { readonly namespace?: string; readonly name: string };
  readonly onRequest?: OnRequest;
}

/** What argocd-image-updater reads from release 1.0 on. */
const imageUpdaters = { groupVersion: 'argocd-image-updater.argoproj.io/v1alpha1', plural: 'imageupdaters' };

const standardTimeouts: KubeTimeouts = { requestMs: 30_000, listMs: 180_000 };

/** Throws `Failed` (config) where no cluster is configured; no request is sent before a cycle asks. */
export function makeKubeCluster(options: KubeOptions): Cluster & Required<Pick<Cluster, 'holdsIn'>> {
  const source = clusterSource(options);
  const first = loadClusterConfig(source);
  const argocdNamespace = resolveArgocdNamespace(options, first);
  const timeouts = options.timeouts ?? standardTimeouts;
  const exchange = makeClient(options, source, timeouts);
  const names = readNamePatterns(options.namePatterns);
  const patching = { live: makeLiveApplications(exchange), clock: options.clock, memory: makePatchMemory() };
  const listing = {
    namespaces: readNamespaces(options.applicationNamespace),
    labelSelector: options.labelSelector ?? '',
  };

  const record = makeEventWriter(options, exchange);
  const holds = aboutConfigMap(first.namespace ?? argocdNamespace, holdsName);

  return {
    ...(first.namespace === undefined ? {} : { ownNamespace: first.namespace }),
    hasImageUpdaters: (signal) => hasResource(exchange, imageUpdaters, options.clock, signal),
    otherUpdaters: (signal) =>
      findOtherUpdaters(exchange, surroundingsOf(options, argocdNamespace, first), signal),
    policyMemory: makeMemoryInMaps(exchange, first.namespace ?? argocdNamespace),
    holdsIn: (namespace) => new ConfigMap(exchange, namespace, holdsName),
    openCycle: () => ({
      argocdNamespace,
      ...makeReaders(
        exchange,
        argocdNamespace,
        { clock: options.clock, deadlineMs: timeouts.listMs },
        listing,
        () => makeSieve(names, argocdNamespace, options.tried),
      ),
      recordUpdate: (app, changes, signal, commit) => record(updateEvent(app, changes), app, signal, commit),
      recordFailing: (app, failing, signal) => record(failingEvent(failing), app, signal),
      recordWithheld: (about, withheld, signal) =>
        record(withheldEvent(withheld), about === 'holds' ? holds : about, signal),
      recordReverted: (app, reverted, signal) => record(revertedEvent(app, reverted), app, signal),
      refreshApplication: (app, signal) => refreshApplication(exchange, app, signal),
      annotateApplication: (app, annotations, signal) =>
        annotateApplication(exchange, app, annotations, signal),
      patchApplication: (app, compute, signal) => patchLive(patching, app, compute, signal),
    }),
  };
}

type Readers = Pick<
  ClusterCycle,
  'secrets' | 'projects' | 'applications' | 'application' | 'specPast' | 'clockReading'
>;

/** Whatever they ask first tells what time the server says it is. */
function makeReaders(
  kept: Exchange,
  argocdNamespace: string,
  times: { readonly clock: Clock; readonly deadlineMs: number },
  listing: Listing,
  openSieve: () => Sieve,
): Readers {
  const { clock, deadlineMs } = times;
  const { exchange, reading } = timedExchange(kept, clock, 'the API server');
  const secrets = makeSecretReader(makeKubeKeyedSource(exchange, argocdNamespace, times));
  const getProject = makeKubeProjects(exchange, argocdNamespace, times);
  return {
    secrets,
    projects: makeProjectReader(getProject, secrets, argocdNamespace),
    applications: (signal) =>
      within(clock, deadlineMs, [signal], (limited) =>
        listApplications(exchange, listing, openSieve, limited),
      ),
    application: (namespace, name, signal) =>
      readOneApplication(exchange, oneApplication({ namespace, name }), signal),
    specPast: (app, pointer, signal) => readSpecPast(exchange, oneApplication(app), pointer, signal),
    clockReading: reading,
  };
}

function clusterSource(options: KubeOptions): ClusterSource {
  const { environment, serviceAccountFolder } = options;
  const path = nonEmpty(options.kubeconfigPath);
  return {
    environment,
    ...(path === undefined ? {} : { path }),
    ...(serviceAccountFolder === undefined ? {} : { serviceAccountFolder }),
  };
}

function resolveArgocdNamespace(options: KubeOptions, { namespace }: ClusterConfig): string {
  return nonEmpty(options.argocdNamespace) ?? namespace ?? 'default';
}

function makeClient(options: KubeOptions, source: ClusterSource, timeouts: KubeTimeouts): Exchange {
  const { clock, userAgent, onRequest } = options;
  return makeKubeClient({
    load: () => loadClusterConfig(source).config,
    clock,
    userAgent,
    requestTimeoutMs: timeouts.requestMs,
    ...(onRequest === undefined ? {} : { onRequest }),
  });
}

function surroundingsOf(
  { clock, userAgent, ownLease }: KubeOptions,
  namespace: string,
  { namespace: own = '' }: ClusterConfig,
): Surroundings {
  const lease = ownLease === undefined ? undefined : `${ownLease.namespace ?? own}/${ownLease.name}`;
  return { clock, userAgent, namespace, ...(lease === undefined ? {} : { ownLease: lease }) };
}

function makeEventWriter({ kubeEvents, clock }: KubeOptions, exchange: Exchange) {
  return async (
    event: EventContent,
    about: Application | EventSubject,
    signal: AbortSignal,
    commit?: string,
  ): Promise<void> => {
    if (!kubeEvents) return;
    // the clock counts milliseconds; the rest keeps the names of two Events of one millisecond apart
    const nanos =
      BigInt(Math.trunc(clock.now())) * 1_000_000n + BigInt(Math.floor(clock.random() * 1_000_000));
    const subject = 'kind' in about ? about : aboutApplication(about);
    await writeEvent(exchange, subject, renderEvent(subject, event, nanos, commit), signal);
  };
}
