/** The state that the status page shows: a reader of reports and observations, beside the log and the numbers. */
import type { Problem } from '../../core/report/problems.ts';
import type { ApplicationReport, CycleReport } from '../../core/report/report.ts';
import type { Observation } from '../../ports/observation.ts';
import { ApplicationRows } from './applications.ts';
import { type ProblemRow, ProblemRows, refusedSettings } from './problems.ts';
import { Servers } from './servers.ts';
import type { SettingsFile } from './settings-file.ts';

/** What the loop does: when the next cycle is due, or since when there is no sign of progress. */
export type Standing =
  | { readonly kind: 'resting'; readonly nextAtMs?: number }
  | { readonly kind: 'working' | 'stuck'; readonly sinceMs: number };

/** Who of several replicas works. */
export interface Leadership {
  readonly leads: boolean;
  /** Identity of the one that leads; "": nobody does. */
  readonly name: string;
}

export interface StatusOptions {
  readonly version: string;
  readonly dryRun: boolean;
  readonly now: () => number;
}

export class Status {
  readonly options: StatusOptions;
  readonly startedAtMs: number;
  readonly applications = new ApplicationRows();
  readonly problems = new ProblemRows();
  readonly servers = new Servers();
  #leadership: (() => Leadership) | undefined;
  #settings: readonly SettingsFile[] = [];
  #lastCycle: Omit<CycleReport, 'applications' | 'problems' | 'warnings'> | undefined;

  constructor(options: StatusOptions) {
    this.options = options;
    this.startedAtMs = options.now();
  }

  get lastCycle(): Omit<CycleReport, 'applications' | 'problems' | 'warnings'> | undefined {
    return this.#lastCycle;
  }

  /** Given the files of settings that may change. */
  watchSettings(files: readonly SettingsFile[]): void {
    this.#settings = files;
  }

  /** Given what tells who of several replicas leads. */
  watchLeader(leadership: () => Leadership): void {
    this.#leadership = leadership;
  }

  /** Undefined where there is one replica. */
  get leadership(): Leadership | undefined {
    return this.#leadership?.();
  }

  /** What is wrong now: with files of settings, and in what the last cycles saw. */
  get allProblems(): readonly ProblemRow[] {
    return [...this.#settings.flatMap(refusedSettings), ...this.problems.all];
  }

  observe(observation: Observation): void {
    const nowMs = this.options.now();
    if (observation.kind === 'registry-request') this.servers.request(observation, nowMs);
    else if (observation.kind === 'registry-hold') this.servers.hold(observation, nowMs);
    else if (observation.kind === 'git-command') this.servers.command(observation, nowMs);
  }

  /** As soon as one is done, in its cycle or after it. */
  application(report: ApplicationReport): void {
    this.applications.application(report, this.options.now());
  }

  /** `problems`: those of the report. */
  cycle(report: CycleReport, problems: readonly Problem[]): void {
    const nowMs = this.options.now();
    this.applications.cycle(report, nowMs);
    this.problems.cycle(report, problems, nowMs);
    const { applications: _applications, problems: _problems, warnings: _warnings, ...rest } = report;
    this.#lastCycle = rest;
  }

  /** How many images of each repository have a commit there that does not run yet. */
  waiting(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { images } of this.applications.all)
      for (const { state, lastChange } of images) {
        const repository = lastChange?.repository;
        if (state !== 'waiting' || repository === undefined) continue;
        counts.set(repository, (counts.get(repository) ?? 0) + 1);
      }
    return counts;
  }
}
