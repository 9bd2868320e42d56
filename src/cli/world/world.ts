/** Settings -> the adapters that a cycle works with. */
import { optionalProperty } from '../../core/base/optional-property.ts';
import { join } from 'node:path';
import { rehearsing } from '../../app/rehearsal.ts';
import type { World } from '../../app/world.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { FileWork } from '../../ports/file-work.ts';
import type { Git } from '../../ports/git.ts';
import type { Observation } from '../../ports/observation.ts';
import type { Registry } from '../../ports/registry.ts';
import { makeGit } from '../../git/git.ts';
import { makeMemoryFile } from '../../kube/memory/memory-file.ts';
import { userAgent } from '../process/build-info.ts';
import { systemClock } from '../process/clock.ts';
import { FileThread } from '../process/file-thread.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { makeRegistry } from '../../registry/client.ts';
import type { Log } from '../log/log.ts';
import type { RunSettings } from '../settings/run-settings.ts';

export interface WorldOptions {
  readonly settings: RunSettings;
  readonly io: Pick<ProgramIo, 'environment' | 'fileWorker'>;
  readonly log: Log;
  /** By `namespace/name`: annotations that are tried on an Application, over its own. */
  readonly tried?: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** All of them are told all that the adapters tell. */
  readonly observers?: readonly ((observation: Observation) => void)[];
}

const clock = systemClock;

/**
 * Throws `Failed` where no cluster is configured. Nothing is connected to yet. Only the edge to the source of
 * Applications that is in use is loaded: the others cost memory for nothing.
 */
export async function makeWorld(options: WorldOptions): Promise<World> {
  const { settings } = options;
  const files = new FileThread(options.io.fileWorker, clock);
  const cluster = await makeCluster(options, files);
  const world = {
    cluster,
    registry: registryOf(options),
    git: gitOf(options),
    files,
    clock,
    ...(settings.keepsCache ? { cacheMemory: makeMemoryFile(settings.cacheDirectory) } : {}),
  };
  return settings.dryRun ? rehearsing(world) : world;
}

/** Tells all of the observers. */
export function observerOf({ observers = [] }: WorldOptions): (observation: Observation) => void {
  return (observation) => {
    for (const observe of observers) observe(observation);
  };
}

async function makeCluster(options: WorldOptions, work: FileWork): Promise<Cluster> {
  const { settings, io } = options;
  const { environment } = io;
  const observe = observerOf(options);
  const { source } = settings;
  const filters = filtersOf(options);
  switch (source.kind) {
    case 'files': {
      const { makeFileCluster } = await import('../../kube/files/files.ts');
      const { paths, holds } = source;
      return makeFileCluster({ paths, work, ...optionalProperty('holds', holds), ...filters });
    }
    case 'kubernetes':
      return await kubeClusterOf(options);
    case 'argocd': {
      const { address: serverAddress, token, plaintext, insecure } = source;
      const kubernetes = settings.kubernetes ? await kubeClusterOf(options) : null;
      const { makeArgocdCluster } = await import('../../kube/argocd/argocd-api.ts');
      return makeArgocdCluster({
        onRequest: (event) => observe({ kind: 'argocd-request', ...event }),
        serverAddress,
        token,
        plaintext,
        insecure,
        kubernetes,
        clock,
        environment,
        userAgent,
        ...filters,
      });
    }
  }
}

async function kubeClusterOf(options: WorldOptions): Promise<Cluster> {
  const { settings, io } = options;
  const { environment } = io;
  const observe = observerOf(options);
  const { makeKubeCluster } = await import('../../kube/cluster.ts');
  const { kubeEvents, kubeconfigPath } = settings;
  return makeKubeCluster({
    onRequest: (event) => observe({ kind: 'kubernetes-request', ...event }),
    environment,
    clock,
    userAgent,
    kubeEvents,
    ...(settings.election === undefined ? {} : { ownLease: settings.election }),
    ...filtersOf(options),
    ...(kubeconfigPath === undefined ? {} : { kubeconfigPath }),
  });
}

/** Which Applications are meant. */
function filtersOf({ settings, tried }: WorldOptions) {
  const { namePatterns, labelSelector, argocdNamespace, applicationNamespace } = settings;
  return {
    namePatterns,
    ...(tried === undefined ? {} : { tried }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(argocdNamespace === undefined ? {} : { argocdNamespace }),
    ...(applicationNamespace === undefined ? {} : { applicationNamespace }),
  };
}

function registryOf(options: WorldOptions): Registry {
  const { settings, io, log } = options;
  const observe = observerOf(options);
  return makeRegistry({
    environment: io.environment,
    clock,
    userAgent,
    cacheDirectory: join(settings.cacheDirectory, 'registry'),
    onRequest: (event) => observe({ kind: 'registry-request', ...event }),
    onHold: (event) => observe({ kind: 'registry-hold', ...event }),
    onMemory: (event) => observe({ kind: 'registry-memory', ...event }),
    tagTtlMs: settings.tagTtlMs,
    onWarning: (message) => log.warning(message),
  });
}

function gitOf(options: WorldOptions): Git {
  const { settings, io, log } = options;
  const observe = observerOf(options);
  const { author, signOff, signing, timeoutMs, maxMirrorBytes } = settings.git;
  return makeGit({
    cacheDirectory: join(settings.cacheDirectory, 'git'),
    allowLocal: settings.source.kind === 'files',
    author,
    signOff,
    ...(signing === undefined ? {} : { signing }),
    environment: io.environment,
    clock,
    timeoutMs,
    maxMirrorBytes,
    onWarning: (message) => log.warning(message),
    onCommand: (event) => observe({ kind: 'git-command', ...event }),
  });
}
