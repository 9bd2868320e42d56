/** What a manifest is: an index, one image, or nothing that we can use; and its digest. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Digest } from '../../core/image/image.ts';
import { type Instant, parseInstant } from '../../core/version/instant.ts';
import { parseJson } from '../../core/base/json.ts';
import { platformText } from './platform.ts';

/** One child of an index; `platform` as in platform.ts. */
export interface IndexEntry {
  readonly platform: string;
  readonly digest: Digest;
}

export type Manifest =
  | { readonly kind: 'index'; readonly entries: readonly IndexEntry[] }
  | { readonly kind: 'image'; readonly config: Digest }
  /** Docker schema 1 holds what other images have in their config. */
  | { readonly kind: 'schema1'; readonly config: ImageConfig }
  | { readonly kind: 'unusable'; readonly reason: string };

export interface ImageConfig {
  readonly platform: string;
  /** null: absent, or no date. */
  readonly created: Instant | null;
  readonly labels: Readonly<Record<string, string>>;
}

/** All types that we can read, in one line: some proxies refuse several. */
export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
].join(', ');

/** Indexes inside indexes that are followed. */
export const maxIndexDepth = 3;

const text = z.string().catch('');
const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const digest = z.string().regex(digestPattern);
const platform = z.object({ os: text, architecture: text, variant: text }).partial();

const indexSchema = z.object({
  manifests: z.array(
    z.object({
      digest,
      platform: platform.nullish().catch(null),
      annotations: z.record(z.string(), z.unknown()).nullish().catch(null),
    }),
  ),
});
const imageSchema = z.object({ config: z.object({ digest }) });
const schema1 = z.object({
  schemaVersion: z.literal(1),
  history: z.array(z.object({ v1Compatibility: z.string() })).min(1),
});
const configSchema = platform.extend({
  created: text.optional(),
  config: z
    .object({ Labels: z.record(z.string(), text).nullish().catch(null) })
    .nullish()
    .catch(null),
});

/** True for a digest that can be checked: SHA-256 or SHA-512 in lower case. */
export function isDigest(value: string): boolean {
  return digestPattern.test(value);
}

/** SHA-256 over the bytes, or the algorithm of `like`. */
export function digestOf(body: Buffer, like = 'sha256:'): Digest {
  const algorithm = like.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(body).digest('hex')}`;
}

/**
 * The bytes that a manifest's digest covers: all of them, but for a signed schema 1 the document without its
 * signatures. Source: distribution, libtrust "JSON web signatures" (formatLength, formatTail).
 */
export function digestedBytes(body: Buffer): Buffer {
  const signed = z
    .object({ schemaVersion: z.literal(1), signatures: z.array(z.object({ protected: z.string() })).min(1) })
    .safeParse(parseJson(body.toString('utf8')));
  const header = signed.data?.signatures[0]?.protected;
  if (header === undefined) return body;
  const format = z
    .object({ formatLength: z.number().int().min(0), formatTail: z.string() })
    .safeParse(parseJson(Buffer.from(header, 'base64url').toString('utf8')));
  if (!format.success) return body;
  return Buffer.concat([
    body.subarray(0, format.data.formatLength),
    Buffer.from(format.data.formatTail, 'base64url'),
  ]);
}

/** Reads a manifest by its shape; one that is both an index and an image is neither (CVE-2021-41190). */
export function readManifest(body: Buffer): Manifest {
  const json = parseJson(body.toString('utf8'));
  const index = indexSchema.safeParse(json);
  const image = imageSchema.safeParse(json);
  if (index.success && image.success) return { kind: 'unusable', reason: 'ambiguous manifest' };
  if (index.success) return readIndex(index.data);
  if (image.success) return { kind: 'image', config: image.data.config.digest };
  const old = schema1.safeParse(json);
  const newest = old.data?.history[0]?.v1Compatibility;
  if (newest === undefined) return { kind: 'unusable', reason: 'not an image' };
  const { platform: withVariant, ...config } = readConfig(Buffer.from(newest));
  const [os, architecture] = withVariant.split('/');
  return { kind: 'schema1', config: { ...config, platform: platformText({ os, architecture }) } };
}

/** Reads a config blob. One that is no image's has the platform "/" and no date. */
export function readConfig(body: Buffer): ImageConfig {
  const config = configSchema.safeParse(parseJson(body.toString('utf8'))).data;
  return {
    platform: platformText(config ?? {}),
    created: parseInstant(config?.created ?? '') ?? null,
    labels: config?.config?.Labels ?? {},
  };
}

function readIndex({ manifests }: z.infer<typeof indexSchema>): Manifest {
  if (manifests.length === 0) return { kind: 'unusable', reason: 'empty index' };
  const images = manifests.filter(
    ({ annotations }) => annotations?.['vnd.docker.reference.type'] !== 'attestation-manifest',
  );
  const entries = images.map((entry) => ({
    platform: platformText(entry.platform ?? {}),
    digest: entry.digest,
  }));
  return { kind: 'index', entries: entries.filter((entry) => entry.platform !== 'unknown/unknown') };
}
