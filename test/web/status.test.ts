import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readFileSync } from 'node:fs';
import type { AppKey } from '../../src/core/config/application.ts';
import type { ApplicationReport } from '../../src/core/report/report.ts';
import { statusSchema } from '../../src/web/status/document.ts';
import { anApplicationReport } from '../cli/builders.ts';
import {
  aCommit,
  aDecision,
  aRefusal,
  aStatus,
  aWrittenChange,
  minuteMs,
  startMs,
} from './status-builders.ts';

const shop = (parts: Partial<ApplicationReport> = {}) =>
  anApplicationReport({ app: 'argocd/shop' as AppKey, ...parts });
const at = (minutes: number) => new Date(startMs + minutes * minuteMs).toISOString();
const updated = shop({ decisions: [aDecision('update')], changes: [aWrittenChange], write: aCommit });

describe('the state of an image', () => {
  it.each<readonly [string, ApplicationReport, object]>([
    ['an update that is pushed', updated, { state: 'waiting', running: '2.0', git: '2.1', wanted: '2.1' }],
    [
      'one that Git has, and that does not run',
      { ...updated, write: { kind: 'unchanged' } },
      { state: 'waiting', git: '2.1' },
    ],
    [
      'one that is not written',
      { ...updated, write: { kind: 'failed', failure: aRefusal } },
      { state: 'failing', reason: aRefusal.message, wanted: '2.1' },
    ],
    [
      'one that would be',
      { ...updated, write: { kind: 'dry-run', would: { kind: 'patch', operations: [] } } },
      { state: 'would-change', wanted: '2.1' },
    ],
    [
      'one that somebody puts back',
      { ...updated, write: { kind: 'unchanged' }, reverted: { path: '/spec/x', by: 'kubectl' } },
      { state: 'failing', reason: expect.stringContaining('kubectl') },
    ],
    ['nothing newer', shop({ decisions: [aDecision('current')] }), { state: 'up-to-date', running: '2.0' }],
    [
      'no choice',
      shop({ decisions: [aDecision('current', { noChoice: 'no tag left' })] }),
      { state: 'up-to-date', reason: 'no tag left' },
    ],
    [
      'one that is not live',
      shop({ decisions: [aDecision('skipped')] }),
      { state: 'skipped', reason: 'not live' },
    ],
    [
      'a refusal',
      shop({ decisions: [aDecision('failed', { failure: aRefusal })] }),
      { state: 'failing', reason: aRefusal.message },
    ],
  ])('tells %s', (_name, report, expected) => {
    const { cycle, read } = aStatus();
    cycle([report]);

    const [application] = read().applications;
    expect(application?.images[0]).toMatchObject({ alias: 'web', ...expected });
    expect(application?.state).toBe(application?.images[0]?.state);
  });

  it('keeps since when, and the last change', () => {
    const { cycle, pass, read } = aStatus();
    cycle([updated]);
    pass(minuteMs);
    cycle([{ ...updated, write: { kind: 'unchanged' } }]);
    expect(read().applications[0]?.images[0]).toMatchObject({ state: 'waiting', since: at(0) });
    pass(minuteMs);
    cycle([shop({ decisions: [aDecision('current')] })]);

    const lastChange = {
      at: at(0),
      from: '2.0',
      to: '2.1',
      commit: aCommit.sha,
      repository: aCommit.repo,
      branch: 'main',
    };
    expect(read().applications[0]?.images[0]).toMatchObject({
      state: 'up-to-date',
      since: at(2),
      rule: 'semver ~2',
      lastChange,
    });
  });

  it('takes a write that outlived its cycle', () => {
    const { cycle, status, read } = aStatus();
    cycle([{ ...updated, write: { kind: 'failed', failure: aRefusal } }]);
    status.application(shop({ write: aCommit, changes: [aWrittenChange] }));

    expect(read().applications[0]).toMatchObject({
      state: 'waiting',
      images: [{ state: 'waiting', git: '2.1', lastChange: { commit: aCommit.sha } }],
    });
    expect(read().applications[0]).not.toHaveProperty('reason');
  });

  it('is that of the Application where nothing could be decided', () => {
    const { cycle, read } = aStatus();
    const broken = shop({ decisions: [], write: { kind: 'failed', failure: aRefusal } });
    const unsupported = anApplicationReport({ app: 'argocd/plugin' as AppKey, unsupported: 'a plugin' });
    cycle([broken, unsupported], { problems: [{ app: 'argocd/odd' as AppKey, message: 'no spec' }] });

    expect(read().applications.map(({ name, state, reason }) => [name, state, reason])).toEqual([
      ['argocd/odd', 'failing', 'no spec'],
      ['argocd/plugin', 'skipped', 'a plugin'],
      ['argocd/shop', 'failing', aRefusal.message],
    ]);
  });

  it('ends with the Application, but not by a cycle for some', () => {
    const { cycle, read } = aStatus();
    cycle([updated, anApplicationReport({ app: 'argocd/pay' as AppKey, decisions: [aDecision('current')] })]);
    cycle([updated], { complete: false });
    expect(read().applications).toHaveLength(2);
    expect(read('argocd/pay').applications).toHaveLength(1);
    cycle([updated]);

    expect(read().applications.map(({ name }) => name)).toEqual(['argocd/shop']);
  });
});

describe('the state of the whole', () => {
  it('has problems with all their Applications since they began, and none that is over', () => {
    const { cycle, pass, read } = aStatus();
    const failing = (app: string) =>
      anApplicationReport({ app: app as AppKey, decisions: [aDecision('failed', { failure: aRefusal })] });
    const warned = shop({ warnings: [{ message: 'it happened once' }] });
    cycle([failing('a/1'), failing('a/2'), warned]);
    expect(read().problems).toMatchObject([
      {
        level: 'error',
        code: 'unauthorized',
        message: aRefusal.message,
        about: { registry: 'reg.test' },
        since: at(0),
        applications: ['a/1', 'a/2'],
        advice: expect.any(String),
      },
      { level: 'warning', message: 'it happened once' },
    ]);
    pass(minuteMs);
    cycle([failing('a/3')], { complete: false });
    expect(read().problems).toMatchObject([{ since: at(0), applications: ['a/1', 'a/2', 'a/3'] }]);
    expect(read('a/3').problems).toHaveLength(1);
    expect(read('argocd/shop').problems).toEqual([]);
    cycle([shop()]);

    expect(read().problems).toEqual([]);
  });

  it('has files of settings whose newest version is not in force, of every Application and of none', () => {
    const { status, read } = aStatus();
    const message = 'The new version of /app/config/registries.conf is not used: line 3';
    const path = '/app/config/registries.conf';
    let refusal: { readonly message: string; readonly sinceMs: number } | undefined = {
      message,
      sinceMs: startMs,
    };
    status.watchSettings([
      {
        path,
        get refusal() {
          return refusal;
        },
      },
      { path: '', refusal: undefined },
    ]);

    expect(read().problems).toEqual([
      {
        level: 'error',
        code: 'config',
        message,
        advice: 'correct the file: it is read again by itself',
        about: { file: path },
        since: new Date(startMs).toISOString(),
        applications: [],
      },
    ]);
    expect(read('argocd/shop').problems).toEqual([]);
    refusal = undefined;
    expect(read().problems).toEqual([]);
  });

  it('has registries and repositories as they answered last', () => {
    const { status, pass, read, cycle } = aStatus();
    const request = {
      kind: 'registry-request',
      host: 'reg.test',
      registry: 'reg.test',
      repository: 'x',
      action: 'x',
      method: 'GET',
      path: '/',
      durationMs: 1,
    } as const;
    status.observe({ ...request, ok: true, status: 200, remaining: 7, limit: 100, resetMs: minuteMs });
    status.observe({ ...request, ok: false, status: 401 });
    status.observe({ ...request, ok: false });
    status.observe({
      kind: 'registry-hold',
      host: 'reg.test',
      hold: { code: 'rate-limited', reason: 'a pause', waitMs: 1e18 },
    });
    const command = { kind: 'git-command', repository: aCommit.repo, durationMs: 1 } as const;
    status.observe({ ...command, command: 'ls-remote', ok: true });
    status.observe({ ...command, command: 'cat-file', ok: false });
    pass(minuteMs);
    status.observe({ ...command, command: 'push', ok: false });
    cycle([updated]);

    const quota = { left: 7, limit: 100, resetAt: at(1) };
    expect(read().registries).toMatchObject([
      {
        host: 'reg.test',
        requests: 3,
        refused: 1,
        unanswered: 1,
        quota,
        held: { code: 'rate-limited', since: at(0), until: expect.any(String) },
        lastAnswer: { at: at(0), status: 401 },
      },
    ]);
    expect(read().repositories).toEqual([
      {
        repository: aCommit.repo,
        lastFetch: { at: at(0), ok: true },
        lastPush: { at: at(1), ok: false },
        waiting: 1,
      },
    ]);
    status.observe({ kind: 'registry-hold', host: 'reg.test' });
    expect(read().registries[0]).not.toHaveProperty('held');
  });

  it('stays small, whatever hosts and texts there are', () => {
    const { status, cycle, read } = aStatus();
    for (let i = 0; i < 2_000; i += 1) status.observe({ kind: 'registry-hold', host: `h${i}.test` });
    const long = { ...aRefusal, message: `https://user:pass@git.test/\u202e${'x'.repeat(100_000)}` };
    cycle([
      shop({
        decisions: Array.from({ length: 1_000 }, (_, index) => aDecision('failed', { failure: long, index })),
      }),
    ]);

    expect(read().registries).toHaveLength(500);
    expect(JSON.stringify(read()).length).toBeLessThan(400_000);
    expect(JSON.stringify(read())).not.toMatch(/pass@|\u202e/);
  });

  it.each([
    [
      { kind: 'resting', nextAtMs: startMs },
      { state: 'resting', nextCycleAt: at(0) },
    ],
    [{ kind: 'resting' }, { state: 'resting' }],
    [
      { kind: 'stuck', sinceMs: startMs },
      { state: 'stuck', stateSince: at(0) },
    ],
  ] as const)('tells %o', (standing, expected) => {
    const { stand, read } = aStatus();
    stand(standing);

    expect(read()).toMatchObject({ version: 'v9.9.9', startedAt: at(0), ...expected });
  });
});

describe('/status.json', () => {
  it('is as its schema says', () => {
    const { cycle, read } = aStatus();
    cycle([
      updated,
      shop({ app: 'argocd/x' as AppKey, decisions: [aDecision('failed', { failure: aRefusal })] }),
    ]);

    expect(statusSchema.strict().parse(read())).toEqual(read());
  });

  it('has a JSON Schema in the docs that is made from it', () => {
    const file = new URL('../../docs/schemas/status.schema.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(z.toJSONSchema(statusSchema));
  });
});
