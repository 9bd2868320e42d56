/** Certificate and key of the ports that speak TLS, as a mounted Secret of the type kubernetes.io/tls has them. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { configFailure, fail, type Outcome, succeed } from '../../../core/base/outcome.ts';
import type { Loaded } from './settings-files.ts';
import { readTextFile } from './text-file.ts';

export interface TlsPair {
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
}

export function tlsFiles(folder: string): { readonly cert: string; readonly key: string } {
  return { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
}

/** False where neither file is there. */
async function hasTlsPair(folder: string): Promise<Outcome<boolean>> {
  const { cert, key } = tlsFiles(folder);
  const [certText, keyText] = [await readTextFile(cert), await readTextFile(key)];
  if (!certText.ok) return certText;
  return keyText.ok ? succeed(isThere(certText.value) || isThere(keyText.value)) : keyText;
}

function isThere(text: string | null): boolean {
  return text !== null && text.trim() !== '';
}

/**
 * undefined: neither file is there, and none was `before`. A pair that goes away is a failure, since nobody who was
 * answered by TLS may be answered without it.
 */
export async function loadPossiblePair(
  folder: string,
  nowMs: number,
  before: TlsPair | undefined,
): Promise<Outcome<Loaded<TlsPair | undefined>>> {
  const isThere = await hasTlsPair(folder);
  if (!isThere.ok) return isThere;
  if (!isThere.value && before === undefined) return succeed({ value: undefined, warnings: [] });
  return await loadTlsPair(folder, nowMs);
}

/** Fails where they are not both there, readable, and of one another. Nothing of the key is told. */
async function loadTlsPair(folder: string, nowMs: number): Promise<Outcome<Loaded<TlsPair>>> {
  const files = tlsFiles(folder);
  const [cert, key] = [await readTextFile(files.cert), await readTextFile(files.key)];
  if (!cert.ok) return cert;
  if (!key.ok) return key;
  if (cert.value === null || !isThere(cert.value)) return refuse(`${files.cert}: there is no certificate`);
  if (key.value === null || !isThere(key.value)) return refuse(`${files.key}: there is no key`);
  const pair = { cert: cert.value, key: key.value };
  const certificate = certificateOf(pair.cert);
  if (certificate === undefined) return refuse(`${files.cert}: it is no certificate in PEM`);
  if (!isKey(pair.key)) return refuse(`${files.key}: it is no private key in PEM without a passphrase`);
  if (!isPair(pair, certificate)) return refuse(`${files.key}: it is not the key of ${files.cert}`);
  return succeed({ value: pair, warnings: validity(certificate, files.cert, nowMs) });
}

function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function isKey(pem: string): boolean {
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    return false;
  }
}

function isPair({ cert, key }: TlsPair, certificate: X509Certificate): boolean {
  try {
    createSecureContext({ cert, key });
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** Clients refuse it; the one before would be refused too, and other clients may not look. */
function validity({ validTo, validFrom }: X509Certificate, path: string, nowMs: number): readonly string[] {
  if (Date.parse(validTo) < nowMs) return [`${path}: the certificate has expired on ${validTo}`];
  if (Date.parse(validFrom) > nowMs) return [`${path}: the certificate is not valid before ${validFrom}`];
  return [];
}

function refuse<T>(message: string): Outcome<T> {
  return fail(configFailure(message));
}
