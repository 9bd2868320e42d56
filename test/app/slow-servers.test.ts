/** Servers that take longer than a cycle: they delay nobody else, and are never used by two at once. */
import { describe, expect, it } from 'vitest';
import { makeRunCycle } from '../../src/app/cycle.ts';
import type { World } from '../../src/app/process.ts';
import { annotationPrefix } from '../../src/core/config/annotations.ts';
import type { Application } from '../../src/core/config/application.ts';
import { Failed } from '../../src/core/base/outcome.ts';
import { defaultCommitTemplate } from '../../src/core/commit-message.ts';
import { makeEndpointTable } from '../../src/core/registries/registries.ts';
import type { ApplicationReport } from '../../src/core/report/report.ts';
import { parseTemplate } from '../../src/core/template/template.ts';
import type { Answer } from '../../src/core/needs.ts';
import type { ClusterCycle } from '../../src/ports/cluster.ts';
import { anApplication, valueOf } from '../core/builders.ts';
import { makeManualClock, whileTimePasses } from '../fakes/clock.ts';
import { makeMemoryGit } from '../fakes/memory-git.ts';

const cycleTimeoutMs = 300_000;
const values = (name: string, tag: string) => `image:\n  name: ghcr.io/acme/${name}\n  tag: ${tag}\n`;

/** An application that follows `ghcr.io/acme/<name>` and writes to `https://git.test/<repository>`. */
function app(name: string, repository: string, path = `${name}/values.yaml`): Application {
  const annotations = {
    'image-list': `web=ghcr.io/acme/${name}`,
    'write-back-method': 'git:repocreds',
    'write-back-target': `helmvalues:/${path}`,
    'git-repository': `https://git.test/${repository}`,
    'git-branch': 'main',
  };
  return anApplication({
    name,
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [annotationPrefix + key, value]),
    ),
    status: { sourceTypes: ['Helm'], images: [`ghcr.io/acme/${name}:1.0.0`] },
  });
}

function setUp(applications: readonly Application[]) {
  const clock = makeManualClock();
  const git = makeMemoryGit(
    new Map(
      ['slow', 'good'].map((repository) => [
        `https://git.test/${repository}`,
        Object.fromEntries(applications.map(({ name }) => [`${name}/values.yaml`, values(name, '1.0.0')])),
      ]),
    ),
  );
  const asked: string[] = [];
  const events: string[] = [];
  let answer = (_repository: string): Promise<Answer> =>
    Promise.resolve({ kind: 'tags', tags: ['1.0.0', '1.1.0'] });
  const unexpected = () => Promise.reject(new Error('not expected'));
  const cluster: ClusterCycle = {
    argocdNamespace: 'argocd',
    secrets: { secret: unexpected, configMap: unexpected, argocdSecrets: unexpected },
    applications: () => Promise.resolve({ applications, problems: [] }),
    recordUpdate: ({ name }) => {
      events.push(name);
      return Promise.resolve();
    },
    recordReverted: unexpected,
    patchApplication: unexpected,
  };
  const world: World = {
    cluster: { openCycle: () => cluster },
    registry: {
      openCycle: () => ({
        answer: ({ repository }) => {
          asked.push(repository);
          return answer(repository);
        },
      }),
      close: () => undefined,
    },
    git,
    clock,
  };
  const told: ApplicationReport[] = [];
  const runCycle = makeRunCycle(world, {
    endpoints: makeEndpointTable([]),
    defaultPlatform: 'linux/amd64',
    dryRun: false,
    commitTemplate: valueOf(parseTemplate(defaultCommitTemplate)),
    maxConcurrency: 2,
    lingerMs: 2000,
    cycleTimeoutMs,
    onApplication: (report) => told.push(report),
  });
  return {
    clock,
    git,
    asked,
    events,
    told,
    answers: (by: typeof answer) => {
      answer = by;
    },
    cycle: async () => {
      const begunMs = clock.monotonicMs();
      const report = await whileTimePasses(clock, runCycle(new AbortController().signal));
      const writes = Object.fromEntries(
        report.applications.map(({ app: key, write, decisions }) => {
          const failed = decisions.find((decision) => decision.kind === 'failed');
          const failure = write?.kind === 'failed' ? write.failure : failed?.failure;
          return [key.replace('argocd/', ''), failure?.message ?? write?.kind ?? 'nothing'];
        }),
      );
      return { writes, tookMs: clock.monotonicMs() - begunMs };
    },
  };
}

describe('fault A7: a Git server that takes longer than a cycle', () => {
  it('is left behind, has one writer at a time, and is told when it is done', async () => {
    const { clock, git, cycle, told, events } = setUp([app('web', 'slow'), app('api', 'good')]);
    const push = git.hold('https://git.test/slow', 'push');

    const first = await cycle();

    expect(first.writes['api']).toBe('committed');
    expect(first.writes['web']).toMatch(
      /git\.test\/slow: not done within 5m0s \(--cycle-timeout\); it goes on/,
    );
    expect(first.tookMs).toBeLessThanOrEqual(cycleTimeoutMs + 5000);
    const second = await cycle();
    expect(second.tookMs).toBeLessThan(10_000);
    expect(second.writes['web']).toMatch(/an earlier cycle still works on it/);
    expect(git.opened('https://git.test/slow')).toBe(1);

    told.length = 0;
    push.release();
    await clock.advance(1);
    expect(told).toMatchObject([{ app: 'argocd/web', write: { kind: 'committed' } }]);
    expect(events).toEqual(['api', 'web']);
    const third = await cycle();
    expect(third.writes['web']).toBe('unchanged');
    expect(git.file('https://git.test/slow', 'web/values.yaml')).toBe(values('web', '1.1.0'));
    expect(git.mostOpenAtOnce('https://git.test/slow')).toBe(1);
  });

  it('does not keep turns from others for longer than half a minute', async () => {
    const names = ['a', 'b'];
    const { git, cycle } = setUp([...names.map((name) => app(name, `slow`)), app('api', 'good')]);
    git.hold('https://git.test/slow', 'push');
    git.hold('https://git.test/slow', 'heads');

    const { writes } = await cycle();

    expect(writes['api']).toBe('committed');
  });
});

describe('fault A7: a registry that does not answer', () => {
  it('is not waited for by the next cycle, nor asked again, and its late answer counts', async () => {
    const { clock, cycle, answers, asked } = setUp([app('web', 'good'), app('api', 'good')]);
    const late = Promise.withResolvers<Answer>();
    const usual: Answer = { kind: 'tags', tags: ['1.0.0', '1.1.0'] };
    answers((repository) => (repository === 'acme/web' ? late.promise : Promise.resolve(usual)));

    const first = await cycle();
    expect(first.writes).toMatchObject({
      api: 'committed',
      web: expect.stringMatching(/ghcr\.io\/acme\/web: not answered within 5m0s/) as string,
    });
    const second = await cycle();
    expect(second.tookMs).toBeLessThan(10_000);
    expect(second.writes['web']).toMatch(/is not answered yet/);

    late.resolve(usual);
    await clock.advance(1);
    expect((await cycle()).writes['web']).toBe('committed');
    expect(asked.filter((repository) => repository === 'acme/web')).toHaveLength(1);
  });

  it('that fails late is asked again by the cycle after', async () => {
    const { clock, cycle, answers, asked } = setUp([app('web', 'good')]);
    const late = Promise.withResolvers<Answer>();
    answers(() => late.promise);
    await cycle();
    late.reject(
      new Failed({
        kind: 'registry',
        code: 'network',
        host: 'ghcr.io',
        repository: 'acme/web',
        message: 'gone',
      }),
    );
    await clock.advance(1);
    answers(() => Promise.resolve({ kind: 'tags', tags: ['1.0.0', '1.1.0'] }));

    expect((await cycle()).writes['web']).toBe('gone');
    expect((await cycle()).writes['web']).toBe('committed');
    expect(asked).toHaveLength(2);
  });

  it('of an Application that claims the keys of others holds those back for seconds only', async () => {
    const victims = Array.from({ length: 20 }, (_, i) => `v${i}`);
    const applications = [
      ...victims.map((name) => app(name, 'good')),
      ...victims.map((name) => ({ ...app('tenant', 'good', `${name}/values.yaml`), name: `tenant-${name}` })),
    ];
    const { git, cycle, answers, clock } = setUp(applications);
    const startMs = clock.monotonicMs();
    const begunMs: number[] = [];
    answers((repository) =>
      repository === 'acme/tenant'
        ? new Promise<never>(() => undefined)
        : Promise.resolve({ kind: 'tags', tags: ['1.0.0', '1.1.0'] }),
    );
    git.onCall((call) => {
      if (call === 'heads') begunMs.push(clock.monotonicMs());
    });

    const { writes } = await cycle();

    for (const name of victims) expect(writes[name]).toBe('committed');
    expect(Math.max(...begunMs) - startMs).toBeLessThanOrEqual(6000);
  });
});
