/** How senders prove that they know a secret: in the URL, in a header, or by signing what they send. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Delivery } from './delivery.ts';

export type Verdict = 'proven' | 'missing' | 'wrong';

/** Of several secrets any will do, so that one can be replaced without a gap. */
export type Proof = (delivery: Delivery, secrets: readonly string[]) => Verdict;

/** `?secret=…`, for senders that can set nothing else. */
export const secretInUrl: Proof = ({ query }, secrets) => verdict(query('secret'), secrets);

/** The text of a header, verbatim. */
export function secretInHeader(name: string): Proof {
  return ({ header }, secrets) => verdict(header(name), secrets);
}

/** HMAC-SHA256 of the body in hexadecimal digits, in the first of these headers that is sent. */
export function signedBody(names: readonly string[], prefix = ''): Proof {
  return ({ header, body }, secrets) => {
    const sent = names.map(header).find((text) => text !== undefined);
    if (sent === undefined) return 'missing';
    const expected = secrets.map((secret) => prefix + signatureOf(body, secret));
    return verdict(sent.toLowerCase(), expected);
  };
}

/** The best of several proofs. */
export function anyProof(...proofs: readonly Proof[]): Proof {
  return (delivery, secrets) => {
    const verdicts = proofs.map((proof) => proof(delivery, secrets));
    if (verdicts.includes('proven')) return 'proven';
    return verdicts.includes('wrong') ? 'wrong' : 'missing';
  };
}

function signatureOf(body: Buffer, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

function verdict(sent: string | undefined, expected: readonly string[]): Verdict {
  if (sent === undefined || sent === '') return 'missing';
  // All are compared, whichever fits: the time tells nothing.
  const fits = expected.map((text) => isSameSecret(sent, text));
  return fits.includes(true) ? 'proven' : 'wrong';
}

/** In constant time, whatever the lengths. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(hash(one), hash(other));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
