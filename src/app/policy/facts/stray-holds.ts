/** What people withhold from Applications or images that are not there (HO-14, HO-15). */
import type { AppConfig } from '../../../core/config/annotations.ts';
import { keyWarnings } from '../../../core/policy/holds/key-warnings.ts';
import type { Administration } from './administration.ts';

export function strayHolds(
  configs: readonly AppConfig[],
  { holds }: Pick<Administration, 'holds'>,
): readonly string[] {
  if (holds.byKey.size === 0 && holds.byApp.size === 0) return [];
  const targets = configs.flatMap(({ app: { namespace, name }, images }) =>
    images.length === 0 ? [{ namespace, name }] : images.map(({ alias }) => ({ namespace, name, alias })),
  );
  return keyWarnings(holds, targets);
}
