/** Inputs that cost much: others are served meanwhile, and what was too much is named. Full size: `npm run bench hostile-process`. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Hostile, json, type Reply, startScene } from './scene.ts';

/** Of the limit of the manifests, 1024 MiB. */
const maxPeakMiB = 384;

interface Row extends Hostile {
  readonly input: string;
  /** What the log says of it. */
  readonly told: RegExp;
}

const versions = (count: number) => Array.from({ length: count }, (_, i) => `1.${i}.0-aaaaaaaaaaaaaaa`);
const globs = (count: number) => Array.from({ length: count }, (_, i) => `*a*a*a*a*a${i}b`).join(',');
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('');

function listing(count: number): Reply {
  const body = { name: 'a', tags: versions(count) };
  return (_, response) => json(response, body);
}

/** An index of so many images for each tag. */
function indexes(tags: number, children: number): Reply {
  const manifests = Array.from({ length: children }, (_, i) => ({
    digest: `sha256:${createHash('sha256').update(String(i)).digest('hex')}`,
    size: 1,
    platform: { os: 'linux', architecture: 'amd64' },
  }));
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const text = JSON.stringify({ schemaVersion: 2, mediaType, manifests });
  return (path, response) => {
    if (path.startsWith('tags/'))
      json(response, { name: 'a', tags: Array.from({ length: tags }, (_, i) => `b-${i}`) });
    else
      response
        .writeHead(200, { 'content-type': mediaType })
        .end(text + ' '.repeat(Number(/\d+$/.exec(path)?.[0] ?? 0)));
  };
}

const rows: readonly Row[] = [
  {
    input: 'errors with a body of 8 MB',
    images: 3,
    reply: (_, response) => response.writeHead(404).end('" a\u0001'.repeat(2_000_000)),
    told: /404 not found/,
  },
  {
    input: '200 ignore-tags globs',
    annotations: { 'image0.ignore-tags': globs(200) },
    reply: listing(20_000),
    told: /200 patterns of \d+ characters; at most 100 patterns/,
  },
  {
    input: '100 globs on 210,000 tags',
    annotations: { 'image0.ignore-tags': globs(100) },
    reply: listing(210_000),
    told: /210000 tags with 100 patterns .*20000000 comparisons/,
  },
  {
    input: 'three lists of 150,000 tags',
    images: 3,
    reply: listing(150_000),
    told: /bad.*149999/,
  },
  {
    input: 'six lists of 300,000 tags, each in one answer',
    images: 6,
    reply: listing(300_000),
    told: /bad.*299999/,
  },
  {
    input: '2 MB of [',
    reply: (_, response) => response.writeHead(200).end(`{"tags":${'['.repeat(2_000_000)}`),
    told: /list/,
  },
  {
    input: '100 globs for manifests over 5,100 files',
    annotations: {
      'write-back-target': `manifests:${Array.from({ length: 100 }, (_, i) => `/**/*a*a*a*b?${i}*.yaml`).join(',')}`,
    },
    files: Object.fromEntries(
      Array.from({ length: 5_100 }, (_, i) => [`d${i % 50}/aaab${i}.yaml`, 'a: b\n']),
    ),
    told: /100 folders and globs with 510\d files .*\(500000\)/,
  },
  {
    input: '30 indexes of 25,000 children',
    annotations: { 'image0.update-strategy': 'newest-build' },
    reply: indexes(30, 25_000),
    told: /an index of 25000 images, where at most 1000 are read/,
  },
  {
    input: '70,000 keys in values.yaml',
    values: lines(70_000, (i) => `k${i}: v\n`),
    told: /values\.yaml: more than 60000 keys/,
  },
  {
    input: '3,000 nested merge keys in values.yaml',
    values: `a0: &a0 {}\n${lines(3_000, (i) => `a${i + 1}: &a${i + 1}\n  <<: *a${i}\n`)}`,
    told: /values\.yaml: more than 500 merge keys/,
  },
  { input: '200,000 refs', refs: 200_000, told: /bad/ },
];

describe('fault A6: beside', () => {
  it.each(rows)(
    '$input everybody else is served, and what was too much is told',
    async ({ told, ...hostile }) => {
      const scene = await startScene(hostile);
      await scene.program.printed('Processing results');
      const { output, health, peakMiB } = await scene.finish();

      expect(output).toMatch(told);
      expect(await scene.goodValues()).toContain('1.1.0');
      expect([...health]).toEqual([200]);
      expect(peakMiB).toBeLessThanOrEqual(maxPeakMiB);
    },
  );
});
