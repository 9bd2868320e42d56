/** The way of one Application through a cycle, from its configuration to its report. */
import type { AppConfig, Warning } from '../core/config/annotations.ts';
import { type AppKey, appKey } from '../core/config/application.ts';
import { type Failure, type Outcome, succeed } from '../core/base/outcome.ts';
import { settle } from '../core/base/settle.ts';
import type { KnownVersions } from '../core/decide/live.ts';
import type { ApplicationReport } from '../core/report/report.ts';
import type { Announcer } from './announcer.ts';
import type { Decider } from './decide/decider.ts';
import type { KnownApplication } from './read/repository-question.ts';
import type { Writer } from './write/writer.ts';
import { judgeAndWrite } from './judge-and-write.ts';
import type { Policies } from './policy/judge/policies.ts';

export interface Stages {
  /** Of those who cannot be decided without their repository. */
  readonly observed: ReadonlyMap<AppKey, Promise<Outcome<KnownApplication>>>;
  readonly decider: Decider;
  readonly policies: Policies;
  readonly writer: Writer;
  readonly announcer: Announcer;
  readonly onConfigured?: ((config: AppConfig) => void) | undefined;
}

/** A bug met on the way hurts its own application only. */
export async function processApplication(
  app: AppKey,
  configured: Outcome<AppConfig>,
  stages: Stages,
): Promise<ApplicationReport> {
  const processed = configured.ok
    ? await settle(() => observeAndProcess(configured.value, stages))
    : configured;
  if (processed.ok) return processed.value;
  stages.policies.pass(app);
  stages.writer.pass(app);
  return broken(app, processed.failure);
}

const noVersions: KnownVersions = new Map();

async function observeAndProcess(config: AppConfig, stages: Stages): Promise<ApplicationReport> {
  const { observed } = stages;
  const seen: Outcome<KnownApplication> =
    (await observed.get(appKey(config.app))) ?? succeed({ config, versions: noVersions });
  return seen.ok
    ? await decideAndWrite(seen.value.config, succeed(seen.value.versions), stages, seen.value.doubts)
    : await decideAndWrite(config, seen, stages);
}

async function decideAndWrite(
  config: AppConfig,
  known: Outcome<KnownVersions>,
  { decider, policies, writer, announcer, onConfigured }: Stages,
  doubts: readonly Warning[] = [],
): Promise<ApplicationReport> {
  onConfigured?.(config);
  const { unsupported } = config;
  const app = appKey(config.app);
  const warnings = [...config.warnings, ...policies.warningsOf(app), ...doubts];
  if (unsupported !== undefined) {
    policies.pass(app);
    writer.pass(app);
    return { app, decisions: [], changes: [], warnings, unsupported };
  }
  const own = policies.of(app);
  const wanted = await decider.decide(config, known, {
    hasPolicies: (index) => own.has(index),
    resting: policies.resting(config),
    recordedOf: (image, tag) => policies.recordedOf(image, tag),
  });
  policies.decided(config, wanted);
  const { decisions, written } = await judgeAndWrite(config, wanted, { policies, writer });
  if (written === undefined) return { app, decisions, changes: [], warnings };
  const { result, changes } = written;
  const late = await announcer.announce(config.app, written);
  return {
    app,
    decisions,
    write: result,
    changes,
    ...(written.lingeredMs === undefined ? {} : { lingeredMs: written.lingeredMs }),
    ...(written.reverted === undefined ? {} : { reverted: written.reverted }),
    warnings: [...withoutRepeats(warnings, written.warnings ?? []), ...late],
  };
}

/** What was doubtful before a write and is so after it is told once. */
function withoutRepeats(before: readonly Warning[], after: readonly Warning[]): readonly Warning[] {
  const told = new Set(before.map(({ message }) => message));
  return [...before, ...after.filter(({ message }) => !told.has(message))];
}

function broken(app: AppKey, failure: Failure): ApplicationReport {
  return { app, decisions: [], write: { kind: 'failed', failure }, changes: [], warnings: [] };
}
