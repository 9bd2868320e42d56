/** The cluster that a command about holds changes, and who asks for the change. */
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import { Zones } from '../../core/policy/words/zone.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { HoldsMap } from '../../ports/holds.ts';
import type { FlagValues } from '../flags/flag.ts';
import { userAgent } from '../process/build-info.ts';
import { systemClock } from '../process/clock.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { tellFailure } from '../print/tell-failure.ts';
import type { unfreezeFlags } from './hold-flags.ts';

type DeskValues = FlagValues<typeof unfreezeFlags>;

export interface Desk {
  readonly cluster: Cluster;
  readonly holds: HoldsMap;
  readonly namespace: string;
  readonly isDry: boolean;
  readonly by?: string;
  readonly zones: Zones;
  readonly nowMs: number;
  readonly signal: AbortSignal;
  readonly io: ProgramIo;
}

/** Does something at it, until a signal comes. What fails is told, with exit code 1. */
export async function atDesk(
  values: DeskValues,
  io: ProgramIo,
  work: (desk: Desk) => Promise<Outcome<number>>,
): Promise<Outcome<number>> {
  const abort = new AbortController();
  const release = io.onStop((signal) => abort.abort(new Error(`${signal} received`)));
  const done = await settle(async () => work(await openDesk(values, io, abort.signal)));
  release();
  const outcome = done.ok ? done.value : done;
  return outcome.ok ? outcome : succeed(tellFailure(outcome.failure, io));
}

async function openDesk(values: DeskValues, io: ProgramIo, signal: AbortSignal): Promise<Desk> {
  const { makeKubeCluster } = await import('../../kube/cluster.ts');
  const { namespace, kubeconfig: kubeconfigPath, 'argocd-namespace': argocdNamespace } = values;
  const cluster = makeKubeCluster({
    environment: io.environment,
    clock: systemClock,
    userAgent,
    namePatterns: [],
    kubeEvents: false,
    kubeconfigPath,
    argocdNamespace: argocdNamespace === '' ? namespace : argocdNamespace,
  });
  return {
    cluster,
    holds: cluster.holdsIn(namespace),
    namespace,
    isDry: values['dry-run'],
    ...(values.by === '' ? {} : { by: values.by }),
    zones: new Zones(),
    nowMs: systemClock.now(),
    signal,
    io,
  };
}
