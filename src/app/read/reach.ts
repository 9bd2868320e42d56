/** Whom a cycle has to decide: its scope, and those of unknown intention whose claims may conflict with it. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import { boundTogether, potentialsByRepository } from './potential.ts';
import type { TargetMemory } from './target-memory.ts';

export function reachOf(
  configs: readonly AppConfig[],
  isWanted: (app: AppKey) => boolean,
  memory: TargetMemory,
): ReadonlySet<AppKey> {
  const reach = new Set(configs.map(({ app }) => appKey(app)).filter(isWanted));
  for (const potentials of potentialsByRepository(configs)) {
    const bound = boundTogether(potentials);
    const unknown = new Set(
      potentials.filter((potential) => memory.lastIntentionOf(potential) === undefined).map(({ key }) => key),
    );
    const waiting = potentials.map(({ key }) => key).filter((key) => reach.has(key));
    for (let app = waiting.pop(); app !== undefined; app = waiting.pop()) {
      for (const other of bound.get(app) ?? []) {
        if (!unknown.has(other) || reach.has(other)) continue;
        reach.add(other);
        waiting.push(other);
      }
    }
  }
  return reach;
}
