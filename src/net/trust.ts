/** Whom TLS connections trust: the system's certificates, those of the environment, and the registry's own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { systemBundles } from './system-certificates.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The part of a registry entry that decides about TLS. */
export interface TlsPolicy {
  readonly insecure: boolean;
  readonly caFile?: string;
  readonly caData?: string;
}

const certificateBlock =
  /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED )?CERTIFICATE-----/;

/**
 * A context that trusts what the system trusts, NODE_EXTRA_CA_CERTS, and the entry's `ca_file` and `ca_data`.
 * SSL_CERT_FILE and SSL_CERT_DIR take the place of the system's own locations. Throws an Error that names the
 * file where a certificate that somebody asked for cannot be read.
 */
export function makeSecureContext(environment: Environment, policy: TlsPolicy): SecureContext {
  if (policy.insecure) return createSecureContext({});
  const ca = [...systemCertificates(environment)];
  const extra = environment['NODE_EXTRA_CA_CERTS'];
  if (extra) ca.push(readBundle(extra, 'NODE_EXTRA_CA_CERTS'));
  if (policy.caFile) ca.push(readBundle(policy.caFile, 'ca_file'));
  if (policy.caData) ca.push(requireCertificate(policy.caData, 'ca_data'));
  return createSecureContext({ ca });
}

function systemCertificates(environment: Environment): readonly string[] {
  const file = environment['SSL_CERT_FILE'];
  const folders = environment['SSL_CERT_DIR'];
  if (!file && !folders) return firstBundle() ?? rootCertificates;
  const named = file ? [readBundle(file, 'SSL_CERT_FILE')] : [];
  const listed = folders ? folders.split(':').flatMap(readFolder) : [];
  return [...named, ...listed];
}

function firstBundle(): readonly string[] | undefined {
  for (const path of systemBundles) {
    try {
      return [readFileSync(path, 'utf8')];
    } catch {
      // another system: the next place
    }
  }
  return undefined;
}

function readFolder(folder: string): readonly string[] {
  if (folder === '') return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => readFileSync(join(folder, entry.name), 'utf8'))
    .filter((text) => certificateBlock.test(text));
}

function readBundle(path: string, name: string): string {
  try {
    return requireCertificate(readFileSync(path, 'utf8'), `${name} ${path}`);
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw new Error(`${name} ${path} cannot be read: ${String(error.code)}`);
    throw error;
  }
}

function requireCertificate(text: string, name: string): string {
  if (!certificateBlock.test(text)) throw new Error(`${name} holds no PEM certificate`);
  return text;
}
