/** An issuer of ID tokens, its keys, and tokens that only look like its own. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface Issuer {
  readonly id: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  /** Its entry in a document of RFC 7517. */
  readonly entry: object;
}

export function makeIssuer(id: string): Issuer {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const entry = { ...publicKey.export({ format: 'jwk' }), kid: id, use: 'sig', alg: 'RS256' };
  return { id, publicKey, privateKey, entry };
}

export function encoded(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

export function signedToken(
  { id, privateKey }: Pick<Issuer, 'id' | 'privateKey'>,
  claims: unknown,
  header: Readonly<Record<string, unknown>> = {},
): string {
  const content = `${encoded({ alg: 'RS256', typ: 'JWT', kid: id, ...header })}.${encoded(claims)}`;
  return `${content}.${sign('sha256', Buffer.from(content), privateKey).toString('base64url')}`;
}

/** Signed with the text of the public key as if that were a shared secret. */
export function confusedToken({ id, publicKey }: Issuer, claims: unknown): string {
  const content = `${encoded({ alg: 'HS256', kid: id })}.${encoded(claims)}`;
  const secret = publicKey.export({ format: 'pem', type: 'spki' });
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}
