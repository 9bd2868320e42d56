/** What a hostile registry or repository sends to the program: one row each. */
import { createHash } from 'node:crypto';

/** What a registry answers. */
export interface HostileReply {
  readonly status: number;
  readonly body: string;
}

export interface HostileRow {
  readonly name: string;
  readonly images: number;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Path behind `/v2/<repository>/`. */
  readonly reply: (path: string) => HostileReply;
  /** Files beside the Application's own. */
  readonly files?: () => Readonly<Record<string, string>>;
  readonly values?: () => string;
  readonly refs?: number;
  /** Of write-back-target; helmvalues if not given. */
  readonly target?: string;
}

const mebi = 1024 * 1024;
const few = listOf(['1.0.0', '1.0.1']);

export const hostileRows: readonly HostileRow[] = [
  {
    name: '404 of 31 MB',
    images: 1,
    reply: once(() => ({ status: 404, body: '" a\u0001'.repeat(8_100_000) })),
  },
  {
    name: '404 of 31 MB, 8 images',
    images: 8,
    reply: once(() => ({ status: 404, body: '" a\u0001'.repeat(8_100_000) })),
  },
  {
    name: '200 ignore-tags globs, 200,000 tags',
    images: 1,
    annotations: { 'image0.ignore-tags': globs(200) },
    reply: once(() => listOf(versions(200_000))),
  },
  {
    name: '100 ignore-tags globs, 200,000 tags',
    images: 1,
    annotations: { 'image0.ignore-tags': globs(100) },
    reply: once(() => listOf(versions(200_000))),
  },
  {
    name: '10,000 ignore-tags globs, 50,000 tags',
    images: 1,
    annotations: { 'image0.ignore-tags': Array.from({ length: 10_000 }, (_, i) => `*a${i}*b`).join(',') },
    reply: once(() => listOf(versions(50_000))),
  },
  { name: '1e6 tags', images: 1, reply: once(() => listOf(versions(1_000_000))) },
  { name: '6 lists of 1e6 tags', images: 6, reply: once(() => listOf(versions(1_000_000))) },
  {
    name: '500 manifests globs, 9,000 files',
    images: 1,
    reply: () => few,
    target: `manifests:${Array.from({ length: 500 }, (_, i) => `/**/*a*a*a*b?${i}*.yaml`).join(',')}`,
    files: () =>
      Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`d${i % 90}/aaab${i}.yaml`, 'a: b\n'])),
  },
  {
    name: 'newest-build, 300 indexes of 25,000 children',
    images: 1,
    annotations: { 'image0.update-strategy': 'newest-build' },
    reply: indexes(300, 25_000),
  },
  {
    name: '15 MB of [',
    images: 1,
    reply: once(() => ({ status: 200, body: `{"tags":${'['.repeat(15 * mebi)}` })),
  },
  {
    name: 'values.yaml of 100,000 keys',
    images: 1,
    reply: () => few,
    values: () =>
      Array.from({ length: 100_000 }, (_, i) => `k${i}: v\n`)
        .join('')
        .slice(0, 900_000),
  },
  {
    name: 'values.yaml of 29,000 keys',
    images: 1,
    reply: () => few,
    values: () => Array.from({ length: 29_000 }, (_, i) => `k${i}: v\n`).join(''),
  },
  {
    name: 'values.yaml, 3,000 nested merge keys',
    images: 1,
    reply: () => few,
    values: () =>
      Array.from({ length: 3_000 }, (_, i) => `k${i + 1}: &a${i + 1}\n  <<: *a${i}\n`)
        .join('')
        .replace('*a0', '{}'),
  },
  { name: '300,000 refs', images: 1, reply: () => few, refs: 300_000 },
  { name: '900,000 refs', images: 1, reply: () => few, refs: 900_000 },
];

function versions(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `1.${i}.0-aaaaaaaaaaaaaaa`);
}

function globs(count: number): string {
  return Array.from({ length: count }, (_, i) => `*a*a*a*a*a${i}b`).join(',');
}

function listOf(tags: readonly string[]): HostileReply {
  return { status: 200, body: JSON.stringify({ name: 'a', tags }) };
}

/** The same for every question, made when the first comes. */
function once(make: () => HostileReply): (path: string) => HostileReply {
  let made: HostileReply | undefined;
  return () => (made ??= make());
}

function indexes(tags: number, children: number): (path: string) => HostileReply {
  const platform = { os: 'linux', architecture: 'amd64' };
  const manifests = Array.from({ length: children }, (_, i) => ({
    digest: `sha256:${createHash('sha256').update(String(i)).digest('hex')}`,
    size: 1,
    platform,
  }));
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const text = JSON.stringify({ schemaVersion: 2, mediaType, manifests });
  return (path) => {
    if (path.startsWith('tags/')) return listOf(Array.from({ length: tags }, (_, i) => `build-${i}`));
    // Each tag has bytes of its own.
    return { status: 200, body: text + ' '.repeat(Number(/\d+$/.exec(path)?.[0] ?? 0) % 1_000) };
  };
}
