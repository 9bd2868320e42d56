/** Whom TLS connections trust: the system's certificates, those of the environment, and those of one connection. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { systemBundles } from './system-certificates.ts';

/** Variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a connection's settings say about TLS, beside the environment. */
export interface TlsPolicy {
  /** The certificate is not verified. */
  readonly insecure: boolean;
  readonly caFile?: string;
  /** PEM text. */
  readonly caData?: string;
  /** More PEM text, and where it is from. */
  readonly added?: { readonly pem: string; readonly from: string };
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
}

/** How the other end of TLS is judged, and what it is shown; the certificates of both sides are in the context. */
export interface TlsSettings {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
}

/** Certificates that somebody asked for are not there; the message names the place. */
export class UnreadableCertificates extends Error {}

/** Variables that change whom the environment trusts. */
export const environmentTrusts = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS'] as const;

const certificateBlock =
  /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED )?CERTIFICATE-----/;

/**
 * Trusts what the environment says and the policy adds. Throws an Error that names the file where a certificate that
 * somebody asked for cannot be read.
 */
export function makeTlsSettings(environment: Environment, policy: TlsPolicy): TlsSettings {
  const { insecure, clientCertificate } = policy;
  const shown =
    clientCertificate === undefined
      ? {}
      : { cert: clientCertificate.certificate, key: clientCertificate.key };
  const ca = insecure ? {} : { ca: [...trustedCertificates(environment), ...addedCertificates(policy)] };
  return { secureContext: createSecureContext({ ...ca, ...shown }), rejectUnauthorized: !insecure };
}

function addedCertificates({ caFile, caData, added }: TlsPolicy): readonly string[] {
  return [
    ...(caFile ? [readBundle(caFile, 'ca_file')] : []),
    ...(caData ? [requireCertificate(caData, 'ca_data')] : []),
    ...(added === undefined ? [] : [requireCertificate(added.pem, added.from)]),
  ];
}

/**
 * PEM texts of all that the environment trusts: the system's certificates and NODE_EXTRA_CA_CERTS. SSL_CERT_FILE and
 * SSL_CERT_DIR take the place of the system's own locations. Throws `UnreadableCertificates`.
 */
export function trustedCertificates(environment: Environment): readonly string[] {
  const extra = environment['NODE_EXTRA_CA_CERTS'];
  return [...systemCertificates(environment), ...(extra ? [readBundle(extra, 'NODE_EXTRA_CA_CERTS')] : [])];
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
  return reading(`SSL_CERT_DIR ${folder}`, () =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => readFileSync(join(folder, entry.name), 'utf8'))
      .filter((text) => certificateBlock.test(text)),
  );
}

function readBundle(path: string, name: string): string {
  return reading(`${name} ${path}`, () => requireCertificate(readFileSync(path, 'utf8'), `${name} ${path}`));
}

/** What cannot be read is told by its name. */
function reading<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw new UnreadableCertificates(`${name} cannot be read: ${String(error.code)}`);
    throw error;
  }
}

function requireCertificate(text: string, name: string): string {
  if (!certificateBlock.test(text)) throw new UnreadableCertificates(`${name} holds no PEM certificate`);
  return text;
}
