/** Whom a cycle is about: all Applications as they are configured, and those of them that it asks about and writes. */
import { type AppConfig, readConfig, type ReadConfigOptions } from '../core/config/annotations.ts';
import { type AppKey, type Application, appKey } from '../core/config/application.ts';
import type { Outcome } from '../core/base/outcome.ts';
import { settleNow } from '../core/base/settle.ts';
import type { EndpointTable } from '../core/registries/registries.ts';
import { withCompanions } from './policy/together/companions.ts';
import { trackersOf } from './trigger/pushed.ts';
import { reachOf } from './read/reach.ts';
import type { TargetMemory } from './read/target-memory.ts';
import { isWithin, type Scope } from './trigger/trigger.ts';

export interface ConfiguredApplication {
  readonly app: AppKey;
  /** Fails only for a fault of ours: users' mistakes are in the configuration. */
  readonly config: Outcome<AppConfig>;
}

export interface Audience {
  readonly configured: readonly ConfiguredApplication[];
  /** Of everybody who could be configured: who is out of scope still holds to what it wants. */
  readonly configs: readonly AppConfig[];
  readonly isInScope: (app: AppKey) => boolean;
  /** Those of `configs` who are in scope. */
  readonly reached: readonly AppConfig[];
}

/** Everybody is configured in every cycle. In scope are those asked for, and those whose claims may meet theirs. */
export function audienceOf(
  applications: readonly Application[],
  scope: Scope,
  memory: TargetMemory,
  options: ReadConfigOptions & { readonly endpoints: EndpointTable },
): Audience {
  const configured = applications.map((app) => ({
    app: appKey(app),
    config: settleNow(() => readConfig(app, options)),
  }));
  const configs = configured.flatMap(({ config }) => (config.ok ? [config.value] : []));
  const trackers = trackersOf(scope, configs, options.endpoints);
  const isAsked = (app: AppKey): boolean => isWithin(scope, app) || trackers.has(app);
  const reach = reachOf(configs, isAsked, memory);
  const isInScope = (app: AppKey): boolean => isAsked(app) || reach.has(app);
  return { configured, configs, isInScope, reached: configs.filter(({ app }) => isInScope(appKey(app))) };
}

/** With all those that are decided together with somebody in scope. */
export function widened(audience: Audience, companions: readonly ReadonlySet<AppKey>[]): Audience {
  if (companions.length === 0) return audience;
  const isInScope = withCompanions(audience.isInScope, companions);
  const reached = audience.configs.filter(({ app }) => isInScope(appKey(app)));
  return { ...audience, isInScope, reached };
}
