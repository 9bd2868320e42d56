/** Random repositories, faults, quotas and restarts: the answer is a perfect registry's, or a failure. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Answer, ImageNeed } from '../../src/core/decide/needs.ts';
import { Failed } from '../../src/core/base/outcome.ts';
import type { Registry } from '../../src/ports/registry.ts';
import { makeRegistry } from '../../src/registry/client.ts';
import {
  type Asked,
  makeMemoryRegistry,
  type MemoryRegistry,
  type MemoryReply,
  reply,
} from '../fakes/memory-registry.ts';
import { makeVirtualClock, type VirtualClock } from '../fakes/virtual-clock.ts';
import { aNeed, anEndpoint, datedQuery, digestQuery, secretsFrom, tagsQuery } from './support.ts';
import { generatedRuns } from '../generated-runs.ts';

const hourMs = 3_600_000;
const secret = 'robot:s3cret-of-the-registry';
const basic = `Basic ${Buffer.from(secret).toString('base64')}`;
const endpoint = anEndpoint('https://registry.test', { credentials: { kind: 'env', name: 'LOGIN' } });

/** What may become of one request. None is a lie that a registry alone can tell, such as a tag that it denies. */
const faultKinds = [
  'none',
  '500',
  '502 with HTML',
  '429',
  '429 with Retry-After',
  '429 of a quota',
  '403 with Retry-After',
  '401 again',
  'silence',
  'half a body',
  'another body',
  'HTML',
  'errors with 200',
  'redirect to storage',
  'redirect to a host that wants a login',
] as const;
type FaultKind = (typeof faultKinds)[number];

function faultOf(kind: FaultKind, { url, method }: Asked): MemoryReply | 'cut' | 'other' | undefined {
  const isContent = /\/(?:manifests|blobs)\//.test(url.pathname);
  switch (kind) {
    case 'none':
      return undefined;
    case '500':
      return reply(500);
    case '502 with HTML':
      return reply(502, '<html>');
    case '429':
      return reply(429);
    case '429 with Retry-After':
      return reply(429, '', { 'retry-after': '90' });
    case '429 of a quota':
      return reply(429, '', { 'ratelimit-limit': '5;w=600', 'ratelimit-remaining': '0;w=600' });
    case '403 with Retry-After':
      return reply(403, '', { 'retry-after': '30' });
    case '401 again':
      return reply(401, '', { 'www-authenticate': 'Basic realm="r"' });
    case 'silence':
      throw new Failed({
        kind: 'registry',
        code: 'network',
        message: 'ECONNRESET',
        host: url.host,
        repository: '',
      });
    case 'half a body':
      return method === 'GET' ? 'cut' : undefined;
    case 'another body':
      return isContent && method === 'GET' ? 'other' : undefined;
    case 'HTML':
      return isContent ? undefined : reply(200, '<html>login</html>');
    case 'errors with 200':
      return isContent ? undefined : reply(200, '{"name":"x","errors":[{"code":"X"}]}');
    case 'redirect to storage':
      return isContent ? reply(307, '', { location: `https://storage.test${url.pathname}` }) : undefined;
    case 'redirect to a host that wants a login':
      return reply(307, '', { location: `https://evil.test${url.pathname}` });
  }
}

/** How a registry wants to be logged in to: with the password itself, or with a token that it is given for at a server. */
type Login = 'basic' | 'token';

const token = 'token-of-the-server';
const challenges: Readonly<Record<Login, string>> = {
  basic: 'Basic realm="r"',
  token: 'Bearer realm="https://tokens.test/token",service="registry.test"',
};
const authorizations: Readonly<Record<Login, string>> = { basic, token: `Bearer ${token}` };

/** The registry behind a login, in front of storage and of a host that fishes for it. */
function disturb(registry: MemoryRegistry, login: Login, next: () => FaultKind): void {
  const altered = new Map<Asked, 'cut' | 'other'>();
  const served = (asked: Asked): MemoryReply | undefined => {
    if (asked.url.host === 'tokens.test')
      return asked.authorization === basic ? reply(200, JSON.stringify({ token })) : reply(401);
    if (asked.authorization === authorizations[login]) return undefined;
    return reply(401, '', { 'www-authenticate': challenges[login] });
  };
  registry.limit = (asked) => {
    const { host } = asked.url;
    if (host === 'storage.test') return undefined;
    if (host !== 'registry.test' && host !== 'tokens.test') {
      return reply(401, '', { 'www-authenticate': `Bearer realm="https://${host}/token"` });
    }
    const refused = served(asked);
    if (refused?.status === 401) return refused;
    const fault = faultOf(next(), asked);
    if (typeof fault !== 'string') return fault ?? refused;
    altered.set(asked, fault);
    return refused;
  };
  registry.alter = (asked, answer) => {
    const fault = altered.get(asked);
    if (fault === undefined || answer.status !== 200) return answer;
    const body = fault === 'cut' ? answer.body.subarray(0, answer.body.length >> 1) : otherBody;
    return { ...answer, body };
  };
}

/** A manifest, whole and of somebody else. */
const otherBody = Buffer.from(
  JSON.stringify({ schemaVersion: 2, config: { digest: `sha256:${'0'.repeat(64)}` } }),
);

interface Plan {
  readonly login: Login;
  readonly repositories: readonly (readonly number[])[];
  readonly cycles: readonly {
    /** Where the tag `stable` of the first repository goes. */
    readonly moves: number;
    readonly faults: readonly FaultKind[];
    readonly passMs: number;
    readonly restart: 'none' | 'orderly' | 'killed';
    readonly pushes: readonly number[];
  }[];
}

const fault = fc.oneof(
  { weight: 3, arbitrary: fc.constant<FaultKind>('none') },
  { weight: 2, arbitrary: fc.constantFrom(...faultKinds) },
);
const plan: fc.Arbitrary<Plan> = fc.record({
  login: fc.constantFrom('basic', 'token'),
  repositories: fc.array(fc.uniqueArray(fc.nat(40), { maxLength: 6 }), { minLength: 1, maxLength: 4 }),
  cycles: fc.array(
    fc.record({
      moves: fc.nat(3),
      faults: fc.array(fault, { maxLength: 60 }),
      passMs: fc.constantFrom(10_000, 120_000, hourMs, 7 * hourMs),
      restart: fc.constantFrom('none', 'none', 'orderly', 'killed'),
      pushes: fc.uniqueArray(fc.nat(40), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});

/** What a process that is killed had still to do is not done. */
function mortal(clock: VirtualClock, isAlive: () => boolean): VirtualClock {
  return { ...clock, after: (ms, act) => clock.after(ms, () => isAlive() && act()) };
}

function startClient(clock: VirtualClock, registry: MemoryRegistry, cacheDirectory?: string): Registry {
  return makeRegistry({
    environment: { LOGIN: secret },
    clock,
    userAgent: 'test',
    exchange: registry.exchange,
    resolve: async () => ['203.0.113.7'],
    ...(cacheDirectory === undefined ? {} : { cacheDirectory }),
  });
}

async function answers(
  client: Registry,
  clock: VirtualClock,
  needs: readonly ImageNeed[],
): Promise<readonly (Answer | Failed)[]> {
  const cycle = client.openCycle(secretsFrom());
  return await clock.run(
    Promise.all(
      needs.map((need) =>
        cycle.answer(need, new AbortController().signal).catch((error: unknown) => {
          if (error instanceof Failed) return error;
          throw error;
        }),
      ),
    ),
  );
}

const push = (registry: MemoryRegistry, repository: number, tag: number): void => {
  const created = new Date(Date.UTC(2024, 0, 1) + ((tag * 7919) % 41) * 86_400_000).toISOString();
  registry.push(
    `acme/r${repository}`,
    tag % 3 === 0 ? `1.${tag}.0` : `build-${tag}`,
    tag % 2 === 0 ? { created } : { index: [{ created }] },
  );
};

it("gives a perfect registry's answer or a failure, keeps the login to its host, and recovers", async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ login, repositories, cycles }) => {
      const cacheDirectory = mkdtempSync(join(tmpdir(), 'tidewaiter-differential-'));
      const clock = makeVirtualClock();
      const registry = makeMemoryRegistry(clock, 20);
      const perfect = makeMemoryRegistry(clock, 0);
      const needs = repositories.flatMap((_, index) =>
        [tagsQuery, datedQuery, digestQuery('stable')].map((query) =>
          aNeed(endpoint, query, `acme/r${index}`),
        ),
      );
      const pushAll = (repository: number, tags: readonly number[]) => {
        for (const tag of tags) for (const one of [registry, perfect]) push(one, repository, tag);
      };
      const move = (repository: number, to: number) => {
        const created = new Date(Date.UTC(2025, 0, 1 + to)).toISOString();
        for (const one of [registry, perfect])
          one.push(`acme/r${repository}`, 'stable', { created, comment: `moved to ${to}` });
      };
      // A repository without tags is not known to a registry.
      for (const [index, tags] of repositories.entries()) {
        pushAll(index, [...tags, 99]);
        move(index, 0);
      }
      const expected = async () => {
        const client = startClient(clock, perfect);
        const right = await answers(client, clock, needs);
        client.close();
        return right;
      };
      const faults: FaultKind[] = [];
      disturb(registry, login, () => faults.shift() ?? 'none');
      const running: Registry[] = [];
      let processes = 0;
      const start = () => {
        processes += 1;
        const mine = processes;
        const started = startClient(
          mortal(clock, () => mine === processes),
          registry,
          cacheDirectory,
        );
        running.push(started);
        return started;
      };
      let client = start();
      try {
        for (const cycle of cycles) {
          faults.splice(0, faults.length, ...cycle.faults);
          const right = await expected();
          for (const [index, answer] of (await answers(client, clock, needs)).entries()) {
            if (!(answer instanceof Failed)) expect(answer).toEqual(right[index]);
            else expect(answer.message).not.toContain('s3cret');
          }
          await clock.pass(cycle.passMs);
          for (const tag of cycle.pushes) pushAll(0, [tag]);
          move(0, cycle.moves);
          if (cycle.restart === 'orderly') client.close();
          if (cycle.restart !== 'none') client = start();
        }
        faults.length = 0;
        await clock.pass(25 * hourMs);
        await answers(client, clock, needs);
        expect(await answers(client, clock, needs)).toEqual(await expected());
        const elsewhere = registry.asked.filter(({ url }) => !/^(?:registry|tokens)\.test$/.test(url.host));
        expect(elsewhere.map(({ authorization }) => authorization)).toEqual(elsewhere.map(() => undefined));
        const given = registry.asked.filter(({ url }) => url.host === 'tokens.test');
        expect(given.filter(({ authorization }) => authorization === `Bearer ${token}`)).toEqual([]);
      } finally {
        for (const one of running) one.close();
        rmSync(cacheDirectory, { recursive: true, force: true, maxRetries: 10 }); // facts may be on their way there
      }
    }),
    { numRuns: generatedRuns(25) },
  );
});
