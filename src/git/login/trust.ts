/** Whom we believe to be the server: certificate authorities and SSH host keys, from Argo CD's own settings. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretReader } from '../../ports/cluster.ts';
import { textUnder } from '../../core/base/json.ts';
import { environmentTrusts, trustedCertificates } from '../../net/trust.ts';
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
 * PEM bundle to check a host's certificate with; undefined: the system's own, nothing was added. Argo CD's certificates
 * of that host join what the environment trusts. Throws `UnreadableCertificates`.
 */
export async function authoritiesFor(hostname: string, sources: TrustSources): Promise<string | undefined> {
  const { environment } = sources;
  const ofHost = await argocdAuthorities(hostname, sources);
  const isPlain = environmentTrusts.every((name) => !environment[name]);
  if (isPlain && ofHost === undefined) return undefined;
  return [...trustedCertificates(environment), ...(ofHost === undefined ? [] : [ofHost])].join('\n');
}

/** Argo CD's own certificates of a host: from its files, else its ConfigMap. */
export async function argocdAuthorities(
  hostname: string,
  sources: TrustSources,
): Promise<string | undefined> {
  const folder = sources.environment['ARGOCD_TLS_DATA_PATH'] || defaultTlsFolder;
  return (
    (await readIfThere(join(folder, hostname))) ??
    (await configMapText(sources, 'argocd-tls-certs-cm', hostname))
  );
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
  return textUnder((await sources.secrets.configMap(sources.argocdNamespace, name))?.values ?? {}, key);
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
