/** Builders and small parts for the tests of the cluster adapters. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/ports/clock.ts';
import type { Application } from '../../src/core/config/application.ts';
import { Failed, type Failure } from '../../src/core/base/outcome.ts';
import { makeTimers } from '../fakes/clock.ts';
import type { ObjectSeed } from '../fakes/kube-api.ts';

export const imageList = 'argocd-image-updater.argoproj.io/image-list';

export interface ApplicationParts {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** null: no annotations at all. */
  readonly annotations?: Readonly<Record<string, string>> | null;
  readonly helm?: unknown;
  readonly status?: unknown;
  readonly [key: string]: unknown;
}

/** An Application object that the API server takes and that is ours. */
export function anApplication(name: string, parts: ApplicationParts = {}): ObjectSeed {
  const { namespace = 'argocd', labels, annotations = { [imageList]: 'web=acme/web' }, helm, status } = parts;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === null ? {} : { annotations }),
    },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: 'web' },
      source: {
        repoURL: 'https://git.example.com/ops/deploy.git',
        path: 'web',
        targetRevision: 'main',
        ...(helm === undefined ? {} : { helm }),
      },
    },
    ...(status === undefined ? {} : { status }),
  };
}

export function aSecret(
  name: string,
  values: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> = {},
  namespace = 'argocd',
): ObjectSeed {
  const data = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name, namespace, labels },
    data: Object.fromEntries(data),
  };
}

export function aConfigMap(
  name: string,
  data: Readonly<Record<string, string>>,
  namespace = 'argocd',
): ObjectSeed {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

/** Sleeps at once; `slept` tells how long it would have been. */
export interface FakeClock extends Clock {
  readonly slept: number[];
  atMs: number;
  /** Moves time forward, and what is late by then is told. */
  pass(ms: number): void;
}

export function fakeClock(atMs = Date.UTC(2026, 0, 2, 3, 4, 5)): FakeClock {
  const slept: number[] = [];
  const timers = makeTimers(() => clock.atMs);
  const clock: FakeClock = {
    slept,
    atMs,
    after: (ms, act) => timers.after(ms, act),
    pass: (ms) => {
      clock.atMs += ms;
      timers.fire();
    },
    now: () => clock.atMs,
    monotonicMs: () => clock.atMs,
    random: () => 0,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      slept.push(ms);
      clock.atMs += ms;
    },
  };
  return clock;
}

export const never: AbortSignal = new AbortController().signal;

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-kube-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The failure that a promise is rejected with. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failed) return error.failure;
    throw error;
  }
  throw new Error('expected a failure');
}

export function theOne<T>(items: readonly T[]): T {
  if (items.length !== 1) throw new Error(`expected one, got ${items.length}`);
  return items[0] as T;
}

export function byName(applications: readonly Application[]): readonly string[] {
  return applications.map(({ namespace, name }) => `${namespace}/${name}`);
}
