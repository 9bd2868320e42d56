/** What the environment says about a cluster where its own settings say nothing, as for client-go. */
import type { Cluster } from '@kubernetes/client-node';
import { configFailure, Failed } from '../../core/base/outcome.ts';
import { readProxies } from '../../net/proxy.ts';
import { trustedCertificates, UnreadableCertificates } from '../../net/trust.ts';
import { nonEmpty } from './filters.ts';
import type { Environment } from './service-account.ts';

/**
 * `proxy-url` before HTTPS_PROXY and NO_PROXY; the cluster's CA before the system's certificates and SSL_CERT_FILE,
 * SSL_CERT_DIR. Throws `Failed` (config) where one of these cannot be read.
 */
export function withEnvironment(cluster: Cluster, environment: Environment): Cluster {
  const proxyUrl = nonEmpty(cluster.proxyUrl) ?? nonEmpty(readProxies(environment)?.(cluster.server));
  return {
    ...cluster,
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    ...(needsTrust(cluster) ? { caData: trusted(environment) } : {}),
  };
}

function needsTrust({ server, skipTLSVerify, caFile, caData }: Cluster): boolean {
  return server.startsWith('https:') && !skipTLSVerify && !caFile && !caData;
}

/** As kubeconfigs have it: base64 of PEM texts. */
function trusted(environment: Environment): string {
  try {
    return Buffer.from(trustedCertificates(environment).join('\n')).toString('base64');
  } catch (error) {
    if (!(error instanceof UnreadableCertificates)) throw error;
    throw new Failed(configFailure(`certificates for the Kubernetes API: ${error.message}`), error);
  }
}
