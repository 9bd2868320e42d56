/** Write-back method argocd: whether somebody has put an older version into the spec (spec/policies.md 2.7). */
import { optionalProperty } from '../../base/optional-property.ts';
import { order, type OrderedVersion } from '../order.ts';
import { type ImageVersion, parseVersionText, sameVersion } from './lines/image-version.ts';
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

/** A version of the image in the spec as it was deployed once. */
export interface DeployedVersion {
  readonly version: ImageVersion;
  readonly atMs: number;
  /** Who asked for it; absent: Argo CD by itself, or nobody knows. */
  readonly by?: string;
}

/** What the live object records. Absent owner: it is not known who wrote the list. */
export interface SpecRecord {
  readonly owner?: SpecOwner;
  /** Oldest first. */
  readonly deployed: readonly DeployedVersion[];
}

type Facts = Pick<KeyFacts, 'strategy' | 'held' | 'admits' | 'createdOf' | 'wrote' | 'resumed'>;

/**
 * What we remember to have written tells; else the newest version that was deployed before the spec was written last.
 * undefined: nothing was taken back, or the rules exclude it, or a person has let it go on.
 */
export function takenFromSpec(facts: Facts, record: SpecRecord | undefined): TakenBack | undefined {
  const owner = record?.owner;
  if (owner !== undefined && ourManagers.has(owner.manager)) return undefined;
  const last = facts.wrote === undefined ? newestDeployed(facts, record) : lastWritten(facts, facts.wrote);
  if (last === undefined) return undefined;
  const taken: TakenBack = {
    code: owner !== undefined && revertingManagers.has(owner.manager) ? 'reverted' : 'rollback',
    held: facts.held,
    versions: [last.version],
    sinceMs: owner?.atMs ?? last.atMs,
    ...optionalProperty('by', owner && { name: owner.manager }),
  };
  return isResumed(taken, facts.resumed, [], new Set()) ? undefined : taken;
}

interface Former {
  readonly version: OrderedVersion;
  readonly atMs: number;
}

/** What is there now stands in its place: whatever is not known to be as new was put there against us. */
function lastWritten(facts: Facts, wrote: NonNullable<Facts['wrote']>): Former | undefined {
  const read = parseVersionText(wrote.version);
  if (read === undefined || !facts.admits(read)) return undefined;
  const atMs = wrote.unix * 1000;
  const version = dated(facts, read, atMs);
  const position = order(facts.strategy, dated(facts, facts.held), version);
  return position === 'newer' || position === 'equal' ? undefined : { version, atMs };
}

/** Whoever deployed it, it was there; only what is certainly newer than what is there now counts. */
function newestDeployed(facts: Facts, record: SpecRecord | undefined): Former | undefined {
  const { strategy, held, admits } = facts;
  const untilMs = record?.owner?.atMs ?? Number.POSITIVE_INFINITY;
  let newest: Former | undefined;
  for (const { version: read, atMs } of record?.deployed ?? []) {
    if (atMs > untilMs || !admits(read)) continue;
    const version = dated(facts, read, atMs);
    const isAbove = order(strategy, version, newest?.version ?? dated(facts, held)) === 'newer';
    if (isAbove) newest = { version, atMs };
  }
  return newest;
}

/** An older deployment that a person asked for after what the spec has: it changes neither spec nor annotations. */
export function redeployed(
  held: ImageVersion,
  running: ImageVersion,
  deployed: readonly DeployedVersion[],
): DeployedVersion | undefined {
  const last = deployed.at(-1);
  if (last?.by === undefined || sameVersion(last.version, held) || !sameVersion(last.version, running))
    return undefined;
  return deployed.slice(0, -1).some(({ version }) => sameVersion(version, held)) ? last : undefined;
}
