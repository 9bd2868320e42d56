/** After a write of ours: whether what it brought made the Application unhealthy (spec/policies.md 7.2). */
import type { Application } from '../../config/application.ts';
import { type ApplicationState, readState } from '../../config/state/application-state.ts';
import type { LineOf } from '../memory/line.ts';
import { imagesOf, readVersion, type Version } from './version.ts';

/** One commit of ours, or one live patch. */
export interface Written {
  /** `namespace/name`. */
  readonly app: string;
  /** `-` for a live patch. */
  readonly commit: string;
  readonly atMs: number;
  readonly quarantineMs: number;
  /** What it changed: all are suspects. `version` as `versionText` prints it. */
  readonly images: readonly { readonly repository: string; readonly version: string }[];
}

export interface WatchFacts {
  /** Whether a revision is the commit, or has it as an ancestor; undefined: nobody knows, and time decides. */
  readonly contains: (revision: string) => boolean | undefined;
  /** The first of our consecutive looks that found it Degraded: for an Argo CD that does not say since when. */
  readonly degradedSinceMs?: number;
}

export type Watched =
  | { readonly kind: 'watching' }
  /** Nothing happened until the end. */
  | { readonly kind: 'over' }
  /** It was unhealthy before: nothing can be told of this write. */
  | { readonly kind: 'not-judged'; readonly reason: string }
  | { readonly kind: 'bad'; readonly reason: string; readonly lines: readonly LineOf<'bad'>[] };

interface Sync {
  readonly startedAtMs: number;
  /** Absent: it has not ended. */
  readonly endedAtMs?: number;
  readonly phase: string;
}

const lastingMs = 60_000; // a momentary Degraded is no verdict
const unsyncedMs = 86_400_000;

export function watchWrite(
  written: Written,
  application: Application | undefined,
  facts: WatchFacts,
  nowMs: number,
): Watched {
  if (application?.state === undefined) return { kind: 'over' };
  const state = readState(application.state);
  const sync = syncOf(written, application, state, facts);
  if (sync === undefined) return { kind: nowMs - written.atMs > unsyncedMs ? 'over' : 'watching' };
  // hooks and migrations fail without any Pod of the new version
  if (sync.phase === 'Failed') return bad(written, written.images, 'its sync failed', nowMs);
  if (sync.endedAtMs === undefined) return { kind: 'watching' };
  const endMs = sync.endedAtMs + written.quarantineMs;
  const turnedMs = state.health === 'Degraded' ? (state.healthSinceMs ?? facts.degradedSinceMs) : undefined;
  if (turnedMs === undefined || turnedMs > endMs)
    return { kind: nowMs > endMs + lastingMs ? 'over' : 'watching' };
  if (turnedMs < sync.startedAtMs) {
    const reason = `${written.app} was Degraded before ${nameOf(written)} was synced: it is not judged`;
    return { kind: 'not-judged', reason };
  }
  if (nowMs - turnedMs < lastingMs) return { kind: 'watching' };
  const running = written.images.filter((image) => runs(application, image));
  return running.length === 0 ? { kind: 'watching' } : bad(written, running, 'it became Degraded', nowMs);
}

/** The first sync that brought the write. */
function syncOf(
  written: Written,
  application: Application,
  state: ApplicationState,
  facts: WatchFacts,
): Sync | undefined {
  const { operation, history, hydratedRevision } = state;
  const recorded = history.flatMap(({ startedAtMs, deployedAtMs, revisions }) =>
    deployedAtMs === undefined
      ? []
      : [
          {
            startedAtMs: startedAtMs ?? deployedAtMs,
            endedAtMs: deployedAtMs,
            phase: 'Succeeded',
            revisions,
          },
        ],
  );
  const last =
    operation?.startedAtMs === undefined ? [] : [{ ...operation, startedAtMs: operation.startedAtMs }];
  const syncs = [
    ...recorded,
    ...last.map(({ finishedAtMs, ...rest }) => ({
      ...rest,
      ...(finishedAtMs === undefined ? {} : { endedAtMs: finishedAtMs }),
    })),
  ];
  const dry = application.sourceKind === 'hydrator' ? [hydratedRevision ?? ''] : undefined;
  const bringing = syncs.filter(({ startedAtMs, revisions }) =>
    brings(written, startedAtMs, dry ?? revisions, facts),
  );
  return bringing.toSorted((a, b) => a.startedAtMs - b.startedAtMs)[0];
}

/** A revision that has the commit tells for certain; the two clocks may differ. Where nobody knows, time decides. */
function brings(
  { commit, atMs }: Written,
  startedAtMs: number,
  revisions: readonly string[],
  { contains }: WatchFacts,
): boolean {
  const answers = commit === '-' ? [] : revisions.map((one) => one === commit || contains(one));
  if (answers.includes(true)) return true;
  const isRuledOut = answers.length > 0 && answers.every((answer) => answer === false);
  return !isRuledOut && startedAtMs >= atMs;
}

function runs(application: Application, image: Written['images'][number]): boolean {
  const version = readVersion(image.version);
  return imagesOf(application.status?.images ?? [], image.repository).some((one) => isThere(one, version));
}

function isThere(running: Version, { tag, digest }: Version): boolean {
  if (digest !== undefined && running.digest !== undefined) return running.digest === digest;
  return tag !== undefined && running.tag === tag;
}

function bad(written: Written, suspects: Written['images'], what: string, nowMs: number): Watched {
  const { app, commit, images } = written;
  const lines = suspects.map(
    ({ repository, version }): LineOf<'bad'> => ({
      word: 'bad',
      repository,
      version,
      app,
      commit,
      atMs: nowMs,
    }),
  );
  const names = suspects.map(({ repository, version }) => `${repository}:${version}`).join(', ');
  const share =
    images.length === 1 ? names : `one of ${images.length} images of ${nameOf(written)} (${names})`;
  return { kind: 'bad', reason: `${share} made ${app} unhealthy: ${what}`, lines };
}

function nameOf({ commit }: Written): string {
  return commit === '-' ? 'the last change' : commit.slice(0, 7);
}
