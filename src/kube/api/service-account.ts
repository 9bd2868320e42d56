/** What Kubernetes gives a pod to talk to its API server: address, token, CA and namespace. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster, User } from '@kubernetes/client-node';
import { tokenFileProvider } from './capturing-config.ts';
import { nonEmpty } from './filters.ts';

/** What the environment says, as `process.env` has it: KUBECONFIG, HOME, KUBERNETES_SERVICE_HOST, … */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface ServiceAccount {
  readonly cluster: Cluster;
  readonly user: User;
  /** POD_NAMESPACE, else that of the account. */
  readonly namespace?: string;
}

export const standardServiceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** undefined outside of a pod: as for client-go, both variables and the token file have to be there. */
export function readServiceAccount(environment: Environment, folder: string): ServiceAccount | undefined {
  const host = nonEmpty(environment['KUBERNETES_SERVICE_HOST']);
  const port = nonEmpty(environment['KUBERNETES_SERVICE_PORT']);
  const tokenFile = join(folder, 'token');
  if (host === undefined || port === undefined || !existsSync(tokenFile)) return undefined;
  const namespace = nonEmpty(environment['POD_NAMESPACE']) ?? accountNamespace(folder);
  return {
    cluster: {
      name: 'in-cluster',
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      caFile: join(folder, 'ca.crt'),
      skipTLSVerify: false,
    },
    user: { name: 'service-account', authProvider: tokenFileProvider(tokenFile) },
    ...(namespace === undefined ? {} : { namespace }),
  };
}

function accountNamespace(folder: string): string | undefined {
  const file = join(folder, 'namespace');
  return existsSync(file) ? nonEmpty(readFileSync(file, 'utf8').trim()) : undefined;
}
