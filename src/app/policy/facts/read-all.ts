/** The policies of all images of a cycle: annotations, what administrators set, and what people withhold. */
import type { AppConfig } from '../../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../../core/config/application.ts';
import type { Warning } from '../../../core/config/tracked-image.ts';
import { repositoryName } from '../../../core/image/image.ts';
import { withHolds } from '../../../core/policy/holds/with-holds.ts';
import { type Promotion, promotionCycles } from '../../../core/policy/read/promotion-cycles.ts';
import { type PolicyContext, readPolicies } from '../../../core/policy/read/read-policies.ts';
import type { ImagePolicies } from '../../../core/policy/settings.ts';
import type { Administration } from './administration.ts';

export interface AllPolicies {
  readonly byApp: ReadonlyMap<AppKey, ReadonlyMap<number, ImagePolicies>>;
  readonly warnings: ReadonlyMap<AppKey, readonly Warning[]>;
}

/** Images without policies are in neither map. Rests between Applications, of which there may be thousands. */
export function* readAllPolicies(
  configs: readonly AppConfig[],
  { defaults, holds }: Administration,
  times: Omit<PolicyContext, 'defaults'>,
): Generator<undefined, AllPolicies> {
  const context = { ...times, defaults };
  const byApp = new Map<AppKey, Map<number, ImagePolicies>>();
  const warnings = new Map<AppKey, readonly Warning[]>();
  for (const { app, images } of configs) {
    yield undefined;
    const { annotations, project, namespace, name } = app;
    const own = new Map<number, ImagePolicies>();
    const said = new Set<string>();
    for (const { alias, index } of images) {
      const reading = readPolicies({ annotations, alias, project, namespace }, context);
      const policies = withHolds(reading.policies, holds.entriesFor({ namespace, name, alias }));
      if (Object.keys(policies).length > 0) own.set(index, policies);
      for (const warning of reading.warnings) said.add(warning);
    }
    if (own.size > 0) byApp.set(appKey(app), own);
    if (said.size > 0)
      warnings.set(
        appKey(app),
        [...said].map((message) => ({ message, annotation: 'policies' })),
      );
  }
  refuseCircles(configs, byApp);
  return { byApp, warnings };
}

interface PlacedPromotion extends Promotion {
  readonly policies: Map<number, ImagePolicies>;
  readonly index: number;
}

/** A circle of promotions would wait for itself for ever. */
function refuseCircles(
  configs: readonly AppConfig[],
  byApp: ReadonlyMap<AppKey, Map<number, ImagePolicies>>,
): void {
  const promotions = configs.flatMap(({ app, images }): readonly PlacedPromotion[] => {
    const policies = byApp.get(appKey(app));
    if (policies === undefined) return [];
    return [...policies].flatMap(([index, { promoteFrom = [] }]) => {
      const image = images[index]?.image;
      if (promoteFrom.length === 0 || image?.ok !== true) return [];
      const { namespace, name } = app;
      const repository = repositoryName(image.value.ref.canonical);
      const sources = promoteFrom.flatMap(({ value }) => value);
      return [{ namespace, name, alias: image.value.alias, repository, sources, policies, index }];
    });
  });
  for (const [promotion, path] of promotionCycles(promotions)) {
    const { policies, index } = promotion as PlacedPromotion;
    const known = policies.get(index) ?? {};
    const source = known.promoteFrom?.[0]?.source ?? 'promote-from';
    const value = `promote-from goes in a circle: ${path}`;
    policies.set(index, { ...known, invalid: [...(known.invalid ?? []), { value, source }] });
  }
}
