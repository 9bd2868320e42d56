/** Reports with defaults, for tests that read them. */
import type { Decision } from '../../src/core/decide/decision.ts';
import type { Failure } from '../../src/core/base/outcome.ts';
import type { ImageChange } from '../../src/core/plan.ts';
import type { ApplicationReport, CycleReport } from '../../src/core/report/report.ts';

export function aReport(report: Partial<CycleReport> = {}): CycleReport {
  return {
    startedAtMs: 0,
    durationMs: 0,
    complete: report.failure === undefined,
    applications: [],
    problems: [],
    warnings: [],
    counters: { applications: 1, considered: 2, skipped: 3, updated: 4, errors: 5 },
    ...report,
  };
}

export function anApplicationReport(report: Partial<ApplicationReport> = {}): ApplicationReport {
  return { app: 'argocd/web', decisions: [], changes: [], warnings: [], ...report };
}

export function aChange(change: Partial<ImageChange> = {}): ImageChange {
  return {
    alias: 'web',
    name: 'acme/web',
    fullName: 'ghcr.io/acme/web',
    oldTag: '1.0.0',
    newTag: '1.1.0',
    ...change,
  };
}

export function aFailedImage(failure: Failure): Decision {
  return {
    kind: 'failed',
    index: 0,
    alias: 'web',
    entry: 'web=ghcr.io/acme/web:1.x',
    trace: { dropped: [] },
    failure,
  };
}

export function aRegistryFailure(message = 'list tags of ghcr.io/acme/web: 401'): Failure {
  return { kind: 'registry', code: 'unauthorized', host: 'ghcr.io', repository: 'acme/web', message };
}
