/** Content and its digest: what is believed of a digest is read from exactly the bytes that were hashed. */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { Digest } from '../../core/image/image.ts';
import { isRecord, parseJson } from '../../core/base/json.ts';

/** SHA-256 over the bytes, or the algorithm of `like`. */
export function digestOf(bytes: Buffer, like = 'sha256:'): Digest {
  const algorithm = like.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

export type Identified =
  /** `digest` is the SHA-256 of `bytes`, or the digest that was stated; only `bytes` may be read. */
  | { readonly kind: 'known'; readonly digest: Digest; readonly bytes: Buffer }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * The bytes of a manifest that its digest covers: all of them, but for a signed schema 1 the payload that the
 * signature names, which its sender chooses at will. Source: distribution, libtrust "JSON web signatures".
 */
export function identify(body: Buffer, stated?: Digest): Identified {
  const payload = signedPayload(body);
  if (payload !== undefined && !isDocumentOf(payload, body)) {
    return { kind: 'refused', reason: 'its signed payload is another document' };
  }
  const forms = payload === undefined ? [body] : [payload, body];
  const bytes = forms.find((form) => stated === undefined || digestOf(form, stated) === stated);
  if (bytes === undefined) return { kind: 'refused', reason: 'the content does not match its digest' };
  return {
    kind: 'known',
    bytes,
    digest: stated?.startsWith('sha256:') === true ? stated : digestOf(bytes),
  };
}

const signedSchema = z.object({
  schemaVersion: z.literal(1),
  signatures: z.array(z.object({ protected: z.string() })).min(1),
});
const formatSchema = z.object({ formatLength: z.number().int().min(0), formatTail: z.string() });

/** undefined: the body is no signed schema 1. */
function signedPayload(body: Buffer): Buffer | undefined {
  if (!body.includes('"signatures"')) return undefined;
  const header = signedSchema.safeParse(parseJson(body.toString('utf8'))).data?.signatures[0]?.protected;
  if (header === undefined) return undefined;
  const format = formatSchema.safeParse(parseJson(Buffer.from(header, 'base64url').toString('utf8'))).data;
  if (format === undefined) return undefined;
  return Buffer.concat([body.subarray(0, format.formatLength), Buffer.from(format.formatTail, 'base64url')]);
}

function isDocumentOf(payload: Buffer, body: Buffer): boolean {
  const signed = parseJson(body.toString('utf8'));
  if (!isRecord(signed)) return false;
  const { signatures: _signatures, ...document } = signed;
  return isDeepStrictEqual(parseJson(payload.toString('utf8')), document);
}
