/** Write-back method argocd: whether somebody has put an older version into the spec (spec/policies.md 2.7). */
import { optionalProperty } from '../../base/optional-property.ts';
import { order } from '../order.ts';
import { parseVersionText } from './lines/image-version.ts';
import { dated, type KeyFacts } from './key-facts.ts';
import { isResumed } from './resumed.ts';
import type { TakenBack } from './taken-back.ts';

/** Who wrote the list of parameters or images last, as `managedFields` tells it: whoever does owns all of it. */
export interface SpecOwner {
  readonly manager: string;
  readonly atMs?: number;
}

/** Field managers of our own writes. */
const ourManagers: ReadonlySet<string> = new Set(['argocd-image-updater', 'tidewaiter']);

/** They put back what they hold for right, each time that somebody else changes it. */
const revertingManagers: ReadonlySet<string> = new Set([
  'argocd-controller',
  'argocd-application-controller',
  'argocd-applicationset-controller',
]);

/**
 * Only what we remember to have written tells: a spec has no history. undefined: nothing was taken back, or the rules
 * exclude it, or a person has let it go on. Absent owner: it is not known who did it.
 */
export function takenFromSpec(
  facts: Pick<KeyFacts, 'strategy' | 'held' | 'admits' | 'createdOf' | 'wrote' | 'resumed'>,
  owner: SpecOwner | undefined,
): TakenBack | undefined {
  const { wrote, strategy, held, admits } = facts;
  const read = wrote === undefined ? undefined : parseVersionText(wrote.version);
  if (wrote === undefined || read === undefined || !admits(read)) return undefined;
  if (owner !== undefined && ourManagers.has(owner.manager)) return undefined;
  const version = dated(facts, read, wrote.unix * 1000);
  const position = order(strategy, dated(facts, held), version);
  if (position === 'newer' || position === 'equal') return undefined;
  const taken: TakenBack = {
    code: owner !== undefined && revertingManagers.has(owner.manager) ? 'reverted' : 'rollback',
    held,
    versions: [version],
    sinceMs: owner?.atMs ?? wrote.unix * 1000,
    ...optionalProperty('by', owner && { name: owner.manager }),
  };
  return isResumed(taken, facts.resumed, [], new Set()) ? undefined : taken;
}
