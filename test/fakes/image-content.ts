/** Images as registries keep them: manifests, indexes and configs made from a short description. */
import { createHash } from 'node:crypto';

export interface ManifestContent {
  readonly mediaType: string;
  readonly body: string;
}

/** Content of one repository; every body has the SHA-256 that its key says. */
export interface RepositoryContent {
  readonly tags: Readonly<Record<string, string>>;
  readonly manifests: Readonly<Record<string, ManifestContent>>;
  readonly blobs: Readonly<Record<string, string>>;
}

export interface ImageDescription {
  /** RFC 3339; absent: the config holds no date. */
  readonly created?: string;
  /** `os/architecture[/variant]`; absent: linux/amd64. */
  readonly platform?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Tells apart what would else be the same image. */
  readonly comment?: string;
}

/** One image, or an index of several. */
export type TaggedDescription = ImageDescription | { readonly index: readonly ImageDescription[] };

export const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
export const ociIndex = 'application/vnd.oci.image.index.v1+json';

const emptyLayer = 'layer';

export function sha256(body: string): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

/** Manifests and blobs of an image; `digest` is that of the top-level manifest. */
export function makeImage(description: TaggedDescription): RepositoryContent & { readonly digest: string } {
  if (!('index' in description)) return makeSingle(description);
  const children = description.index.map((child) => ({ child, content: makeSingle(child) }));
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType: ociIndex,
    manifests: children.map(({ child, content }) => ({
      mediaType: ociManifest,
      digest: content.digest,
      size: content.manifests[content.digest]?.body.length ?? 0,
      platform: splitPlatform(child),
    })),
  });
  const digest = sha256(body);
  return {
    digest,
    tags: {},
    manifests: Object.assign(
      { [digest]: { mediaType: ociIndex, body } },
      ...children.map(({ content }) => content.manifests),
    ),
    blobs: Object.assign({}, ...children.map(({ content }) => content.blobs)),
  };
}

function makeSingle(description: ImageDescription): RepositoryContent & { readonly digest: string } {
  const { created, labels, comment } = description;
  const config = JSON.stringify({
    ...splitPlatform(description),
    ...(created === undefined ? {} : { created }),
    config: labels === undefined ? {} : { Labels: labels },
    rootfs: { type: 'layers', diff_ids: [sha256(emptyLayer)] },
    ...(comment === undefined ? {} : { history: [{ comment }] }),
  });
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType: ociManifest,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: sha256(config),
      size: config.length,
    },
    layers: [
      {
        mediaType: 'application/vnd.oci.image.layer.v1.tar',
        digest: sha256(emptyLayer),
        size: emptyLayer.length,
      },
    ],
  });
  const digest = sha256(body);
  return {
    digest,
    tags: {},
    manifests: { [digest]: { mediaType: ociManifest, body } },
    blobs: { [sha256(config)]: config, [sha256(emptyLayer)]: emptyLayer },
  };
}

function splitPlatform({ platform = 'linux/amd64' }: ImageDescription) {
  const [os, architecture, variant] = platform.split('/');
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}
