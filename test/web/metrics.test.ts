import { describe, expect, it } from 'vitest';
import type { AppKey } from '../../src/core/config/application.ts';
import type { Decision } from '../../src/core/decide/decision.ts';
import { collectProblems } from '../../src/core/report/problems.ts';
import { type ApplicationReport, type CycleReport, countReports } from '../../src/core/report/report.ts';
import { aRef } from '../core/builders.ts';
import { Metrics } from '../../src/web/metrics.ts';
import { parseTextFormat, valueOf } from './text-format.ts';

const prefix = 'argocd_image_updater_';
const decided = (kind: Decision['kind'], more: object = {}) =>
  ({ index: 0, alias: 'web', entry: 'web', trace: { dropped: [] }, kind, ...more }) as unknown as Decision;

const failure = {
  kind: 'registry',
  code: 'unauthorized',
  host: 'reg.test',
  repository: 'acme/web',
  message: 'refused',
} as const;

function application(app: string, parts: Partial<ApplicationReport> = {}): ApplicationReport {
  return { app: app as AppKey, decisions: [decided('current')], changes: [], warnings: [], ...parts };
}

function report(applications: readonly ApplicationReport[], more: Partial<CycleReport> = {}): CycleReport {
  return {
    startedAtMs: 0,
    durationMs: 1500,
    complete: true,
    applications,
    problems: [],
    warnings: [],
    counters: countReports(applications, 0),
    ...more,
  };
}

function start(options: Partial<ConstructorParameters<typeof Metrics>[0]> = {}) {
  const metrics = new Metrics({ dryRun: false, now: () => 1_800_000_000_000, ...options });
  const cycle = (applications: readonly ApplicationReport[], more: Partial<CycleReport> = {}) => {
    for (const each of applications) metrics.application(each);
    const told = report(applications, more);
    metrics.cycle(told, collectProblems(told));
  };
  const read = async () => parseTextFormat(await metrics.text());
  return { metrics, cycle, read };
}

const updated = application('argocd/shop', {
  decisions: [decided('update', { to: aRef('reg.test/acme/web:2') }), decided('current')],
  write: { kind: 'committed', sha: 'a', branch: 'main', repo: 'r', scalars: [] },
  changes: [{}] as never,
});
const broken = application('argocd/pay', { decisions: [decided('failed', { failure })] });

describe('metrics of 0.18 (daemon.md 5.2)', () => {
  it('have their names, types and labels', async () => {
    const { cycle, metrics, read } = start({ argocdServer: 'argocd.test' });
    const ended = { ok: true, durationMs: 1 };
    metrics.observe({
      kind: 'registry-request',
      host: 'reg.test',
      registry: 'reg.test',
      repository: 'acme/web',
      action: 'list tags',
      method: 'GET',
      path: '/',
      status: 200,
      ...ended,
    });
    metrics.observe({ kind: 'argocd-request', method: 'GET', resource: 'x', ...ended });
    metrics.observe({ kind: 'kubernetes-request', method: 'GET', resource: 'x', ...ended, ok: false });
    cycle([updated, broken]);

    const { types, samples } = await read();
    const found = [...types]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, type]) => [
        name.slice(prefix.length),
        type,
        ...Object.keys(samples.find((sample) => sample.name === name)?.labels ?? {}),
      ]);

    const expected = [
      ['applications_watched_total', 'gauge'],
      ['images_watched_total', 'gauge', 'application'],
      ['images_updated_total', 'counter', 'application'],
      ['images_errors_total', 'counter', 'application'],
      ['registry_requests_total', 'counter', 'registry'],
      ['registry_requests_failed_total', 'counter'],
      ['argocd_api_requests_total', 'counter', 'argocd_server'],
      ['argocd_api_errors_total', 'counter'],
      ['k8s_api_requests_total', 'counter'],
      ['k8s_api_errors_total', 'counter'],
    ];
    expect(new Set(found.map(String))).toEqual(new Set(expected.map(String)));
  });

  it('grow in each cycle in which an error lasts, though the log is silent', async () => {
    const { cycle, read } = start();

    for (let i = 0; i < 3; i += 1) cycle([updated, broken]);

    const found = await read();
    expect(valueOf(found, `${prefix}images_errors_total`, { application: 'argocd/pay' })).toBe(3);
    expect(valueOf(found, `${prefix}images_errors_total`, { application: 'argocd/shop' })).toBe(0);
    expect(valueOf(found, `${prefix}images_updated_total`, { application: 'argocd/shop' })).toBe(3);
    expect(valueOf(found, `${prefix}images_updated_total`, { application: 'argocd/pay' })).toBe(0);
    expect(valueOf(found, `${prefix}images_watched_total`, { application: 'argocd/shop' })).toBe(2);
    expect(valueOf(found, `${prefix}applications_watched_total`)).toBe(2);
  });

  it('count an update only where something was written', async () => {
    const { cycle, read } = start({ dryRun: true });
    cycle([{ ...updated, write: { kind: 'dry-run', would: { kind: 'patch', operations: [] } } }]);

    expect(valueOf(await read(), `${prefix}images_updated_total`, { application: 'argocd/shop' })).toBe(0);
  });

  it('end with the Application, but not for one that a cycle for some leaves out', async () => {
    const { cycle, read } = start();
    cycle([updated, broken]);

    cycle([broken], { complete: false });
    expect(valueOf(await read(), `${prefix}images_updated_total`, { application: 'argocd/shop' })).toBe(1);
    cycle([broken]);

    const { samples } = await read();
    expect(samples.filter(({ labels }) => labels['application'] === 'argocd/shop')).toEqual([]);
  });
});

describe('the time that updates take', () => {
  const firstMs = 1_800_000_000_000;
  const wanted = application('argocd/shop', {
    decisions: [decided('update', { to: aRef('reg.test/acme/web:2') })],
    write: { kind: 'failed', failure },
    changes: [{}] as never,
  });
  const written = { ...wanted, write: { kind: 'patched' } } as const;

  it.each<readonly [string, readonly ApplicationReport[], number]>([
    ['of a version that is written at once', [written], 0],
    ['of one that cannot be written at first', [wanted, wanted, written], 120],
    [
      'of one that comes after another',
      [
        wanted,
        application('argocd/shop', {
          ...written,
          decisions: [decided('update', { to: aRef('reg.test/acme/web:3') })],
        }),
      ],
      0,
    ],
    ['of one that nobody wanted in between', [wanted, application('argocd/shop'), written], 0],
    ['of a write that outlived its cycle', [wanted, { ...written, decisions: [] }], 60],
  ])('is told %s', async (_name, reports, seconds) => {
    let nowMs = firstMs;
    const { metrics, read } = start({ now: () => nowMs });
    for (const each of reports) {
      metrics.listed(1);
      metrics.application(each);
      metrics.cycle(report([each]), []);
      nowMs += 60_000;
    }

    const found = await read();
    expect(valueOf(found, 'tidewaiter_update_seconds_count')).toBe(1);
    expect(valueOf(found, 'tidewaiter_update_seconds_sum')).toBe(seconds);
  });
});

describe('metrics of ours', () => {
  it('tell registries that are held back, what was known already, and what waits', async () => {
    const { metrics, cycle, read } = start();
    const hold = { code: 'network', reason: 'silence' } as const;
    metrics.observe({ kind: 'registry-hold', host: 'a.test', hold });
    metrics.observe({ kind: 'registry-hold', host: 'b.test', hold });
    metrics.observe({ kind: 'registry-hold', host: 'b.test' });
    metrics.observe({ kind: 'registry-memory', memory: 'token', isKnown: true });
    metrics.observe({ kind: 'registry-memory', memory: 'token', isKnown: false });
    metrics.watchQueue(() => 3);
    metrics.listed(5);
    metrics.application(updated);

    const found = await read();
    expect(valueOf(found, 'tidewaiter_registry_held_back', { host: 'a.test' })).toBe(1);
    expect(valueOf(found, 'tidewaiter_registry_held_back', { host: 'b.test' })).toBe(0);
    expect(valueOf(found, 'tidewaiter_registry_holds_total', { host: 'b.test', code: 'network' })).toBe(1);
    expect(valueOf(found, 'tidewaiter_registry_memory_total', { memory: 'token', result: 'hit' })).toBe(1);
    expect(valueOf(found, 'tidewaiter_webhook_queue')).toBe(3);
    expect(valueOf(found, 'tidewaiter_applications_unfinished')).toBe(4);
    cycle([]);
    expect(valueOf(await read(), 'tidewaiter_applications_unfinished')).toBe(0);
  });

  it('say who leads, and nothing of how things are where another does', async () => {
    const { metrics, cycle, read } = start();
    const request = { registry: 'reg.test', repository: 'x', action: 'x', method: 'GET', path: '/' };
    const ended = { ok: true, durationMs: 1, remaining: 1, limit: 100 };
    metrics.observe({ kind: 'registry-request', host: 'reg.test', ...request, ...ended });
    cycle([broken]);
    let found = await read();
    expect(valueOf(found, 'tidewaiter_leader')).toBe(1);
    expect(found.samples.some(({ name }) => name === 'tidewaiter_problems')).toBe(true);

    metrics.watchLeader(() => false);
    metrics.standBy();

    found = await read();
    expect(valueOf(found, 'tidewaiter_leader')).toBe(0);
    expect(valueOf(found, 'argocd_image_updater_applications_watched_total')).toBe(0);
    const gone = ['tidewaiter_problems', 'tidewaiter_images', 'tidewaiter_registry_quota_remaining'];
    expect(found.samples.filter(({ name }) => gone.includes(name))).toEqual([]);
    expect(found.samples.some(({ name }) => name === 'tidewaiter_registry_requests_total')).toBe(true);
  });

  it('tell cycles, images, problems, requests and pushes', async () => {
    const { cycle, metrics, read } = start();
    const request = {
      kind: 'registry-request',
      host: 'auth.reg.test',
      registry: 'reg.test',
      repository: 'acme/web',
      action: 'get token',
      method: 'GET',
      path: '/token',
      ok: false,
      durationMs: 1,
    } as const;
    metrics.observe({ ...request, status: 429, remaining: 3 });
    metrics.observe(request);
    metrics.observe({ kind: 'git-command', command: 'push', repository: 'r', ok: true, durationMs: 1 });
    metrics.webhook({ sender: 'ghcr.io', result: 'accepted' });
    cycle([updated, broken]);

    const found = await read();
    const host = 'auth.reg.test';
    expect(valueOf(found, 'tidewaiter_cycle_duration_seconds_sum')).toBe(1.5);
    expect(valueOf(found, 'tidewaiter_last_cycle_timestamp_seconds')).toBe(1_800_000_000);
    expect(valueOf(found, 'tidewaiter_images', { state: 'current' })).toBe(1);
    expect(valueOf(found, 'tidewaiter_problems', { level: 'error', code: 'unauthorized' })).toBe(1);
    expect(valueOf(found, 'tidewaiter_registry_requests_total', { host, method: 'GET', status: '429' })).toBe(
      1,
    );
    expect(valueOf(found, 'tidewaiter_registry_requests_total', { host, method: 'GET', status: '0' })).toBe(
      1,
    );
    expect(valueOf(found, 'tidewaiter_registry_quota_remaining', { host })).toBe(3);
    expect(valueOf(found, 'tidewaiter_git_operations_total', { command: 'push', result: 'ok' })).toBe(1);
    expect(valueOf(found, 'tidewaiter_writes_total', { result: 'committed' })).toBe(1);
    expect(
      valueOf(found, 'tidewaiter_webhook_deliveries_total', { sender: 'ghcr.io', result: 'accepted' }),
    ).toBe(1);
  });

  it('tell how long writes to Git waited for others', async () => {
    const { cycle, read } = start();

    cycle([{ ...updated, lingeredMs: 1_500 }, broken]);

    const found = await read();
    expect(valueOf(found, 'tidewaiter_write_linger_seconds_count')).toBe(1);
    expect(valueOf(found, 'tidewaiter_write_linger_seconds_sum')).toBe(1.5);
  });

  it('count withheld images by the policy that comes first', async () => {
    const { cycle, read } = start();
    const reason = {
      code: 'hold',
      kind: 'held',
      reason: 'bug 42',
      ends: 'resume',
      also: ['window'],
    } as const;
    const wanted = aRef('reg.test/acme/web:2');
    const held = application('argocd/shop', {
      decisions: [
        decided('held', { wanted, reason }),
        decided('waiting', { wanted, reason: { ...reason, code: 'min-age', kind: 'waiting' } }),
        decided('held', { wanted, reason }),
      ],
    });
    cycle([held]);
    let found = await read();
    expect(valueOf(found, 'tidewaiter_held_images', { code: 'hold' })).toBe(2);
    expect(valueOf(found, 'tidewaiter_held_images', { code: 'min-age' })).toBe(1);

    cycle([updated]);

    found = await read();
    expect(found.samples.filter(({ name }) => name === 'tidewaiter_held_images')).toEqual([]);
  });

  it('keep the time of the last listing where Applications could not be listed', async () => {
    const { cycle, read } = start();
    cycle([], {
      failure: { kind: 'kube', code: 'network', resource: 'x', message: 'down' },
      complete: false,
    });

    const found = await read();
    expect(valueOf(found, 'tidewaiter_last_cycle_timestamp_seconds')).toBe(1_800_000_000);
    expect(valueOf(found, 'tidewaiter_last_listed_cycle_timestamp_seconds')).toBe(0);
  });

  it('stay few, whatever hosts annotations name', async () => {
    const { metrics, read } = start();
    for (let i = 0; i < 2_000; i += 1)
      metrics.observe({
        kind: 'registry-request',
        host: `h${i}"\\\n.test`,
        registry: `h${i}.test`,
        repository: 'x',
        action: 'x',
        method: 'GET',
        path: '/',
        ok: true,
        status: 200,
        durationMs: 1,
      });

    const { samples } = await read();
    const hosts = samples.filter(({ name }) => name === 'tidewaiter_registry_requests_total');
    expect(hosts.length).toBeLessThanOrEqual(501);
    expect(hosts.find(({ labels }) => labels['host'] === 'other')?.value).toBeGreaterThan(1_000);
  });
});
