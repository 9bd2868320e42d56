/** The election of one of several replicas, and what the log says of it. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { fencedCluster, fencedGit } from '../../app/leader/fence.ts';
import { Election, type ElectionEvent } from '../../app/leader/election.ts';
import type { World } from '../../app/world.ts';
import type { Lease } from '../../ports/lease.ts';
import type { Log } from '../log/log.ts';
import { userAgent } from '../process/build-info.ts';
import { systemClock } from '../process/clock.ts';
import { observerOf, type WorldOptions } from './world.ts';

export interface Electing {
  readonly election: Election;
  /** What may be done only by the one that leads is refused to the others. */
  readonly fenced: (world: World) => World;
}

/** Undefined where there is one replica. Throws `Failed` (config) where no Lease can be had. */
export async function makeElection(options: WorldOptions): Promise<Electing | undefined> {
  const { settings, io, log } = options;
  if (settings.election === undefined) return undefined;
  const { makeKubeLease } = await import('../../kube/updaters/lease.ts');
  const { kubeconfigPath } = settings;
  const observe = observerOf(options);
  const lease = makeKubeLease({
    ...settings.election,
    source: {
      environment: io.environment,
      ...(kubeconfigPath === undefined ? {} : { path: kubeconfigPath }),
    },
    clock: systemClock,
    userAgent,
    onRequest: (event) => observe({ kind: 'kubernetes-request', ...event }),
  });
  const identity = `${hostname()}_${randomUUID()}`;
  const tell = tellElection(log, lease, identity, () => systemClock.monotonicMs());
  const election = new Election({ lease, identity, clock: systemClock, tell });
  const leads = () => election.leads();
  return {
    election,
    fenced: (world) => ({
      ...world,
      git: fencedGit(world.git, leads),
      cluster: fencedCluster(world.cluster, leads),
    }),
  };
}

/** How often it is said again that the Lease cannot be had. */
const repeatMs = 3_600_000;

function tellElection(
  log: Log,
  { name: lease }: Lease,
  identity: string,
  nowMs: () => number,
): (event: ElectionEvent) => void {
  let failedAtMs = Number.NEGATIVE_INFINITY;
  return (event) => {
    switch (event.kind) {
      case 'leads':
        failedAtMs = Number.NEGATIVE_INFINITY;
        return log.info('This replica leads', { lease, identity });
      case 'follows':
        return log.info('This replica stands by', { lease, identity, leader: event.holder });
      case 'lost':
        return log.warning('The Lease could not be renewed in time, running work is given up', {
          lease,
          identity,
        });
      case 'failed': {
        const { failure } = event;
        const isNews = nowMs() - failedAtMs >= repeatMs;
        if (isNews) failedAtMs = nowMs();
        const advice = 'advice' in failure ? failure.advice : undefined;
        return log.at(isNews ? 'warning' : 'debug', `The Lease cannot be used: ${failure.message}`, {
          lease,
          advice,
        });
      }
    }
  };
}
