/** Build dates that annotations and labels note, and tags that a registry loses. */
import { describe, expect, it } from 'vitest';
import { makeImage, ociIndex, ociManifest, sha256 } from '../../fakes/image-content.ts';
import { aNeed, ask, datedQuery, startBench } from '../support.ts';

const key = 'org.opencontainers.image.created';
const epoch = '1970-01-01T00:00:00Z';

/** An image of 1970 that notes its date where it is told to. */
function noting(place: 'label' | 'manifest' | 'index', date: string) {
  const single = makeImage({
    created: epoch,
    comment: place,
    ...(place === 'label' ? { labels: { [key]: date } } : {}),
  });
  const annotated = (body: string) =>
    JSON.stringify({ ...(JSON.parse(body) as object), annotations: { [key]: date } });
  const body = single.manifests[single.digest]?.body ?? '';
  const manifest = place === 'manifest' ? annotated(body) : body;
  const image = { [sha256(manifest)]: { mediaType: ociManifest, body: manifest } };
  if (place !== 'index') return { digest: sha256(manifest), manifests: image, blobs: single.blobs };
  const platform = { os: 'linux', architecture: 'amd64' };
  const index = annotated(
    JSON.stringify({ schemaVersion: 2, manifests: [{ digest: sha256(manifest), platform }] }),
  );
  return {
    digest: sha256(index),
    manifests: { ...image, [sha256(index)]: { mediaType: ociIndex, body: index } },
    blobs: single.blobs,
  };
}

describe('a build date', () => {
  it.each(['label', 'manifest', 'index'] as const)(
    'fault R4: is read from the %s, by no more requests',
    async (place) => {
      const { registry, endpoint, openCycle } = await startBench();
      const { digest, manifests, blobs } = noting(place, '2023-03-01T00:00:00Z');
      registry.load('acme/api', { tags: { a: digest }, manifests, blobs });

      expect(await ask(openCycle(), aNeed(endpoint, datedQuery))).toMatchObject({
        tags: [{ tag: 'a', digest, created: { seconds: Date.UTC(2023, 2) / 1000 } }],
      });
      expect(registry.counts()).toEqual({
        'GET tags/list': 1,
        'GET manifests': place === 'index' ? 2 : 1,
        'GET blobs': 1,
      });
      registry.clearLog();
      expect(await ask(openCycle(), aNeed(endpoint, datedQuery))).toMatchObject({
        tags: [{ tag: 'a', created: { seconds: Date.UTC(2023, 2) / 1000 } }],
      });
    },
  );
});

describe('a registry that loses tags', () => {
  it('fault C6: is remembered to have had a newer build, for as long as there is none', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    for (const [index, tag] of ['old', 'mid', 'new'].entries())
      registry.push('acme/api', tag, { created: `2023-01-0${index + 1}T00:00:00Z` });
    const need = aNeed(endpoint, datedQuery);
    await ask(openCycle(), need);
    registry.removeTag('acme/api', 'new');
    registry.removeTag('acme/api', 'old');

    for (let cycle = 0; cycle < 3; cycle += 1) {
      expect(await ask(openCycle(), need)).toMatchObject({ tags: [{ tag: 'mid' }], lost: ['new'] });
    }
    registry.push('acme/api', 'newest', { created: '2023-02-01T00:00:00Z' });
    expect(await ask(openCycle(), need)).not.toHaveProperty('lost');
  });
});
