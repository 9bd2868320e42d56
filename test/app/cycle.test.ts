import { describe, expect, it } from 'vitest';
import { type CycleOptions, makeRunCycle, type World } from '../../src/app/cycle.ts';
import type { ClusterCycle, ListedApplications, RegistryCycle } from '../../src/app/ports.ts';
import { annotationPrefix } from '../../src/core/annotations.ts';
import type { Application } from '../../src/core/application.ts';
import { defaultCommitTemplate } from '../../src/core/commit-message.ts';
import { Failed } from '../../src/core/outcome.ts';
import { makeEndpointTable } from '../../src/core/registries.ts';
import type { CycleReport } from '../../src/core/report.ts';
import { parseTemplate } from '../../src/core/template/template.ts';
import { anApplication, valueOf } from '../core/builders.ts';
import { makeManualClock } from '../fakes/clock.ts';

/** An application of method argocd that follows `ghcr.io/acme/<name>` and runs 1.0. */
function app(name: string): Application {
  return anApplication({
    name,
    annotations: { [`${annotationPrefix}image-list`]: `web=ghcr.io/acme/${name}` },
    status: { sourceTypes: ['Helm'], images: [`ghcr.io/acme/${name}:1.0`] },
  });
}

interface Doubles {
  readonly listed?: ListedApplications | Error;
  readonly answer?: RegistryCycle['answer'];
  readonly patch?: ClusterCycle['patchApplication'];
  readonly record?: ClusterCycle['recordUpdate'];
}

async function run(doubles: Doubles, options: Partial<CycleOptions> = {}): Promise<CycleReport> {
  const unexpected = () => Promise.reject(new Error('not expected'));
  const { listed = { applications: [], problems: [] } } = doubles;
  const cluster: ClusterCycle = {
    argocdNamespace: 'argocd',
    secrets: { secret: unexpected, configMap: unexpected, argocdSecrets: unexpected },
    applications: () => (listed instanceof Error ? Promise.reject(listed) : Promise.resolve(listed)),
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
    clock: makeManualClock(),
  };
  const runCycle = makeRunCycle(world, {
    endpoints: makeEndpointTable([]),
    defaultPlatform: 'linux/amd64',
    dryRun: false,
    commitTemplate: valueOf(parseTemplate(defaultCommitTemplate)),
    maxConcurrency: 10,
    lingerMs: 2000,
    ...options,
  });
  return runCycle(new AbortController().signal);
}

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

  it('writes nothing in a dry run, and says what it would', async () => {
    const report = await run(
      {
        listed: { applications: [app('a')], problems: [] },
        patch: () => Promise.reject(new Error('patched')),
        record: () => Promise.reject(new Error('recorded')),
      },
      { dryRun: true },
    );

    expect(report.applications[0]?.write).toEqual({ kind: 'dry-run' });
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
