/** client-node's configuration of one cluster and one user, opened up so that connections can be kept. */
import { type Cluster, type DispatcherOptions, KubeConfig, type User } from '@kubernetes/client-node';
import { hostOf, isLoopback } from '../../net/addresses.ts';

/** A KubeConfig that remembers which connection options its last request was prepared with. */
export class CapturingKubeConfig extends KubeConfig {
  captured: DispatcherOptions | null = null;

  /** Always asks for an agent of its own: the default one would be shared, and follows other rules. */
  override createDispatcherOptions(
    ...prepared: Parameters<KubeConfig['createDispatcherOptions']>
  ): DispatcherOptions {
    const options = super.createDispatcherOptions(...prepared);
    this.captured =
      options.type === 'none'
        ? { type: 'agent', connect: { keepAlive: true, keepAliveInitialDelay: 30_000 } }
        : options;
    return this.captured;
  }
}

export function capturingConfig(cluster: Cluster, user: User): CapturingKubeConfig {
  const config = new CapturingKubeConfig();
  if (!cluster.server.startsWith('http:')) {
    config.loadFromClusterAndUser(cluster, user);
    return config;
  }
  // credentials do not go over the network in clear (client-go sends none over plain http at all)
  const server = URL.parse(cluster.server);
  const sent = server !== null && isLoopback(hostOf(server)) ? user : { name: user.name };
  // client-node refuses plain http unless verification is off; there is nothing to verify on it
  config.loadFromClusterAndUser({ ...cluster, skipTLSVerify: true }, sent);
  return config;
}

/** For `User.authProvider`: the token is read from the file for each new session, never kept with the user. */
export function tokenFileProvider(tokenFile: string): object {
  return { name: 'tokenFile', config: { tokenFile } };
}
