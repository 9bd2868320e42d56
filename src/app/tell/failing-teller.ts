/** Events about what fails: once for each change of the reason, counted on, and said again at most once an hour. */
import { type AppKey, type Application, appKey } from '../../core/config/application.ts';
import { type Failure, isGivenUp } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import { adviceFor } from '../../core/report/advice.ts';
import { problemKey } from '../../core/report/problems.ts';
import type { ApplicationReport } from '../../core/report/report.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClusterCycle, Failing } from '../../ports/cluster.ts';

interface Known {
  readonly key: string;
  readonly count: number;
  readonly firstAtMs: number;
  /** Monotonic; absent: not said yet. */
  readonly saidMs?: number;
}

const sayAgainMs = 3_600_000;
/** A registry that is down fails thousands at once: who is not told in this cycle is in one of the next. */
const maxEventsPerCycle = 200;
/** Nor does a slow API server hold up the next cycle for longer. */
const patienceMs = 10_000;
const maxMessageLength = 1_000;

export class FailingTeller {
  readonly #clock: Clock;
  /** By Application and reason. */
  #known: ReadonlyMap<string, Known> = new Map();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Why they could not be told; nothing: they were. Who is not among the reports keeps what is known, and what was said
   * within the hour is known on: a failure that comes and goes is no news each time.
   */
  async tell(
    applications: readonly Application[],
    reports: readonly ApplicationReport[],
    cluster: ClusterCycle,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const byKey = new Map(applications.map((app) => [appKey(app), app]));
    const looked = new Set(reports.map(({ app }) => app));
    const known = new Map(
      [...this.#known].filter(([about, before]) => {
        const app = appOf(about);
        return byKey.has(app) && (!looked.has(app) || (before.saidMs !== undefined && !this.#isDue(before)));
      }),
    );
    const endsMs = this.#clock.monotonicMs() + patienceMs;
    let [left, problem]: [number, string | undefined] = [maxEventsPerCycle, undefined];
    for (const report of reports) {
      const app = byKey.get(report.app);
      if (app === undefined) continue;
      for (const [reason, failures] of failuresOf(report)) {
        const about = `${reason} ${report.app}`;
        const next = this.#counted(this.#known.get(about), failures, report.app);
        known.set(about, next);
        const isOver = left === 0 || problem !== undefined || this.#clock.monotonicMs() > endsMs;
        if (isOver || !this.#isDue(next)) continue;
        left -= 1;
        const { count, firstAtMs } = next;
        const failing = { reason, message: messageOf(failures), count, firstAtMs };
        const told = await settle(() => cluster.recordFailing(app, failing, signal));
        if (told.ok) known.set(about, { ...next, saidMs: this.#clock.monotonicMs() });
        else problem = told.failure.message;
      }
    }
    this.#known = known;
    return problem === undefined ? [] : [`no Event tells what fails: ${problem}`];
  }

  #counted(before: Known | undefined, failures: readonly Failure[], app: AppKey): Known {
    const key = failures.map((failure) => problemKey(failure, app)).join('\n');
    if (before?.key === key) return { ...before, count: before.count + 1 };
    return { key, count: 1, firstAtMs: this.#clock.now() };
  }

  #isDue({ saidMs }: Known): boolean {
    return saidMs === undefined || this.#clock.monotonicMs() - saidMs >= sayAgainMs;
  }
}

function appOf(about: string): AppKey {
  return about.slice(about.indexOf(' ') + 1);
}

/** What the owner wrote, and what the world did; what a stop has cut off is neither. */
function failuresOf({
  decisions,
  write,
}: ApplicationReport): ReadonlyMap<Failing['reason'], readonly Failure[]> {
  const all = [
    ...decisions.flatMap((decision) => (decision.kind === 'failed' ? [decision.failure] : [])),
    ...(write?.kind === 'failed' ? [write.failure] : []),
  ].filter((failure) => !isGivenUp(failure));
  return Map.groupBy(all, ({ kind }) => (kind === 'config' ? 'InvalidConfiguration' : 'ImageUpdateFailed'));
}

function messageOf(failures: readonly Failure[]): string {
  const sentences = failures.map((failure) => {
    const advice = adviceFor(failure);
    return advice === undefined ? failure.message : `${failure.message}; ${advice}`;
  });
  return [...new Set(sentences)].join('\n').slice(0, maxMessageLength);
}
