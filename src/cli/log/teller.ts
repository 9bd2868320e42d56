/** Who tells of cycles, while they run and at their end. */
import type { ApplicationReport, CycleReport } from '../../core/report/report.ts';
import type { Problem } from '../../core/report/problems.ts';
import type { Repeats } from '../../core/report/repeats.ts';
import { applicationLines, cycleLines, listedLine, type LogLine } from './cycle-log.ts';
import type { Log } from './log.ts';

export interface Teller {
  /** A cycle begins; what it gives is to be called when it is over, before it is told. */
  readonly begin: () => () => void;
  readonly listed: (considered: number) => void;
  /** As soon as an Application is done; also of one that an earlier cycle left to be done. */
  readonly application: (report: ApplicationReport) => void;
  /**
   * `problems`: those of the report. `nextMs`: when the next cycle starts, in milliseconds since 1970; undefined: nobody
   * knows.
   */
  readonly cycle: (report: CycleReport, problems: readonly Problem[], nextMs: number | undefined) => void;
  /** The program ends: what is not told yet never will be. */
  readonly end: () => void;
}

/** Lines as 0.18 has them, each as soon as it is known. */
export function lineTeller(log: Log): Teller {
  let repeats: Repeats = new Map();
  return {
    begin: () => () => undefined,
    listed: (considered) => print(log, [listedLine(considered)]),
    application: (report) => print(log, applicationLines(report)),
    cycle: (report, problems) => {
      const told = cycleLines(report, repeats, problems);
      repeats = told.repeats;
      print(log, told.lines);
    },
    end: () => undefined,
  };
}

export function print(log: Log, lines: readonly LogLine[]): void {
  for (const { level, message, fields } of lines) log.at(level, message, fields);
}
