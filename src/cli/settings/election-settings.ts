/** Which Lease elects one of several replicas. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';

export interface ElectionSettings {
  /** Absent: the own one. */
  readonly namespace?: string;
  /** Of the Lease. */
  readonly name: string;
}

interface ElectionValues {
  readonly 'leader-election': boolean;
  readonly 'leader-election-namespace': string;
  readonly 'leader-election-id': string;
}

/** RFC 1123 subdomain. */
const objectName = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** RFC 1123 label. */
const namespaceName = /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** undefined: none is held. `hasCluster`: there is an API server to keep the Lease. */
export function readElection(
  values: ElectionValues,
  hasCluster: boolean,
): Outcome<ElectionSettings | undefined> {
  if (!values['leader-election']) return succeed(undefined);
  const { 'leader-election-namespace': namespace, 'leader-election-id': name } = values;
  if (!hasCluster) {
    return refuse(
      '--leader-election keeps a Lease in a cluster, and none is used: leave out --applications and --disable-kubernetes',
    );
  }
  if (!objectName.test(name))
    return refuse(
      `--leader-election-id "${name}": expected the name of a Lease, such as updater.example.com`,
    );
  if (namespace !== '' && !namespaceName.test(namespace))
    return refuse(
      `--leader-election-namespace "${namespace}": expected the name of a namespace, such as argocd`,
    );
  return succeed(namespace === '' ? { name } : { name, namespace });
}

function refuse<T>(message: string): Outcome<T> {
  return fail(configFailure(message));
}
