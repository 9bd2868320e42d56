/** A cycle runner over the real adapters, for tests against local servers. */
import type { TenantRules } from '../../src/core/tenants/tenant-rules.ts';
import { join } from 'node:path';
import { rehearsing } from '../../src/app/rehearsal.ts';
import { makeRunCycle } from '../../src/app/cycle.ts';
import type { CycleOptions } from '../../src/app/world.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Cluster } from '../../src/ports/cluster.ts';
import { defaultCommitTemplate, defaultGroupTemplate } from '../../src/core/commit-message.ts';
import type { Outcome } from '../../src/core/base/outcome.ts';
import { makeEndpointTable, parseRegistriesConf } from '../../src/core/registries/registries.ts';
import type { CycleReport } from '../../src/core/report/report.ts';
import { parseTemplate } from '../../src/core/template/template.ts';
import { type GitOptions, makeGit } from '../../src/git/git.ts';
import { type KubeOptions, makeKubeCluster } from '../../src/kube/cluster.ts';
import { makeFileCluster } from '../../src/kube/files/files.ts';
import { makeRegistry, type RegistryOptions } from '../../src/registry/client.ts';
import { filesInPlace } from './file-work.ts';
import { makeRealClock } from './clock.ts';

export interface TestWorldOptions extends Pick<CycleOptions, 'onListed' | 'onApplication' | 'policies'> {
  readonly tenants?: TenantRules;
  /** Holds the cache; removed by the test. */
  readonly folder: string;
  /** One of these three. */
  readonly cluster?: Cluster;
  readonly kubeconfigPath?: string;
  readonly applications?: readonly string[];
  readonly registriesConf?: string;
  readonly commitTemplate?: string;
  readonly dryRun?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly signing?: { readonly method: 'openpgp' | 'ssh'; readonly key: string };
  readonly lingerMs?: number;
  readonly cycleTimeoutMs?: number;
  /** Of the cycle itself; absent: real time. */
  readonly clock?: Clock;
  /** Limits, clocks and listeners of single adapters. */
  readonly registry?: Partial<RegistryOptions>;
  readonly git?: Partial<GitOptions>;
  readonly kube?: Partial<KubeOptions>;
}

export interface TestRunCycle {
  run(signal?: AbortSignal): Promise<CycleReport>;
  close(): Promise<void>;
}

const userAgent = 'tidewaiter/test';

export function makeTestRunCycle(options: TestWorldOptions): TestRunCycle {
  const clock = options.clock ?? makeRealClock();
  const environment = { PATH: process.env['PATH'] ?? '', ...options.environment };
  const registry = makeRegistry({ environment, clock, userAgent, ...options.registry });
  const git = makeGit({
    allowLocal: true,
    cacheDirectory: join(options.folder, 'cache'),
    author: { name: 'argocd-image-updater', email: 'noreply@argoproj.io' },
    signOff: false,
    environment,
    clock,
    timeoutMs: 60_000,
    ...(options.signing === undefined ? {} : { signing: options.signing }),
    ...options.git,
  });
  const conf = valueOf(parseRegistriesConf(options.registriesConf ?? ''));
  const world = { cluster: clusterOf(options), registry, git, files: filesInPlace, clock };
  const runCycle = makeRunCycle(options.dryRun === true ? rehearsing(world) : world, {
    endpoints: makeEndpointTable(conf.entries),
    defaultPlatform: 'linux/amd64',
    commitTemplate: valueOf(parseTemplate(options.commitTemplate ?? defaultCommitTemplate)),
    groupTemplate: valueOf(parseTemplate(defaultGroupTemplate)),
    ...(options.tenants === undefined ? {} : { tenants: options.tenants }),
    ...(options.policies === undefined ? {} : { policies: options.policies }),
    maxConcurrency: 10,
    lingerMs: options.lingerMs ?? 2000,
    cycleTimeoutMs: options.cycleTimeoutMs ?? 300_000,
    ...(options.onListed === undefined ? {} : { onListed: options.onListed }),
    ...(options.onApplication === undefined ? {} : { onApplication: options.onApplication }),
  });
  return {
    run: (signal = new AbortController().signal) => runCycle(signal),
    close: async () => {
      registry.close();
      await git.close();
    },
  };
}

function clusterOf(options: TestWorldOptions): Cluster {
  const { cluster, kubeconfigPath, applications, environment = {}, kube } = options;
  if (cluster !== undefined) return cluster;
  if (applications !== undefined) {
    return makeFileCluster({ paths: applications, argocdNamespace: 'argocd', namePatterns: [] });
  }
  return makeKubeCluster({
    environment,
    argocdNamespace: 'argocd',
    namePatterns: [],
    kubeEvents: true,
    clock: makeRealClock(),
    userAgent,
    ...(kubeconfigPath === undefined ? {} : { kubeconfigPath }),
    ...kube,
  });
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}
