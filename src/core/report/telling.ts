/** Which problems of a cycle are told now, for every reader of a report that speaks to people. */
import type { AppKey } from '../config/application.ts';
import type { CycleReport } from './report.ts';
import { collectProblems, type Problem } from './problems.ts';
import { type Repeat, type Repeats, tellRepeats } from './repeats.ts';

export interface ToldProblem extends Problem {
  /** The Applications to name now; the others have been. */
  readonly named: readonly AppKey[];
}

export interface Telling {
  readonly problems: readonly ToldProblem[];
  /** What was told, and is over. */
  readonly resolved: readonly Repeat[];
  readonly repeats: Repeats;
}

/** `before` is what the previous cycle left; `problems` those of the report, where they are known by now. */
export function tellProblems(
  report: CycleReport,
  before: Repeats,
  problems: readonly Problem[] = collectProblems(report),
): Telling {
  const lasting = problems.filter(({ isOver }) => isOver === undefined);
  const { say, resolved, repeats } = tellRepeats(before, lasting, endOf(report), report.complete);
  const told = problems.flatMap((problem) => {
    const named = problem.isOver === true ? problem.applications : say.get(problem.key);
    return named === undefined ? [] : [{ ...problem, named }];
  });
  return { problems: told, resolved, repeats };
}

/** Milliseconds since 1970. */
export function endOf({ startedAtMs, durationMs }: CycleReport): number {
  return startedAtMs + durationMs;
}
