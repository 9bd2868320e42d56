/** Events about versions that policies withhold: once for each change of the reason (spec/policies.md 1.2). */
import { type AppKey, type Application, appKey } from '../../core/config/application.ts';
import { settle } from '../../core/base/settle.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { versionText } from '../../core/image/image.ts';
import { isWorthWarning, reasonText } from '../../core/policy/reason-text.ts';
import type { PolicyCode } from '../../core/policy/verdict.ts';
import type { ApplicationReport } from '../../core/report/report.ts';
import type { ClusterCycle, Withheld } from '../../ports/cluster.ts';

/** A freeze is none of an Application; ages and windows come and go by themselves. */
const told: ReadonlySet<PolicyCode> = new Set<PolicyCode>(['hold', 'held-by-other']);
/** A hold of all is as many Events: who is not told in this cycle is in one of the next. */
const maxEventsPerCycle = 200;
const maxMessageLength = 1_000;
const kinds = { held: 'ImageHeld', waiting: 'ImageWaiting' } as const;

export class WithheldTeller {
  /** By Application and position in image-list: the reason that was told. */
  #known: ReadonlyMap<string, string> = new Map();

  /** Why they could not be told; nothing: they were. Who is not among the reports keeps what is known. */
  async tell(
    applications: readonly Application[],
    reports: readonly ApplicationReport[],
    cluster: Pick<ClusterCycle, 'recordWithheld'>,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const byKey = new Map(applications.map((app) => [appKey(app), app]));
    const known = new Map([...this.#known].filter(([about]) => byKey.has(appOf(about))));
    this.#known = known;
    let left = maxEventsPerCycle;
    for (const { app, decisions } of reports) {
      const application = byKey.get(app);
      if (application === undefined) continue;
      for (const decision of decisions) {
        const about = `${decision.index} ${app}`;
        const key = keyOf(decision);
        if (decision.kind === 'failed' || key === known.get(about) || left === 0) continue;
        left -= 1;
        const recorded = await settle(() => cluster.recordWithheld(application, contentOf(decision), signal));
        if (!recorded.ok) return [`no Event tells what is withheld: ${recorded.failure.message}`];
        if (key === undefined) known.delete(about);
        else known.set(about, key);
      }
    }
    return [];
  }
}

function appOf(about: string): AppKey {
  return about.slice(about.indexOf(' ') + 1);
}

/** Undefined: nothing that deserves an Event withholds it. */
function keyOf(decision: Decision): string | undefined {
  if (decision.kind !== 'held' && decision.kind !== 'waiting') return undefined;
  const { reason, wanted } = decision;
  if (!told.has(reason.code) && !isWorthWarning(reason)) return undefined;
  return `${reason.code} ${versionText(wanted)} ${reason.by ?? ''}`;
}

function contentOf(decision: Decision): Withheld {
  const name = decision.alias === '' ? decision.entry : decision.alias;
  if (decision.kind !== 'held' && decision.kind !== 'waiting')
    return { reason: 'ImageReleased', type: 'Normal', message: `${name}: no policy withholds it any more` };
  const { reason, wanted } = decision;
  const isTold = keyOf(decision) !== undefined;
  const words = `${name}: ${versionText(wanted)} is withheld by ${reasonText(reason)}`;
  return {
    reason: isTold ? kinds[decision.kind] : 'ImageReleased',
    type: isWorthWarning(reason) ? 'Warning' : 'Normal',
    message: words.slice(0, maxMessageLength),
  };
}
