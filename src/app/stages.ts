/** The way of one Application through a cycle, from its configuration to its report. */
import type { AppConfig } from '../core/config/annotations.ts';
import { type AppKey, appKey } from '../core/config/application.ts';
import { type Failure, type Outcome, succeed } from '../core/base/outcome.ts';
import { settle } from '../core/base/settle.ts';
import type { KnownVersions } from '../core/decide/live.ts';
import type { GitIntention } from '../core/plan.ts';
import type { ApplicationReport } from '../core/report/report.ts';
import type { Announcer } from './announcer.ts';
import type { Decider } from './decide/decider.ts';
import type { KnownApplication } from './read/repository-question.ts';
import type { Written } from './write/written.ts';
import type { Writer } from './write/writer.ts';

export interface Stages {
  /** Of those who cannot be decided without their repository. */
  readonly observed: ReadonlyMap<AppKey, Promise<Outcome<KnownApplication>>>;
  readonly decider: Decider;
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
  stages.writer.pass(app);
  return broken(app, processed.failure);
}

const noVersions: KnownVersions = new Map();

async function observeAndProcess(config: AppConfig, stages: Stages): Promise<ApplicationReport> {
  const { observed } = stages;
  const seen = (await observed.get(appKey(config.app))) ?? succeed({ config, versions: noVersions });
  return seen.ok
    ? await decideAndWrite(seen.value.config, succeed(seen.value.versions), stages)
    : await decideAndWrite(config, seen, stages);
}

async function decideAndWrite(
  config: AppConfig,
  known: Outcome<KnownVersions>,
  { decider, writer, announcer, onConfigured }: Stages,
): Promise<ApplicationReport> {
  onConfigured?.(config);
  const { warnings, unsupported } = config;
  const app = appKey(config.app);
  if (unsupported !== undefined) {
    writer.pass(app);
    return { app, decisions: [], changes: [], warnings, unsupported };
  }
  const decisions = await decider.decide(config, known);
  const written = await writer.write(config, decisions);
  if (written === undefined) return { app, decisions, changes: [], warnings };
  const { result, changes } = written;
  const late = await announcer.announce(config.app, written);
  return {
    app,
    decisions,
    write: result,
    changes,
    ...(written.reverted === undefined ? {} : { reverted: written.reverted }),
    warnings: [...warnings, ...(written.warnings ?? []), ...late],
  };
}

/** What was decided has been reported by the cycle that it outlived. */
export async function tellLate(
  intentions: readonly GitIntention[],
  written: readonly Written[],
  announcer: Announcer,
  tell: (report: ApplicationReport) => Promise<void>,
): Promise<void> {
  for (const [i, { app, key }] of intentions.entries()) {
    const late = written[i];
    if (late === undefined) continue;
    const warnings = [...(late.warnings ?? []), ...(await announcer.announce(app, late))];
    await tell({ app: key, decisions: [], write: late.result, changes: late.changes, warnings });
  }
}

function broken(app: AppKey, failure: Failure): ApplicationReport {
  return { app, decisions: [], write: { kind: 'failed', failure }, changes: [], warnings: [] };
}
