/** The alerts and the dashboard that ship: they are about numbers that there are, and fire when they should. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import type { AppKey } from '../../src/core/config/application.ts';
import { Metrics } from '../../src/web/metrics.ts';
import { collectProblems } from '../../src/core/report/problems.ts';
import { anApplicationReport, aReport } from '../cli/builders.ts';
import { aCommit, aDecision, aRefusal, aWrittenChange } from '../web/status-builders.ts';
import { parseTextFormat } from '../web/text-format.ts';

const folder = join(import.meta.dirname, '../../manifests/overlays/monitoring');
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

interface Rule {
  readonly alert: string;
  readonly expr: string;
}
interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const { spec } = parse(readFileSync(join(folder, 'prometheusrule.yaml'), 'utf8')) as {
  spec: { groups: readonly { readonly rules: readonly Rule[] }[] };
};
const rules = spec.groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(readFileSync(join(folder, 'dashboard.json'), 'utf8')) as Dashboard;

/** Names of series that a daemon has after a day of all kinds of things. */
async function seriesOfABusyDay(): Promise<ReadonlySet<string>> {
  const metrics = new Metrics({
    dryRun: false,
    now: () => 1_800_000_000_000,
    argocdServer: 'argocd',
    intervalMs: 120_000,
  });
  const ended = { durationMs: 1, ok: true };
  const host = 'reg.test';
  metrics.observe({
    kind: 'registry-request',
    host,
    registry: host,
    repository: 'x',
    action: 'x',
    method: 'GET',
    path: '/',
    status: 200,
    remaining: 1,
    limit: 2,
    ...ended,
  });
  metrics.observe({ kind: 'registry-hold', host, hold: { code: 'network', reason: 'silence' } });
  metrics.observe({ kind: 'registry-memory', memory: 'token', isKnown: true });
  metrics.observe({ kind: 'git-command', command: 'push', repository: 'r', ...ended });
  metrics.observe({ kind: 'kubernetes-request', method: 'GET', resource: 'x', ...ended, ok: false });
  metrics.observe({ kind: 'argocd-request', method: 'GET', resource: 'x', ...ended, ok: false });
  metrics.webhook({ sender: 'ghcr.io', result: 'accepted' });
  const applications = [
    anApplicationReport({
      app: 'a/b' as AppKey,
      decisions: [aDecision('update')],
      changes: [aWrittenChange],
      write: aCommit,
    }),
    anApplicationReport({ app: 'a/c' as AppKey, decisions: [aDecision('failed', { failure: aRefusal })] }),
  ];
  metrics.listed(2);
  for (const each of applications) metrics.application(each);
  const report = aReport({ applications });
  metrics.cycle(report, collectProblems(report));
  const { samples } = parseTextFormat(await metrics.text());
  return new Set(samples.map(({ name }) => name));
}

const namesIn = (expr: string): readonly string[] =>
  expr.match(/\b(?:tidewaiter|argocd_image_updater|process)_\w+/g) ?? [];

describe('what ships for Prometheus and Grafana', () => {
  let series: ReadonlySet<string>;
  beforeAll(async () => {
    series = await seriesOfABusyDay();
  });

  it.each(rules.map(({ alert, expr }) => [alert, expr]))(
    'alert %s is about numbers that there are',
    (_alert, expr) => {
      expect(namesIn(expr).filter((name) => !series.has(name))).toEqual([]);
      expect(namesIn(expr)).not.toEqual([]);
    },
  );

  it.each(dashboard.panels.map(({ title, targets }) => [title, targets.map(({ expr }) => expr)] as const))(
    'panel %s has data',
    (_title, expressions) => {
      for (const expr of expressions) {
        expect(namesIn(expr)).not.toEqual([]);
        expect(namesIn(expr).filter((name) => !series.has(name))).toEqual([]);
      }
    },
  );
});

/** Each alert with what makes it fire, and the same without. */
const firing: Readonly<Record<string, readonly [string, string, string]>> = {
  ImageUpdaterDown: ['up{job="argocd-image-updater-metrics"}', '0x120', '1x120'],
  ImageUpdaterStuck: ['tidewaiter_last_listed_cycle_timestamp_seconds', '0x120', '0+60x120'],
  ImageUpdaterNoLeader: ['tidewaiter_leader', '0x120', '1x120'],
  ImageUpdaterProblem: ['tidewaiter_problems{level="error",code="unauthorized"}', '1x120', '0x120'],
  ImageUpdaterRegistryQuota: ['tidewaiter_registry_quota_remaining{host="reg.test"}', '9x120', '11x120'],
  ImageUpdaterWritesRefused: ['tidewaiter_writes_total{result="failed"}', '0+1x120', '3x120'],
};
const healthy: Readonly<Record<string, string>> = {
  'up{job="argocd-image-updater-metrics"}': '1x120',
  tidewaiter_interval_seconds: '120x120',
  tidewaiter_leader: '1x120',
  // the one that stands by
  'tidewaiter_leader{pod="b"}': '0x120',
  'tidewaiter_interval_seconds{pod="b"}': '120x120',
  'tidewaiter_last_listed_cycle_timestamp_seconds{pod="b"}': '0x120',
  tidewaiter_last_cycle_timestamp_seconds: '0+60x120',
  tidewaiter_last_listed_cycle_timestamp_seconds: '0+60x120',
  'tidewaiter_problems{level="error",code="unauthorized"}': '0x120',
  'tidewaiter_registry_quota_remaining{host="reg.test"}': '90x120',
  'tidewaiter_registry_quota_limit{host="reg.test"}': '100x120',
  'tidewaiter_writes_total{result="failed"}': '3x120',
};

describe.skipIf(!hasPromtool)(
  `the alerts in Prometheus${hasPromtool ? '' : ' (skipped: needs promtool)'}`,
  () => {
    function check(series: string, values: string, alert: string, count: number): void {
      const place = mkdtempSync(join(tmpdir(), 'rules-'));
      onTestFinished(() => rmSync(place, { recursive: true }));
      writeFileSync(join(place, 'rules.yaml'), stringify(spec));
      const inputs = Object.entries({ ...healthy, [series]: values });
      const test = {
        rule_files: ['rules.yaml'],
        evaluation_interval: '1m',
        tests: [
          {
            interval: '1m',
            input_series: inputs.map(([name, text]) => ({ series: name, values: text })),
            promql_expr_test: rules.map((rule) => ({
              expr: `count(ALERTS{alertname="${rule.alert}",alertstate="firing"}) or vector(0)`,
              eval_time: '110m',
              exp_samples: [{ labels: '{}', value: rule.alert === alert ? count : 0 }],
            })),
          },
        ],
      };
      writeFileSync(join(place, 'test.yaml'), stringify(test));
      execFileSync('promtool', ['check', 'rules', join(place, 'rules.yaml')], { encoding: 'utf8' });
      execFileSync('promtool', ['test', 'rules', join(place, 'test.yaml')], { encoding: 'utf8' });
    }

    it('have a case each', () => {
      expect(Object.keys(firing)).toEqual(rules.map(({ alert }) => alert));
    });

    it.each(Object.entries(firing))(
      '%s fires when it should, and alone, and not otherwise',
      (alert, [series, bad, good]) => {
        check(series, bad, alert, 1);
        check(series, good, alert, 0);
      },
    );
  },
);
