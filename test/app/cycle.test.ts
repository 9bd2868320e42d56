import { describe, expect, it } from 'vitest';
import { makeRunCycle } from '../../src/app/cycle.ts';
import type { CycleOptions, World } from '../../src/app/world.ts';
import type { ClusterCycle, ListedApplications } from '../../src/ports/cluster.ts';
import type { RegistryCycle } from '../../src/ports/registry.ts';
import { rehearsing } from '../../src/app/rehearsal.ts';
import { annotationPrefix } from '../../src/core/config/annotations.ts';
import type { Application } from '../../src/core/config/application.ts';
import { defaultCommitTemplate, defaultGroupTemplate } from '../../src/core/commit-message.ts';
import { Failed, type Failure, type RegistryCode } from '../../src/core/base/outcome.ts';
import { makeEndpointTable } from '../../src/core/registries/registries.ts';
import type { CycleReport } from '../../src/core/report/report.ts';
import { parseTemplate } from '../../src/core/template/template.ts';
import { anApplication, valueOf } from '../core/builders.ts';
import { filesInPlace } from '../fakes/file-work.ts';
import { makeManualClock } from '../fakes/clock.ts';

/** An application of method argocd that follows `ghcr.io/acme/<name>` and runs 1.0, unless annotations say more. */
function app(name: string, annotations: Readonly<Record<string, string>> = {}): Application {
  const all = { 'image-list': `web=ghcr.io/acme/${name}`, ...annotations };
  return anApplication({
    name,
    annotations: Object.fromEntries(
      Object.entries(all).map(([key, value]) => [annotationPrefix + key, value]),
    ),
    status: { sourceTypes: ['Helm'], images: [`ghcr.io/acme/${name}:1.0`] },
  });
}

function running(application: Application, ...images: readonly string[]): Application {
  return { ...application, status: { sourceTypes: ['Helm'], images } };
}

interface Doubles {
  readonly listed?: ListedApplications | Error;
  readonly answer?: RegistryCycle['answer'];
  readonly patch?: ClusterCycle['patchApplication'];
  readonly record?: ClusterCycle['recordUpdate'];
}

async function run(
  doubles: Doubles,
  options: Partial<CycleOptions> = {},
  as: (world: World) => World = (world) => world,
): Promise<CycleReport> {
  const unexpected = () => Promise.reject(new Error('not expected'));
  const { listed = { applications: [], problems: [] } } = doubles;
  const cluster: ClusterCycle = {
    argocdNamespace: 'argocd',
    secrets: { secret: unexpected, configMap: unexpected, argocdSecrets: unexpected },
    projects: { project: unexpected, syncWindows: unexpected },
    applications: () => (listed instanceof Error ? Promise.reject(listed) : Promise.resolve(listed)),
    application: unexpected,
    clockReading: () => undefined,
    recordReverted: unexpected,
    recordFailing: unexpected,
    recordWithheld: unexpected,
    refreshApplication: unexpected,
    annotateApplication: unexpected,
    recordUpdate: doubles.record ?? (() => Promise.resolve()),
    patchApplication: doubles.patch ?? (() => Promise.resolve('patched')),
  };
  const world: World = {
    cluster: { openCycle: () => cluster },
    registry: {
      openCycle: () => ({
        answer: doubles.answer ?? (() => Promise.resolve({ kind: 'tags', tags: ['1.0', '1.1'] })),
      }),
      close: () => undefined,
    },
    git: { openCycle: () => ({ remote: unexpected, open: unexpected }), close: () => Promise.resolve() },
    files: filesInPlace,
    clock: makeManualClock(),
  };
  const runCycle = makeRunCycle(as(world), {
    endpoints: makeEndpointTable([]),
    defaultPlatform: 'linux/amd64',
    commitTemplate: valueOf(parseTemplate(defaultCommitTemplate)),
    groupTemplate: valueOf(parseTemplate(defaultGroupTemplate)),
    maxConcurrency: 10,
    lingerMs: 2000,
    cycleTimeoutMs: 300_000,
    ...options,
  });
  return runCycle(new AbortController().signal);
}

describe('the counters of one image', () => {
  const refusing = (code: RegistryCode) => () =>
    Promise.reject(
      new Failed({ kind: 'registry', code, host: 'ghcr.io', repository: 'acme/a', message: code }),
    );
  const forbidden: Failure = { kind: 'kube', code: 'forbidden', resource: 'applications', message: '403' };
  const tags =
    (...list: readonly string[]) =>
    () =>
      Promise.resolve({ kind: 'tags', tags: list } as const);

  it.each<readonly [string, Application, Doubles, Partial<CycleReport['counters']>]>([
    ['O-01 not live', running(app('a')), {}, { considered: 0, skipped: 1 }],
    [
      'O-02, O-04 credentials cannot be fetched',
      app('a'),
      { answer: refusing('credentials') },
      { errors: 1 },
    ],
    ['O-03, 11-S6 malformed pull-secret fails', app('a', { 'pull-secret': 'foo/bar' }), {}, { errors: 1 }],
    ['O-05 registry cannot be asked', app('a'), { answer: refusing('refused') }, { errors: 1 }],
    ['O-06 tags cannot be listed', app('a'), { answer: refusing('server-error') }, { errors: 1 }],
    ['O-07 malformed constraint', app('a', { 'image-list': 'web=ghcr.io/acme/a:>>1' }), {}, { errors: 1 }],
    ['O-07 live tag is no version', running(app('a'), 'ghcr.io/acme/a:dev'), {}, { errors: 1 }],
    ['O-08 nothing satisfies', app('a', { 'image-list': 'web=ghcr.io/acme/a:^3' }), {}, { skipped: 1 }],
    ['O-09 nothing left after filters', app('a', { 'ignore-tags': '*' }), {}, {}],
    ['O-10 already in the spec', app('a'), { patch: () => Promise.resolve('unchanged') }, {}],
    [
      'O-11, O-13 cannot be read or set, which is told',
      app('a'),
      { patch: () => Promise.reject(new Failed(forbidden)) },
      { errors: 1 },
    ],
    ['O-12 chosen and set', app('a'), {}, { updated: 1 }],
    ['O-14 on the chosen tag', app('a'), { answer: tags('1.0') }, {}],
  ])('%s', async (_, application, doubles, counted) => {
    const { counters } = await run({ ...doubles, listed: { applications: [application], problems: [] } });

    const usual = { applications: 1, considered: 1, skipped: 0, updated: 0, errors: 0 };
    expect(counters).toEqual({ ...usual, ...counted });
  });

  it('11-23, I-17 two aliases of one image update nothing that the spec holds already', async () => {
    const aliases = app('a', {
      'image-list': 'a=ghcr.io/acme/a:1.25.x, b=ghcr.io/acme/a:1.26.x',
      'a.helm.image-tag': 'a.tag',
      'b.helm.image-tag': 'b.tag',
    });
    const parameters = [
      { name: 'image.name', value: 'ghcr.io/acme/a' },
      { name: 'a.tag', value: '1.25.3' },
      { name: 'b.tag', value: '1.26.1' },
    ];
    const spec = { source: { repoURL: aliases.sources[0]?.repoURL, helm: { parameters } } };
    const report = await run({
      listed: {
        applications: [running(aliases, 'ghcr.io/acme/a:1.25.3', 'ghcr.io/acme/a:1.26.1')],
        problems: [],
      },
      answer: tags('1.25.3', '1.26.1'),
      patch: (_, compute) => Promise.resolve(compute({ spec }).length === 0 ? 'unchanged' : 'patched'),
    });

    // Each alias finds the reference that its own rules admit: there is nothing to write.
    expect(report.applications[0]?.write).toBeUndefined();
    expect(report.applications[0]?.decisions.map(({ kind }) => kind)).toEqual(['current', 'current']);
    expect(report.counters).toMatchObject({ considered: 2, updated: 0, errors: 0 });
  });
});

describe('one cycle', () => {
  it('ends every image with one decision and counts as 0.18 does', async () => {
    const report = await run({ listed: { applications: [app('a'), app('b')], problems: [] } });

    expect(report.applications.map(({ decisions }) => decisions.map(({ kind }) => kind))).toEqual([
      ['update'],
      ['update'],
    ]);
    expect(report.counters).toEqual({ applications: 2, considered: 2, skipped: 0, updated: 2, errors: 0 });
  });

  it('keeps a failed answer to the application that asked', async () => {
    const failure = {
      kind: 'registry',
      code: 'timeout',
      host: 'ghcr.io',
      repository: 'acme/a',
      message: 'slow',
    } as const;
    const report = await run({
      listed: { applications: [app('a'), app('b')], problems: [] },
      answer: ({ repository }) =>
        repository === 'acme/a'
          ? Promise.reject(new Failed(failure))
          : Promise.resolve({ kind: 'tags', tags: ['2.0'] }),
    });

    expect(report.applications[0]?.decisions[0]).toMatchObject({ kind: 'failed', failure });
    expect(report.applications[1]?.write).toEqual({ kind: 'patched' });
    expect(report.counters).toMatchObject({ updated: 1, errors: 1 });
  });

  it('tells a bug as unexpected, and goes on', async () => {
    const report = await run({
      listed: { applications: [app('a'), app('b')], problems: [] },
      patch: ({ name }) => (name === 'a' ? Promise.reject(new TypeError('bug')) : Promise.resolve('patched')),
    });

    expect(report.applications.map(({ write }) => write)).toMatchObject([
      { kind: 'failed', failure: { kind: 'unexpected', message: 'bug' } },
      { kind: 'patched' },
    ]);
  });

  it('asks an equal question once', async () => {
    const asked: string[] = [];
    const shared = (name: string): Application => ({ ...app('web'), name });
    await run({
      listed: { applications: [shared('a'), shared('b')], problems: [] },
      answer: ({ repository }) => {
        asked.push(repository);
        return Promise.resolve({ kind: 'tags', tags: ['1.1'] });
      },
    });

    expect(asked).toEqual(['acme/web']);
  });

  it('fault O-S1-3: patches nothing in a dry run, and says what it would', async () => {
    const asked: number[] = [];
    const report = await run(
      {
        listed: { applications: [app('a')], problems: [] },
        patch: (application, compute) => {
          asked.push(compute({ spec: { source: application.sources[0] } }).length);
          return Promise.resolve('unchanged');
        },
        record: () => Promise.reject(new Error('recorded')),
      },
      {},
      rehearsing,
    );

    expect(asked).toEqual([0]);
    expect(report.applications[0]?.write).toMatchObject({
      kind: 'dry-run',
      would: { kind: 'patch', operations: [{ op: 'test' }, { op: 'test' }, { op: 'add' }] },
    });
    expect(report.counters.updated).toBe(1);
  });

  it('announces only what was written', async () => {
    const announced: string[] = [];
    await run({
      listed: { applications: [app('a'), app('b')], problems: [] },
      patch: ({ name }) => Promise.resolve(name === 'a' ? 'patched' : 'unchanged'),
      record: ({ name }) => {
        announced.push(name);
        return Promise.resolve();
      },
    });

    expect(announced).toEqual(['a']);
  });

  it('makes a lost event a warning', async () => {
    const report = await run({
      listed: { applications: [app('a')], problems: [] },
      record: () => Promise.reject(new Error('no')),
    });

    expect(report.applications[0]).toMatchObject({
      write: { kind: 'patched' },
      warnings: [{ message: 'the update is done, but its event is not: no' }],
    });
  });

  it('reports a listing that failed, and the warnings of one that did not', async () => {
    expect(await run({ listed: new Error('gone') })).toMatchObject({
      failure: { message: 'gone' },
      applications: [],
    });
    expect(await run({ listed: { applications: [], problems: [], warnings: ['odd'] } })).toMatchObject({
      warnings: ['odd'],
    });
  });

  it('tells progress per application', async () => {
    let done = 0;
    await run(
      { listed: { applications: [app('a'), app('b')], problems: [] } },
      { onApplication: () => (done += 1) },
    );

    expect(done).toBe(2);
  });
});
