/** The state as /status.json tells it. */
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { ApplicationRow } from './applications.ts';
import type { Change, ImageRow } from './image-row.ts';
import type { ProblemRow } from './problems.ts';
import type { RegistryRow, RepositoryRow } from './servers.ts';
import type { Standing, Status } from './status.ts';
import type {
  StatusApplication,
  StatusDocument,
  StatusImage,
  StatusProblem,
  StatusRegistry,
  StatusRepository,
} from './document.ts';

/** `applications`: those that are told of; `problems`: those of all, unless one Application is asked about. */
export function makeDocument(
  status: Status,
  standing: Standing,
  applications: readonly ApplicationRow[],
  app?: string,
): StatusDocument {
  const { options, startedAtMs, allProblems, servers } = status;
  const waiting = status.waiting();
  return {
    schema: 1,
    version: options.version,
    startedAt: iso(startedAtMs),
    at: iso(options.now()),
    dryRun: options.dryRun,
    ...standingFields(standing),
    ...optionalProperty('leader', leaderOf(status)),
    ...optionalProperty('lastCycle', cycleOf(status)),
    problems: allProblems
      .filter((problem) => app === undefined || problem.applications.has(app))
      .map(problemOf),
    registries: servers.registries.map(registryOf),
    repositories: servers.repositories.map((row) => repositoryOf(row, waiting.get(row.repository) ?? 0)),
    applications: applications.map(applicationOf),
  };
}

function standingFields(standing: Standing): Pick<StatusDocument, 'state' | 'stateSince' | 'nextCycleAt'> {
  if (standing.kind !== 'resting') return { state: standing.kind, stateSince: iso(standing.sinceMs) };
  const { nextAtMs } = standing;
  return { state: 'resting', ...(nextAtMs === undefined ? {} : { nextCycleAt: iso(nextAtMs) }) };
}

function leaderOf({ leadership }: Status): StatusDocument['leader'] {
  if (leadership === undefined) return undefined;
  const { leads, name } = leadership;
  return { leads, ...optionalProperty('name', name === '' ? undefined : name) };
}

function cycleOf({ lastCycle }: Status): StatusDocument['lastCycle'] {
  if (lastCycle === undefined) return undefined;
  const { startedAtMs, durationMs, complete, failure, counters } = lastCycle;
  const { applications, considered: images, updated, skipped, errors } = counters;
  return {
    startedAt: iso(startedAtMs),
    durationMs: Math.round(durationMs),
    complete,
    ...optionalProperty('failure', failure?.message),
    applications,
    images,
    updated,
    skipped,
    errors,
  };
}

function problemOf({ sinceMs, applications, about, isOver: _isOver, ...rest }: ProblemRow): StatusProblem {
  return { ...rest, about: { ...about }, since: iso(sinceMs), applications: [...applications] };
}

function registryOf({ quota, held, lastAnswer, ...rest }: RegistryRow): StatusRegistry {
  return {
    ...rest,
    ...(quota === undefined ? {} : { quota: quotaOf(quota) }),
    ...(held === undefined ? {} : { held: heldOf(held) }),
    ...(lastAnswer === undefined
      ? {}
      : { lastAnswer: { at: iso(lastAnswer.atMs), status: lastAnswer.status } }),
  };
}

function quotaOf({ resetAtMs, ...rest }: NonNullable<RegistryRow['quota']>): StatusRegistry['quota'] {
  return { ...rest, ...(resetAtMs === undefined ? {} : { resetAt: iso(resetAtMs) }) };
}

function heldOf({ sinceMs, untilMs, ...rest }: NonNullable<RegistryRow['held']>): StatusRegistry['held'] {
  return { ...rest, since: iso(sinceMs), ...(untilMs === undefined ? {} : { until: iso(untilMs) }) };
}

function repositoryOf({ repository, lastFetch, lastPush }: RepositoryRow, waiting: number): StatusRepository {
  return {
    repository,
    ...(lastFetch === undefined ? {} : { lastFetch: { at: iso(lastFetch.atMs), ok: lastFetch.ok } }),
    ...(lastPush === undefined ? {} : { lastPush: { at: iso(lastPush.atMs), ok: lastPush.ok } }),
    waiting,
  };
}

function applicationOf({ sinceMs, images, ...rest }: ApplicationRow): StatusApplication {
  return { ...rest, since: iso(sinceMs), images: images.map(imageOf) };
}

function imageOf({ sinceMs, lastChange, ...rest }: ImageRow): StatusImage {
  return {
    ...rest,
    since: iso(sinceMs),
    ...(lastChange === undefined ? {} : { lastChange: changeOf(lastChange) }),
  };
}

function changeOf({ atMs, ...rest }: Change): NonNullable<StatusImage['lastChange']> {
  return { at: iso(atMs), ...rest };
}

/** The last moment that a date can hold: a server may ask for a pause without end. */
const endOfTimeMs = 8.64e15;

function iso(ms: number): string {
  return new Date(Math.min(ms, endOfTimeMs)).toISOString();
}
