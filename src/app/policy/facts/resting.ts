/** Images with `interval` between two questions: what they came to last stands. */
import type { AppConfig } from '../../../core/config/annotations.ts';
import { appKey } from '../../../core/config/application.ts';
import type { Decision } from '../../../core/decide/decision.ts';
import type { PoliciesOf } from '../judge/policies.ts';
import type { Intervals } from './intervals.ts';

export interface RestingOptions {
  readonly policiesOf: PoliciesOf;
  readonly intervals: Intervals;
  /** False where somebody asks for it: then it is looked at. */
  readonly isScheduled: boolean;
  readonly now: () => number;
}

export function makeResting({ policiesOf, intervals, isScheduled, now }: RestingOptions): {
  readonly resting: (config: AppConfig) => ReadonlyMap<number, Decision>;
  readonly decided: (config: AppConfig, decisions: readonly Decision[]) => void;
} {
  return {
    resting: (config) => {
      const app = appKey(config.app);
      const standing = new Map<number, Decision>();
      if (!isScheduled) return standing;
      for (const [index, { intervalMs }] of policiesOf(app)) {
        if (intervalMs === undefined) continue;
        const decision = intervals.standing(app, index, markOf(config), intervalMs.value, now());
        if (decision !== undefined) standing.set(index, decision);
      }
      return standing;
    },
    decided: (config, decisions) => {
      const app = appKey(config.app);
      const policies = policiesOf(app);
      for (const decision of decisions) {
        const { intervalMs } = policies.get(decision.index) ?? {};
        if (intervalMs === undefined) continue;
        const mark = markOf(config);
        const stands = intervals.standing(app, decision.index, mark, intervalMs.value, now());
        if (stands !== decision) intervals.keep(app, decision, mark, now());
      }
    },
  };
}

/** Other settings, or another running version, are looked at in the next cycle. */
function markOf({ app }: AppConfig): string {
  return JSON.stringify([app.annotations, app.status?.images ?? null, app.sources]);
}
