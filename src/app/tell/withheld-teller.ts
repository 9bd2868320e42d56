/** Events about versions that policies withhold: once for each change of the reason, some of them once it lasts (spec/policies.md 1.2). */
import { type AppKey, type Application, appKey } from '../../core/config/application.ts';
import { settle } from '../../core/base/settle.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { versionText } from '../../core/image/image.ts';
import { type EventRule, eventRuleOf } from '../../core/policy/event-rule.ts';
import { reasonText } from '../../core/policy/reason-text.ts';
import type { ApplicationReport } from '../../core/report/report.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClusterCycle, Withheld } from '../../ports/cluster.ts';

/** A hold of all is as many Events: who is not told in this cycle is in one of the next. */
const maxEventsPerCycle = 200;
const maxMessageLength = 1_000;
const kinds = { held: 'ImageHeld', waiting: 'ImageWaiting' } as const;

/** What is known of one image. Times are monotonic. */
interface Known {
  /** What withholds it; absent: nothing that deserves an Event. */
  readonly key?: string;
  readonly sinceMs: number;
  readonly cycles: number;
  /** It was told. */
  readonly isTold: boolean;
  /** That something withholds the image was told, and its end was not. */
  readonly isOpen: boolean;
  /** When a reason was told last that is not told often. */
  readonly saidMs?: number;
}

export class WithheldTeller {
  readonly #clock: Clock;
  /** By Application and position in image-list. */
  #known: Map<string, Known> = new Map();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why they could not be told; nothing: they were. Who is not among the reports keeps what is known. */
  async tell(
    applications: readonly Application[],
    reports: readonly ApplicationReport[],
    cluster: Pick<ClusterCycle, 'recordWithheld'>,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const byKey = new Map(applications.map((app) => [appKey(app), app]));
    this.#known = new Map([...this.#known].filter(([about]) => byKey.has(appOf(about))));
    let left = maxEventsPerCycle;
    for (const { app, decisions } of reports) {
      const application = byKey.get(app);
      if (application === undefined) continue;
      for (const decision of decisions) {
        if (decision.kind === 'failed') continue;
        const about = `${decision.index} ${app}`;
        const now = this.#lookAt(about, decision);
        if (left === 0 || !this.#isNews(now, decision)) continue;
        left -= 1;
        const recorded = await settle(() => cluster.recordWithheld(application, contentOf(decision), signal));
        if (!recorded.ok) return [`no Event tells what is withheld: ${recorded.failure.message}`];
        this.#known.set(about, this.#told(now));
      }
    }
    return [];
  }

  /** Remembers how long it has been so. */
  #lookAt(about: string, decision: Decision): Known {
    const before = this.#known.get(about);
    const key = keyOf(decision);
    const { isOpen = false, saidMs } = before ?? {};
    const kept = saidMs === undefined ? { isOpen } : { isOpen, saidMs };
    const anew = { ...kept, sinceMs: this.#clock.monotonicMs(), cycles: 1, isTold: false };
    const isSame = before !== undefined && before.key === key;
    const known = isSame
      ? { ...before, cycles: before.cycles + 1 }
      : key === undefined
        ? anew
        : { ...anew, key };
    if (key === undefined && !isOpen && saidMs === undefined) this.#known.delete(about);
    else this.#known.set(about, known);
    return known;
  }

  /** What was told and is over is told too. */
  #isNews({ key, isTold, isOpen, sinceMs, saidMs, cycles }: Known, decision: Decision): boolean {
    if (key === undefined) return isOpen;
    const rule = ruleOf(decision);
    if (rule === undefined || isTold) return false;
    const nowMs = this.#clock.monotonicMs();
    if (rule.everyMs !== undefined) return saidMs === undefined || nowMs - saidMs >= rule.everyMs;
    const lastedMs = Math.max(nowMs - sinceMs, this.#saidToLast(decision));
    return lastedMs >= (rule.afterMs ?? 0) && cycles >= (rule.afterCycles ?? 1);
  }

  /** By the reason itself, which may be older than this process. */
  #saidToLast(decision: Decision): number {
    if (decision.kind !== 'held' && decision.kind !== 'waiting') return 0;
    const { sinceMs } = decision.reason;
    return sinceMs === undefined ? 0 : this.#clock.now() - sinceMs;
  }

  /** The end of what is not told often is not told. */
  #told(now: Known): Known {
    if (now.key === undefined) return { ...now, isOpen: false };
    if (now.key === limitKey) return { ...now, saidMs: this.#clock.monotonicMs() };
    return { ...now, isTold: true, isOpen: true };
  }
}

function appOf(about: string): AppKey {
  return about.slice(about.indexOf(' ') + 1);
}

function ruleOf(decision: Decision): EventRule | undefined {
  const isWithheld = decision.kind === 'held' || decision.kind === 'waiting';
  return isWithheld && decision.reason.isPassing !== true ? eventRuleOf(decision.reason.code) : undefined;
}

/** Whatever version it is that does not fit. */
const limitKey = 'limit';

/** Undefined: nothing that deserves an Event withholds it. */
function keyOf(decision: Decision): string | undefined {
  if (decision.kind !== 'held' && decision.kind !== 'waiting') return undefined;
  const { reason, wanted } = decision;
  if (ruleOf(decision) === undefined) return undefined;
  return reason.code === 'limit' ? limitKey : `${reason.code} ${versionText(wanted)} ${reason.by ?? ''}`;
}

/** A value that was put back is told as where no policy looks for it. */
function reasonOf({
  kind,
  reason: { code },
}: Extract<Decision, { kind: 'held' | 'waiting' }>): Withheld['reason'] {
  return code === 'reverted' ? 'UpdateReverted' : kinds[kind];
}

function contentOf(decision: Decision): Withheld {
  const name = decision.alias === '' ? decision.entry : decision.alias;
  if (decision.kind !== 'held' && decision.kind !== 'waiting')
    return { reason: 'ImageReleased', type: 'Normal', message: `${name}: no policy withholds it any more` };
  const { reason, wanted } = decision;
  const rule = ruleOf(decision);
  const words = `${name}: ${versionText(wanted)} is withheld by ${reasonText(reason)}`;
  return {
    reason: rule === undefined ? 'ImageReleased' : reasonOf(decision),
    type: rule?.type ?? 'Normal',
    message: words.slice(0, maxMessageLength),
  };
}
