/** A registry client over local servers, and questions for it. */
import { onTestFinished } from 'vitest';
import type { KeyedTexts, SecretReader } from '../../src/ports/cluster.ts';
import type { ClockReading } from '../../src/core/policy/clock.ts';
import type { RegistryCycle } from '../../src/ports/registry.ts';
import type { Answer, ImageNeed, RegistryQuery } from '../../src/core/decide/needs.ts';
import { Failed } from '../../src/core/base/outcome.ts';
import type { RegistryEndpoint } from '../../src/core/registries/endpoint.ts';
import type { SecretSource } from '../../src/core/config/keys/secret-source.ts';
import { makeRegistry, type RegistryOptions } from '../../src/registry/client.ts';
import { makeTimers, type ManualClock } from '../fakes/clock.ts';
import { type FakeRegistry, type FakeRegistryOptions, startFakeRegistry } from '../fakes/registry.ts';

export const platforms = ['linux/amd64'];
export const tagsQuery: RegistryQuery = { kind: 'tags' };
export const anyFilter = { ignore: [] };
export const datedQuery: RegistryQuery = { kind: 'dated-tags', filter: anyFilter, platforms };

export function digestQuery(tag: string, wanted: readonly string[] = platforms): RegistryQuery {
  return { kind: 'digest', tag, platforms: wanted };
}

export function anEndpoint(apiUrl: string, more: Partial<RegistryEndpoint> = {}): RegistryEndpoint {
  return {
    name: 'test',
    prefix: 'registry.example.test',
    apiUrl,
    tagSort: 'unsorted',
    defaultNamespace: '',
    insecure: false,
    isDefault: false,
    inferred: false,
    ...more,
  };
}

export function aNeed(
  endpoint: RegistryEndpoint,
  query: RegistryQuery = tagsQuery,
  repository = 'acme/api',
  credentials?: SecretSource,
): ImageNeed {
  const key = JSON.stringify([endpoint, repository, query, credentials ?? null]);
  return { key, endpoint, repository, query, ...(credentials === undefined ? {} : { credentials }) };
}

/** Secrets by `namespace/name`, as they are when they are read. */
export function secretsFrom(
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): SecretReader {
  const read = (namespace: string, name: string): KeyedTexts | null => {
    const values = secrets[`${namespace}/${name}`];
    return values === undefined ? null : { namespace, name, labels: {}, type: 'Opaque', values };
  };
  return {
    secret: async (namespace, name) => read(namespace, name),
    configMap: async () => null,
    argocdSecrets: async () => [],
  };
}

export interface HastyClock extends ManualClock {
  readonly slept: number[];
  pass(ms: number): void;
}

/** Time passes at once where somebody sleeps, which makes nothing late that runs beside it, and by `pass`. */
export function makeHastyClock(startMs = 1_800_000_000_000): HastyClock {
  let nowMs = startMs;
  let jumpedMs = 0;
  const slept: number[] = [];
  const timers = makeTimers(() => nowMs);
  return {
    slept,
    now: () => nowMs + jumpedMs,
    monotonicMs: () => nowMs,
    jump: (ms) => {
      jumpedMs += ms;
    },
    after: (ms, act) => timers.after(ms, act),
    random: () => 0,
    advance: async (ms) => {
      nowMs += ms;
      timers.fire();
      await new Promise((resolve) => setImmediate(resolve));
    },
    pass: (ms) => {
      nowMs += ms;
      timers.fire();
    },
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      slept.push(ms);
      nowMs += ms;
    },
  };
}

export interface Bench {
  readonly registry: FakeRegistry;
  readonly endpoint: RegistryEndpoint;
  readonly clock: ReturnType<typeof makeHastyClock>;
  readonly openCycle: (secrets?: SecretReader) => RegistryCycle;
  readonly clockReading: () => ClockReading | undefined;
}

/** A fake registry with a client in front, both closed when the test is over. */
export async function startBench(
  fake: FakeRegistryOptions = {},
  client: Partial<RegistryOptions> = {},
  endpoint: Partial<RegistryEndpoint> = {},
): Promise<Bench> {
  const registry = await startFakeRegistry(fake);
  const clock = makeHastyClock();
  const adapter = makeRegistry({ environment: {}, clock, userAgent: 'tidewaiter/test', ...client });
  onTestFinished(async () => {
    adapter.close();
    await registry.close();
  });
  return {
    registry,
    clock,
    endpoint: anEndpoint(registry.url, endpoint),
    openCycle: (secrets = secretsFrom()) => adapter.openCycle(secrets),
    clockReading: () => adapter.clockReading?.(),
  };
}

export async function ask(cycle: RegistryCycle, need: ImageNeed): Promise<Answer> {
  return await cycle.answer(need, new AbortController().signal);
}

/** The failure of a question; the test fails if there is an answer. */
export async function failureOf(
  work: Promise<unknown>,
): Promise<Extract<Failed['failure'], { kind: 'registry' }>> {
  const error = await work.then(
    (answer) => new Error(`expected a failure, got ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failed) || error.failure.kind !== 'registry') throw error;
  return error.failure;
}
