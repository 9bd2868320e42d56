/** Whom we believe to be the server: certificate authorities and SSH host keys, from Argo CD's own settings. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretReader } from '../../ports/cluster.ts';
import { systemBundles } from '../../net/system-certificates.ts';
import type { OuterEnvironment } from '../process/environment.ts';

export interface TrustSources {
  readonly secrets: SecretReader;
  readonly argocdNamespace: string;
  readonly environment: OuterEnvironment;
}

/** Where Argo CD's images mount these ConfigMaps; used where the variable is not set, or empty. */
const defaultTlsFolder = '/app/config/tls';
const defaultSshFolder = '/app/config/ssh';

/**
 * PEM bundle to check a host's certificate with; undefined: the system's own, nothing was added.
 * Argo CD's certificates of that host join the system's, as do SSL_CERT_FILE (instead of it) and NODE_EXTRA_CA_CERTS.
 */
export async function authoritiesFor(hostname: string, sources: TrustSources): Promise<string | undefined> {
  const { environment } = sources;
  const folder = environment['ARGOCD_TLS_DATA_PATH'] || defaultTlsFolder;
  const ofHost =
    (await readIfThere(join(folder, hostname))) ??
    (await configMapText(sources, 'argocd-tls-certs-cm', hostname));
  const added = [ofHost, await readIfThere(environment['NODE_EXTRA_CA_CERTS'] ?? '')];
  const own = await readIfThere(environment['SSL_CERT_FILE'] ?? '');
  if (own === undefined && added.every((text) => text === undefined)) return undefined;
  return [own ?? (await systemBundle()), ...added].filter((text) => text !== undefined).join('\n');
}

/** Lines for a known_hosts file; "" if no host is known. */
export async function knownHosts(sources: TrustSources): Promise<string> {
  const folder = sources.environment['ARGOCD_SSH_DATA_PATH'] || defaultSshFolder;
  const texts = [
    await readIfThere(join(folder, 'ssh_known_hosts')),
    await configMapText(sources, 'argocd-ssh-known-hosts-cm', 'ssh_known_hosts'),
  ];
  return texts
    .filter((text) => text !== undefined)
    .map((text) => `${text}\n`)
    .join('');
}

async function configMapText(sources: TrustSources, name: string, key: string): Promise<string | undefined> {
  return (await sources.secrets.configMap(sources.argocdNamespace, name))?.values[key];
}

async function systemBundle(): Promise<string | undefined> {
  for (const path of systemBundles) {
    const text = await readIfThere(path);
    if (text !== undefined) return text;
  }
  return undefined;
}

const notAFile: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']); // a host may be called ".."

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return path === '' ? undefined : await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && notAFile.has(error.code)) return undefined;
    throw error;
  }
}
