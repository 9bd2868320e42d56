/** How an Application is, as Argo CD reports it: what rules about health look at, in compact form. */
import { isRecord } from '../../base/json.ts';
import { optionalProperty } from '../../base/optional-property.ts';
import { parseInstant } from '../../version/instant.ts';
import { Packer, Unpacker } from './packed.ts';

/** Texts are "" and times absent where Argo CD does not say. */
export interface ApplicationState {
  /** `status.health.status`: `Healthy`, `Progressing`, `Degraded`, … */
  readonly health: string;
  /** `status.health.lastTransitionTime`: when the code changed last. Argo CD 2.13 and older have none. */
  readonly healthSinceMs?: number;
  /** `status.sync.status`: `Synced`, `OutOfSync`, `Unknown`. */
  readonly sync: string;
  /** When Argo CD compared and judged it last. */
  readonly reconciledAtMs?: number;
  /** A sync is asked for and has not begun. */
  readonly hasOperation: boolean;
  readonly isDeleting: boolean;
  /** The last sync; absent where there was none. */
  readonly operation?: SyncOperation;
  /** Dry commit that the last hydration wrote from. */
  readonly hydratedRevision?: string;
  /** The last ten recorded syncs, oldest first: partial ones are not recorded. */
  readonly history: readonly Deployment[];
}

export interface SyncOperation {
  /** `Running`, `Succeeded`, `Failed`, `Error`, `Terminating`. */
  readonly phase: string;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  /** One for each source, where they are known. */
  readonly revisions: readonly string[];
}

export interface Deployment {
  /** Of the repositories and revisions that the spec names now, be they given as branches or else. */
  readonly isOfSpec: boolean;
  readonly startedAtMs?: number;
  readonly deployedAtMs?: number;
  readonly revisions: readonly string[];
}

const keptDeployments = 10;
const plainTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/**
 * Of an Application object; undefined where it says nothing of all this. A field of another type counts as absent:
 * whoever needs it withholds.
 */
export function packState(object: unknown): string | undefined {
  const [metadata, status] = [child(object, 'metadata'), child(object, 'status')];
  const [health, sync] = [child(status, 'health'), child(status, 'sync')];
  const operation = child(status, 'operationState');
  const flags =
    (isRecord(child(object, 'operation')) ? 1 : 0) + (text(metadata, 'deletionTimestamp') === '' ? 0 : 2);
  const history = child(status, 'history');
  const deployments = Array.isArray(history) ? history.slice(-keptDeployments) : [];
  const known = [health, child(sync, 'status'), operation, child(status, 'reconciledAt')];
  if (flags === 0 && deployments.length === 0 && known.every((part) => part === undefined)) return undefined;
  const packer = new Packer()
    .count(flags)
    .text(text(health, 'status'))
    .time(time(health, 'lastTransitionTime'))
    .text(text(sync, 'status'))
    .time(time(status, 'reconciledAt'))
    .revision(text(child(child(status, 'sourceHydrator'), 'lastSuccessfulOperation'), 'drySHA'))
    .text(text(operation, 'phase'))
    .time(time(operation, 'startedAt'))
    .time(time(operation, 'finishedAt'));
  packRevisions(packer, child(operation, 'syncResult'));
  packer.count(deployments.length);
  const sources = sourcesText(child(object, 'spec'));
  for (const deployment of deployments) {
    const isOfSpec = sources !== '' && sourcesText(deployment) === sources;
    packer
      .count(isOfSpec ? 1 : 0)
      .time(time(deployment, 'deployStartedAt'))
      .time(time(deployment, 'deployedAt'));
    packRevisions(packer, deployment);
  }
  return packer.packed();
}

/** Of `Application.state`. */
export function readState(packed: string): ApplicationState {
  const from = new Unpacker(packed);
  const flags = from.count();
  const health = from.text();
  const healthSinceMs = from.time();
  const sync = from.text();
  const reconciledAtMs = from.time();
  const hydrated = from.revision();
  const operation = readOperation(from);
  const history = Array.from({ length: from.count() }, () => readDeployment(from));
  return {
    health,
    ...optionalProperty('healthSinceMs', healthSinceMs),
    sync,
    ...optionalProperty('reconciledAtMs', reconciledAtMs),
    hasOperation: (flags & 1) !== 0,
    isDeleting: (flags & 2) !== 0,
    ...(operation.phase === '' ? {} : { operation }),
    ...(hydrated === '' ? {} : { hydratedRevision: hydrated }),
    history,
  };
}

function readOperation(from: Unpacker): SyncOperation {
  const phase = from.text();
  const [startedAtMs, finishedAtMs] = [from.time(), from.time()];
  const revisions = readRevisions(from);
  return {
    phase,
    ...optionalProperty('startedAtMs', startedAtMs),
    ...optionalProperty('finishedAtMs', finishedAtMs),
    revisions,
  };
}

function readDeployment(from: Unpacker): Deployment {
  const isOfSpec = from.count() === 1;
  const [startedAtMs, deployedAtMs] = [from.time(), from.time()];
  const revisions = readRevisions(from);
  return {
    isOfSpec,
    ...optionalProperty('startedAtMs', startedAtMs),
    ...optionalProperty('deployedAtMs', deployedAtMs),
    revisions,
  };
}

/** `revisions` of several sources, else `revision`. */
function packRevisions(packer: Packer, object: unknown): void {
  const several = child(object, 'revisions');
  const revisions = Array.isArray(several) && several.length > 0 ? several : [child(object, 'revision')];
  const texts = revisions.map((one: unknown) => (typeof one === 'string' ? one : '')).slice(0, maxSources);
  const isKnown = texts.some((one) => one !== '');
  packer.count(isKnown ? texts.length : 0);
  if (isKnown) for (const one of texts) packer.revision(one);
}

const maxSources = 32;

/** Repository and revision of each source, of a spec or of a deployment; "" where there is none. */
function sourcesText(object: unknown): string {
  const several = child(object, 'sources');
  const one = child(object, 'source');
  const sources = Array.isArray(several) && several.length > 0 ? several : one === undefined ? [] : [one];
  return sources
    .slice(0, maxSources)
    .map((source: unknown) => `${text(source, 'repoURL')}\n${text(source, 'targetRevision')}`)
    .join('\n');
}

function readRevisions(from: Unpacker): readonly string[] {
  return Array.from({ length: from.count() }, () => from.revision());
}

function child(object: unknown, key: string): unknown {
  return isRecord(object) ? (object[key] ?? undefined) : undefined;
}

function text(object: unknown, key: string): string {
  const value = child(object, key);
  return typeof value === 'string' ? value : '';
}

function time(object: unknown, key: string): number | undefined {
  const written = text(object, key);
  // as Kubernetes writes all of them: two dozen in each of thousands of objects
  if (plainTime.test(written)) return Date.parse(written) || undefined;
  const instant = parseInstant(written);
  return instant === undefined ? undefined : instant.seconds * 1000;
}
