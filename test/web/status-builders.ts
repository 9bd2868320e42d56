import { Hono } from 'hono';
import { collectProblems } from '../../src/core/report/problems.ts';
import type { ApplicationReport, CycleReport } from '../../src/core/report/report.ts';
import { makeDocument } from '../../src/web/status/make-document.ts';
import { type Standing, Status } from '../../src/web/status/status.ts';
import { addStatusPages, type StatusRoutesOptions } from '../../src/web/status-routes.ts';
import { aReport } from '../cli/builders.ts';
import { anImage, aRef } from '../core/builders.ts';
import type { Decision } from '../../src/core/decide/decision.ts';

export const startMs = Date.UTC(2026, 0, 1);
export const minuteMs = 60_000;

export function aStatus() {
  let nowMs = startMs;
  const status = new Status({ version: 'v9.9.9', dryRun: false, now: () => nowMs });
  let standing: Standing = { kind: 'resting', nextAtMs: startMs + minuteMs };
  return {
    status,
    pass: (ms: number) => {
      nowMs += ms;
    },
    stand: (next: Standing) => {
      standing = next;
    },
    cycle: (applications: readonly ApplicationReport[], more: Partial<CycleReport> = {}) => {
      for (const each of applications) status.application(each);
      const report = aReport({ applications, ...more });
      status.cycle(report, collectProblems(report));
    },
    read: (app?: string) => makeDocument(status, standing, status.applications.named(app), app),
    pages: (more: Partial<StatusRoutesOptions> = {}) => {
      const app = new Hono();
      addStatusPages(app, { status, standing: () => standing, ...more });
      return app;
    },
  };
}

const aHold = {
  code: 'hold',
  kind: 'held',
  reason: 'bug 42',
  ends: 'removal of the hold',
  also: ['window'],
} as const;

const aWait = {
  code: 'min-age',
  kind: 'waiting',
  reason: '2.1 was first seen 2 h ago, min-age is 72h',
  ends: 'its age',
  untilMs: Date.UTC(2026, 11, 1, 8),
  also: [],
} as const;

export function aDecision(kind: Decision['kind'], more: object = {}): Decision {
  const image = anImage({
    alias: 'web',
    entry: 'web=reg.test/acme/web:~2',
    constraintText: '~2',
    ref: aRef('reg.test/acme/web'),
  });
  const from = aRef('reg.test/acme/web:2.0');
  const parts = {
    update: { image, from, to: aRef('reg.test/acme/web:2.1') },
    current: { image, at: from },
    held: { image, wanted: aRef('reg.test/acme/web:2.1'), at: from, reason: aHold },
    waiting: { image, wanted: aRef('reg.test/acme/web:2.1'), at: from, reason: aWait },
    skipped: { reason: 'not-live', message: 'not live' },
    failed: {},
  };
  return {
    index: 0,
    alias: 'web',
    entry: 'web=reg.test/acme/web:~2',
    trace: { dropped: [] },
    kind,
    ...parts[kind],
    ...more,
  } as unknown as Decision;
}

export const aRefusal = {
  kind: 'registry',
  code: 'unauthorized',
  host: 'reg.test',
  repository: 'acme/web',
  message: 'reg.test refuses (401)',
} as const;

export const aWrittenChange = {
  alias: 'web',
  name: 'acme/web',
  fullName: 'reg.test/acme/web',
  oldTag: '2.0',
  newTag: '2.1',
};

export const aCommit = {
  kind: 'committed',
  sha: 'c'.repeat(40),
  branch: 'main',
  repo: 'https://git.test/deploy.git',
  scalars: [],
} as const;
