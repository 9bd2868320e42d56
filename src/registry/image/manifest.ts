/** What a manifest is: an index, one image, or nothing that we can use; and its digest. */
import * as z from 'zod';
import type { Digest } from '../../core/image/image.ts';
import { type Instant, parseInstant } from '../../core/version/instant.ts';
import { isRecord, parseJson } from '../../core/base/json.ts';
import { optionalProperty } from '../../core/base/optional-property.ts';
import { artifactOf, indexArtifactOf } from './artifact.ts';
import { isDigest } from '../../core/image/tag-and-digest.ts';
import { platformText } from './platform.ts';

/** One child of an index; `platform` as in platform.ts. */
export interface IndexEntry {
  readonly platform: string;
  readonly digest: Digest;
}

export type Manifest =
  | { readonly kind: 'index'; readonly entries: readonly IndexEntry[]; readonly noted?: Instant }
  | { readonly kind: 'image'; readonly config: Digest; readonly noted?: Instant }
  /** Docker schema 1 holds what other images have in their config. */
  | { readonly kind: 'schema1'; readonly config: ImageConfig }
  | { readonly kind: 'unusable'; readonly reason: string };

export interface ImageConfig {
  readonly platform: string;
  /** null: absent, or no date. */
  readonly created: Instant | null;
  /** What the label `org.opencontainers.image.created` says. */
  readonly noted?: Instant;
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

/** Children of an index that are read. One with more is no image that people build, and costs memory. */
const maxIndexEntries = 1_000;

/** The annotation, or the label, that says when an image was made (OCI image-spec, annotations.md). */
const createdKey = 'org.opencontainers.image.created';

const text = z.string().catch('');
const platform = z.object({ os: text, architecture: text, variant: text }).partial();
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

/** Reads a manifest by its shape; one that is both an index and an image is neither (CVE-2021-41190). */
export function readManifest(bytes: Buffer): Manifest {
  const json = parseJson(bytes.toString('utf8'));
  if (!isRecord(json)) return unusable('not an image');
  const index = isIndex(json);
  const config = configDigest(json);
  if (index && config !== undefined) return unusable('ambiguous manifest');
  if (index) return readIndex(json);
  if (config !== undefined || json['artifactType'] !== undefined) return readSingle(json, config);
  return readSchema1(json);
}

/**
 * True for what is a manifest beyond doubt, be it an image or not. `mediaType`: what the answer calls it. Source:
 * image-spec, "schemaVersion" and "mediaType".
 */
export function isManifest(bytes: Buffer, mediaType: string): boolean {
  const json = parseJson(bytes.toString('utf8'));
  if (!isRecord(json)) return false;
  return json['schemaVersion'] === 2 || /^application\/vnd\.[\w.]*\.(?:manifest|index)\./.test(mediaType);
}

function readSingle(json: Readonly<Record<string, unknown>>, config: Digest | undefined): Manifest {
  const artifact = artifactOf(json);
  if (artifact !== undefined) return unusable(`no image but ${artifact}`);
  if (config === undefined) return unusable('not an image');
  return { kind: 'image', config, ...optionalProperty('noted', notedIn(json['annotations'])) };
}

function readSchema1(json: unknown): Manifest {
  const newest = schema1.safeParse(json).data?.history[0]?.v1Compatibility;
  if (newest === undefined) return unusable('not an image');
  const { platform: withVariant, ...config } = readConfig(Buffer.from(newest));
  const [os, architecture] = withVariant.split('/');
  return { kind: 'schema1', config: { ...config, platform: platformText({ os, architecture }) } };
}

function unusable(reason: string): Manifest {
  return { kind: 'unusable', reason };
}

/** The build date that somebody noted, among annotations or labels. */
function notedIn(values: unknown): Instant | undefined {
  const noted = isRecord(values) ? values[createdKey] : undefined;
  return typeof noted === 'string' ? parseInstant(noted) : undefined;
}

/** Reads a config blob. One that is no image's has the platform "/" and no date. */
export function readConfig(bytes: Buffer): ImageConfig {
  const config = configSchema.safeParse(parseJson(bytes.toString('utf8'))).data;
  const labels = config?.config?.Labels ?? {};
  return {
    platform: platformText(config ?? {}),
    created: parseInstant(config?.created ?? '') ?? null,
    ...optionalProperty('noted', notedIn(labels)),
    labels,
  };
}

function configDigest(json: Readonly<Record<string, unknown>>): Digest | undefined {
  return isRecord(json['config']) ? digestIn(json['config']) : undefined;
}

function digestIn(descriptor: Readonly<Record<string, unknown>>): Digest | undefined {
  const { digest } = descriptor;
  return typeof digest === 'string' && isDigest(digest) ? digest : undefined;
}

interface Child extends IndexEntry {
  readonly isAttestation: boolean;
}

/** By hand: a schema looks at 25,000 children for a hundred times as long. */
function isIndex(json: Readonly<Record<string, unknown>>): boolean {
  const { manifests } = json;
  return (
    Array.isArray(manifests) &&
    manifests.slice(0, maxIndexEntries).every((child) => isRecord(child) && digestIn(child) !== undefined)
  );
}

function readIndex(json: Readonly<Record<string, unknown>>): Manifest {
  const artifact = indexArtifactOf(json);
  if (artifact !== undefined) return unusable(`no image but ${artifact}`);
  const manifests = json['manifests'] as readonly Readonly<Record<string, unknown>>[];
  if (manifests.length === 0) return unusable('empty index');
  if (manifests.length > maxIndexEntries) {
    return unusable(`an index of ${manifests.length} images, where at most ${maxIndexEntries} are read`);
  }
  const entries = manifests
    .map(readChild)
    .filter((child) => !child.isAttestation && child.platform !== 'unknown/unknown')
    .map(({ platform: offered, digest }) => ({ platform: offered, digest }));
  return { kind: 'index', entries, ...optionalProperty('noted', notedIn(json['annotations'])) };
}

function readChild(child: Readonly<Record<string, unknown>>): Child {
  const annotations = isRecord(child['annotations']) ? child['annotations'] : {};
  return {
    platform: platformText(platform.safeParse(child['platform']).data ?? {}),
    digest: digestIn(child) ?? '',
    isAttestation: annotations['vnd.docker.reference.type'] === 'attestation-manifest',
  };
}
