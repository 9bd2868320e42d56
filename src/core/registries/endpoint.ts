/** How one registry is reached. */
import type { SecretSource } from '../config/keys/secret-source.ts';

export interface RegistryEndpoint {
  readonly name: string;
  /** `host[:port][/path]`; "" only for an entry without prefix. */
  readonly prefix: string;
  /** Origin and optional base path without trailing slash: `https://registry-1.docker.io`. */
  readonly apiUrl: string;
  readonly credentials?: SecretSource;
  /** How long fetched endpoint credentials are good; absent: until refused. */
  readonly credentialsExpireMs?: number;
  readonly tagSort: 'unsorted' | 'latest-first' | 'latest-last';
  /** Put before one-component names, such as `library`. "" if none. */
  readonly defaultNamespace: string;
  /** TLS certificates are not verified. */
  readonly insecure: boolean;
  /** Requests per second; absent: unlimited. */
  readonly limitPerSecond?: number;
  readonly isDefault: boolean;
  /** PEM path and inline PEM, added to the system roots. */
  readonly caFile?: string;
  readonly caData?: string;
  /** Made up from a host name that no entry names. */
  readonly inferred: boolean;
}
