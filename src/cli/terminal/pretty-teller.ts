/** Tells of a cycle at its end, as one table. */
import { collectProblems } from '../../core/report/problems.ts';
import type { Repeats } from '../../core/report/repeats.ts';
import { tellProblems } from '../../core/report/telling.ts';
import { type ApplicationReport, type CycleReport, countReports } from '../../core/report/report.ts';
import { applicationLines } from '../log/cycle-log.ts';
import type { Log } from '../log/log.ts';
import { isAtLeast, type LogLevel } from '../log/log-text.ts';
import { print, type Teller } from '../log/teller.ts';
import { cycleText } from './cycle-text.ts';
import type { Pretty } from './pretty.ts';

export interface PrettyTellerOptions {
  readonly pretty: Pretty;
  readonly log: Log;
  /** Lowest level that is told. */
  readonly level: () => LogLevel;
  readonly begin: Teller['begin'];
  readonly now: () => number;
}

/** What it says is never less than the log in lines says. */
export function prettyTeller({ pretty, log, level, begin, now }: PrettyTellerOptions): Teller {
  let repeats: Repeats = new Map();
  /** Done, and not told yet. */
  let waiting: ApplicationReport[] = [];
  const isTold = (of: LogLevel) => isAtLeast(of, level());
  const tell: Teller['cycle'] = (report, ownProblems, nextMs) => {
    const ofCycle = new Set(report.applications);
    const late = waiting.filter((each) => !ofCycle.has(each));
    waiting = [];
    const whole = { ...report, applications: [...late, ...report.applications] };
    const problems = late.length === 0 ? ownProblems : collectProblems(whole);
    const telling = tellProblems(whole, repeats, problems);
    repeats = telling.repeats;
    const told = { ...telling, problems: telling.problems.filter((problem) => isTold(problem.level)) };
    pretty.stdout.write(cycleText({ report, told, late, nextMs, all: isTold('info') }, pretty.style));
  };
  return {
    begin,
    listed: () => undefined,
    application: (report) => {
      waiting.push(report);
      print(
        log,
        applicationLines(report).filter((line) => line.level === 'debug'),
      );
    },
    cycle: tell,
    end: () => {
      if (waiting.length === 0) return;
      const report = interrupted(waiting, now());
      tell(report, collectProblems(report), undefined);
    },
  };
}

/** What there is of a cycle that did not come to its end. */
function interrupted(applications: readonly ApplicationReport[], nowMs: number): CycleReport {
  return {
    startedAtMs: nowMs,
    durationMs: 0,
    complete: false,
    applications,
    problems: [],
    warnings: [],
    counters: countReports(applications, 0),
  };
}
