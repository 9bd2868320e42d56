/**
 * ID tokens of Google's service accounts, as Pub/Sub sends them. Sources: RFC 7519; RFC 8725 3.1 (one algorithm, and it is ours
 * to choose); cloud.google.com, "Authenticate Pub/Sub push requests".
 */
import { constants, type KeyObject, verify } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../../core/base/json.ts';

/** What a token has to say. */
export interface Expected {
  /** Any of these. */
  readonly issuers: readonly string[];
  readonly audience: string;
  /** In lower case; any of these. */
  readonly emails: readonly string[];
}

/** `unknown`: it may be right, but the keys to find it out cannot be had now. */
export type TokenVerdict =
  | { readonly kind: 'proven' }
  | { readonly kind: 'wrong' | 'unknown'; readonly reason: string };

/** The key of that name; undefined: there is none. A text says why nobody knows. */
export type KeyOf = (id: string) => Promise<KeyObject | undefined | string>;

/** Between clocks. */
const skewSeconds = 60;

const headerSchema = z.object({
  alg: z.literal('RS256'),
  kid: z.string().min(1).max(200),
  crit: z.undefined().optional(),
});
const claimsSchema = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
  iat: z.number().optional(),
  nbf: z.number().optional(),
  email: z.string(),
  email_verified: z.literal(true),
});

/** The reason of a verdict quotes nothing of the token. */
export async function checkIdToken(
  token: string,
  expected: Expected,
  keyOf: KeyOf,
  nowMs: number,
): Promise<TokenVerdict> {
  const [head = '', payload = '', signature = '', ...rest] = token.split('.');
  if (signature === '' || rest.length > 0) return wrong('it is no signed token');
  const header = headerSchema.safeParse(partOf(head));
  if (!header.success) return wrong('it is not signed with RS256 by a named key');
  const key = await keyOf(header.data.kid);
  if (typeof key === 'string') return { kind: 'unknown', reason: key };
  if (key === undefined) return wrong('no key of the issuer has signed it');
  if (!isSigned(`${head}.${payload}`, signature, key)) return wrong('its signature is wrong');
  const claims = claimsSchema.safeParse(partOf(payload));
  if (!claims.success) return wrong('it lacks issuer, audience, end or a verified e-mail address');
  const mistake = mistakeIn(claims.data, expected, nowMs / 1000);
  return mistake === undefined ? { kind: 'proven' } : wrong(mistake);
}

function wrong(reason: string): TokenVerdict {
  return { kind: 'wrong', reason };
}

function partOf(text: string): unknown {
  return /^[\w-]+$/.test(text) ? parseJson(Buffer.from(text, 'base64url').toString('utf8')) : undefined;
}

function isSigned(content: string, signature: string, key: KeyObject): boolean {
  if (key.asymmetricKeyType !== 'rsa' || !/^[\w-]+$/.test(signature)) return false;
  const padding = constants.RSA_PKCS1_PADDING;
  return verify('sha256', Buffer.from(content), { key, padding }, Buffer.from(signature, 'base64url'));
}

function mistakeIn(
  { iss, aud, exp, iat, nbf, email }: z.infer<typeof claimsSchema>,
  { issuers, audience, emails }: Expected,
  now: number,
): string | undefined {
  if (!issuers.includes(iss)) return 'it is of another issuer';
  if (![aud].flat().includes(audience)) return 'it is for another audience';
  if (!emails.includes(email.toLowerCase())) return 'it is of another account';
  if (!(now < exp + skewSeconds)) return 'it has expired';
  if (!(Math.max(iat ?? now, nbf ?? now) <= now + skewSeconds)) return 'it is not valid yet';
  return undefined;
}
