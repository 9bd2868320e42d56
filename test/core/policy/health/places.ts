/** Applications with a status, and a cycle after the other in which they are looked at. */
import { type Application, readApplication } from '../../../../src/core/config/application.ts';
import { observe } from '../../../../src/core/policy/health/soak.ts';
import {
  emptyMemory,
  type Memory,
  withLines,
  withoutLines,
} from '../../../../src/core/policy/memory/memory.ts';
import { valueOf } from '../../builders.ts';

export const minuteMs = 60_000;
export const tenMs = Date.UTC(2026, 10, 28, 10);
export const repository = 'ghcr.io/acme/web';

export interface Place {
  readonly name?: string;
  readonly images?: readonly string[];
  readonly health?: string;
  /** Minutes after ten; null: Argo CD does not say. */
  readonly healthAt?: number | null;
  readonly sync?: string;
  readonly phase?: string;
  readonly startedAt?: number;
  /** null: it goes on. */
  readonly finishedAt?: number | null;
  readonly reconciledAt?: number;
  readonly revision?: string;
  readonly history?: readonly {
    readonly startedAt: number;
    readonly at: number;
    readonly revision: string;
  }[];
  readonly isDeleting?: boolean;
  readonly hasOperation?: boolean;
  readonly hydrated?: string;
}

/** RFC 3339, minutes after ten. */
export function at(minutes: number): string {
  return new Date(tenMs + minutes * minuteMs).toISOString();
}

/** `argocd/staging`, in sync and healthy for days, with `web:1.1.0`. */
export function anAppAt(place: Place = {}): Application {
  const { name = 'staging', images = [`${repository}:1.1.0`], health = 'Healthy', healthAt = -4320 } = place;
  const {
    sync = 'Synced',
    phase = 'Succeeded',
    startedAt = -31,
    finishedAt = -30,
    reconciledAt = -1,
  } = place;
  const {
    revision = 'a'.repeat(40),
    history = [],
    isDeleting = false,
    hasOperation = false,
    hydrated,
  } = place;
  const source = { repoURL: 'https://git.example.com/ops/deploy.git', path: name };
  return valueOf(
    readApplication({
      metadata: { name, namespace: 'argocd', ...(isDeleting ? { deletionTimestamp: at(-1) } : {}) },
      spec: hydrated === undefined ? { source } : { sourceHydrator: { drySource: source } },
      ...(hasOperation ? { operation: { sync: {} } } : {}),
      status: {
        health: { status: health, ...(healthAt === null ? {} : { lastTransitionTime: at(healthAt) }) },
        sync: { status: sync, revision },
        summary: { images },
        reconciledAt: at(reconciledAt),
        operationState: {
          phase,
          startedAt: at(startedAt),
          ...(finishedAt === null ? {} : { finishedAt: at(finishedAt) }),
          syncResult: { revision },
        },
        history: history.map((one) => ({
          deployStartedAt: at(one.startedAt),
          deployedAt: at(one.at),
          revision: one.revision,
        })),
        ...(hydrated === undefined
          ? {}
          : { sourceHydrator: { lastSuccessfulOperation: { drySHA: hydrated } } }),
      },
    }),
  );
}

/** What is remembered after looks at an Application, each so many minutes after ten. */
export function lookedAt(
  looks: readonly (readonly [number, Application | undefined])[],
  before: Memory = emptyMemory,
  app = 'argocd/staging',
  image = repository,
): Memory {
  return looks.reduce((memory, [minutes, application]) => {
    const { remember, forget } = observe(
      application,
      { app, repository: image },
      memory,
      tenMs + minutes * minuteMs,
    );
    return withLines(withoutLines(memory, forget), remember);
  }, before);
}
