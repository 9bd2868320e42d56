/**
 * The image for several platforms as an OCI layout (image-spec 1.1), made of root file systems and the files of a
 * release: nothing is run, nothing is fetched, and the same bytes come out each time.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ImageSpec } from './dockerfile.ts';

export interface Base {
  readonly architecture: 'amd64' | 'arm64';
  /** A tar of the root file system: Debian, Node, and what the Dockerfile runs. */
  readonly path: string;
}

export interface ImageOptions {
  /** Of the layout; made anew. */
  readonly folder: string;
  /** Of the checkout, with the bundle built. */
  readonly root: string;
  readonly spec: ImageSpec;
  readonly bases: readonly Base[];
  readonly version: string;
  /** Seconds since 1970 that files and the image say they are of. */
  readonly epochS: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

interface Layer {
  readonly descriptor: Descriptor;
  /** Of the tar before it was compressed. */
  readonly diffId: string;
}

const media = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export async function writeImageLayout(options: ImageOptions): Promise<void> {
  const { folder, bases, version } = options;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const program = await programLayer(options);
  const manifests = [];
  for (const base of bases) {
    const layers = [await storeLayer(folder, base.path), program];
    manifests.push({ ...storeImage(options, base, layers), platform: platformOf(base) });
  }
  const index = store(folder, media.index, { schemaVersion: 2, mediaType: media.index, manifests });
  const named = { ...index, annotations: { 'org.opencontainers.image.ref.name': `v${version}` } };
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: media.index, manifests: [named] }),
  );
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

/** A tar of `paths` below `folder`, the same from the same files. */
export function writeTar(file: string, folder: string, paths: readonly string[], epochS: string): void {
  const times = ['--sort=name', `--mtime=@${epochS}`, '--owner=0', '--group=0', '--numeric-owner'];
  const form = ['--mode=u=rwX,go=rX', '--format=ustar'];
  execFileSync('tar', [...times, ...form, '-C', folder, '-cf', file, ...paths]);
}

/** What the Dockerfile copies. */
async function programLayer({ folder, root, spec, epochS }: ImageOptions): Promise<Layer> {
  const staged = mkdtempSync(join(tmpdir(), 'tidewaiter-layer-'));
  try {
    for (const [from, to] of spec.copies) {
      mkdirSync(dirname(join(staged, 'root', to)), { recursive: true });
      cpSync(join(root, from), join(staged, 'root', to), { recursive: true });
    }
    const tar = join(staged, 'layer.tar');
    const top = [...new Set(spec.copies.map(([, to]) => dirname(to)))];
    writeTar(tar, join(staged, 'root'), top.toSorted(), epochS);
    return await storeLayer(folder, tar);
  } finally {
    rmSync(staged, { recursive: true });
  }
}

async function storeLayer(folder: string, tar: string): Promise<Layer> {
  const [plain, packed] = [createHash('sha256'), createHash('sha256')];
  const file = join(folder, 'blobs', 'layer.new');
  await pipeline(
    createReadStream(tar),
    hashing(plain),
    createGzip({ level: 6 }),
    hashing(packed),
    createWriteStream(file),
  );
  const hex = packed.digest('hex');
  renameSync(file, join(folder, 'blobs/sha256', hex));
  const { size } = statSync(join(folder, 'blobs/sha256', hex));
  return {
    descriptor: { mediaType: media.layer, digest: `sha256:${hex}`, size },
    diffId: `sha256:${plain.digest('hex')}`,
  };
}

function hashing(hash: ReturnType<typeof createHash>): Transform {
  return new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}

function storeImage(
  { folder, spec, epochS }: ImageOptions,
  base: Base,
  layers: readonly Layer[],
): Descriptor {
  const config = store(folder, media.config, {
    created: new Date(Number(epochS) * 1_000).toISOString(),
    ...platformOf(base),
    config: {
      User: spec.user,
      Env: Object.entries({ PATH: defaultPath, ...spec.variables }).map(
        ([name, value]) => `${name}=${value}`,
      ),
      Entrypoint: spec.entrypoint,
      WorkingDir: spec.workingFolder,
      Labels: spec.labels,
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  });
  const manifest = { schemaVersion: 2, mediaType: media.manifest, config };
  return store(folder, media.manifest, { ...manifest, layers: layers.map(({ descriptor }) => descriptor) });
}

function platformOf({ architecture }: Base) {
  return { architecture, os: 'linux', ...(architecture === 'arm64' ? { variant: 'v8' } : {}) };
}

function store(folder: string, mediaType: string, value: object): Descriptor {
  const text = JSON.stringify(value);
  const hex = createHash('sha256').update(text).digest('hex');
  writeFileSync(join(folder, 'blobs/sha256', hex), text);
  return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
}
