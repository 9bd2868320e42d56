/** Tags that are no images: dropped by name, never in the way of those that are. */
import { describe, expect, it } from 'vitest';
import { ociIndex, ociManifest, sha256 } from '../../fakes/image-content.ts';
import { aNeed, ask, datedQuery, digestQuery, failureOf, startBench } from '../support.ts';

const blob = (body: string, mediaType: string) => ({ mediaType, digest: sha256(body), size: body.length });

const artifacts: readonly { readonly name: string; readonly body: unknown; readonly reason: string }[] = [
  {
    name: 'chart',
    body: {
      schemaVersion: 2,
      config: blob('{"name":"web"}', 'application/vnd.cncf.helm.config.v1+json'),
      layers: [blob('', 'application/vnd.cncf.helm.chart.content.v1.tar+gzip')],
    },
    reason: 'no image but a Helm chart',
  },
  {
    name: 'cosign',
    body: {
      schemaVersion: 2,
      config: blob('{}', 'application/vnd.oci.image.config.v1+json'),
      layers: [blob('{}', 'application/vnd.dev.cosign.simplesigning.v1+json')],
    },
    reason: 'no image but a signature',
  },
  {
    name: 'sbom',
    body: {
      schemaVersion: 2,
      artifactType: 'application/spdx+json',
      config: blob('{}', 'application/vnd.oci.empty.v1+json'),
      layers: [blob('{}', 'application/spdx+json')],
    },
    reason: 'no image but an SBOM',
  },
  {
    name: 'provenance',
    body: {
      schemaVersion: 2,
      config: blob('{}', 'application/vnd.oci.image.config.v1+json'),
      layers: [blob('{}', 'application/vnd.in-toto+json')],
    },
    reason: 'no image but an attestation',
  },
  {
    name: 'cache',
    body: {
      schemaVersion: 2,
      manifests: [
        blob('layer', 'application/vnd.oci.image.layer.v1.tar+gzip'),
        blob('{}', 'application/vnd.buildkit.cacheconfig.v0'),
      ],
    },
    reason: 'no image but a build cache',
  },
  {
    name: 'artifact-manifest',
    body: {
      mediaType: 'application/vnd.oci.artifact.manifest.v1+json',
      artifactType: 'application/vnd.acme.x',
    },
    reason: 'no image but an artifact of type application/vnd.acme.x',
  },
  {
    name: 'forged-type',
    body: { schemaVersion: 2, config: blob('{}', 'text/x\n[31mlevel=error') },
    reason: 'no image but an artifact of no known type',
  },
  { name: 'empty-index', body: { schemaVersion: 2, manifests: [] }, reason: 'empty index' },
  { name: 'no-config', body: { schemaVersion: 2 }, reason: 'not an image' },
  {
    name: 'crowd',
    body: { schemaVersion: 2, manifests: Array(25_000).fill(blob('x', ociManifest)) },
    reason: 'an index of 25000 images, where at most 1000 are read',
  },
];

/** A repository with one image and every artifact, on a registry that states no digest, as ECR and Nexus. */
async function aMixture(shown = artifacts) {
  const bench = await startBench();
  const { registry } = bench;
  registry.push('acme/api', '1.0.0', { created: '2026-01-01T00:00:00Z' });
  for (const { name, body } of shown) {
    const text = JSON.stringify(body);
    const mediaType = 'manifests' in (body as object) ? ociIndex : ociManifest;
    registry.load('acme/api', {
      tags: { [name]: sha256(text) },
      manifests: { [sha256(text)]: { mediaType, body: text } },
      blobs: { [sha256('{}')]: '{}' },
    });
  }
  const texts = new Map(
    shown.map(({ name, body }) => [`/v2/acme/api/manifests/${name}`, JSON.stringify(body)]),
  );
  registry.fault = ({ method, path }, response) => {
    const text = method === 'GET' ? texts.get(path) : undefined;
    if (text === undefined) return false;
    response.setHeader('content-type', ociManifest).end(text);
    return true;
  };
  return bench;
}

describe('newest-build', () => {
  it('fault R6: drops and names what is no image, without a digest stated', async () => {
    const { endpoint, openCycle } = await aMixture();

    expect(await ask(openCycle(), aNeed(endpoint, datedQuery))).toMatchObject({
      listed: artifacts.length + 1,
      tags: [{ tag: '1.0.0' }],
      dropped: artifacts.map(({ name, reason }) => ({ tag: name, reason })),
    });
  });

  it('fault R6: takes an object for a manifest by the type of the answer', async () => {
    const { endpoint, openCycle } = await aMixture([{ name: 'odd', body: { hello: 1 }, reason: '' }]);

    expect(await ask(openCycle(), aNeed(endpoint, datedQuery))).toMatchObject({
      dropped: [{ tag: 'odd', reason: 'not an image' }],
    });
  });

  it('fault R6: still fails where the answer is no manifest at all', async () => {
    const { registry, endpoint, openCycle } = await aMixture([]);
    registry.fault = ({ path }, response) => {
      const isManifest = path.includes('/manifests/');
      if (isManifest) response.setHeader('content-type', 'application/json').end('{"errors":[]}');
      return isManifest;
    };

    expect((await failureOf(ask(openCycle(), aNeed(endpoint, datedQuery)))).code).toBe('malformed');
  });

  it('fault R9: asks for no config that is no image’s', async () => {
    const { registry, endpoint, openCycle } = await aMixture();
    await ask(openCycle(), aNeed(endpoint, datedQuery));

    expect(registry.counts()['GET blobs']).toBe(1);
  });

  it('fault R9: asks once for a config that many share', async () => {
    const config = blob('{}', 'application/vnd.oci.image.config.v1+json');
    const shared = Array.from({ length: 30 }, (_, index) => ({
      name: `t${index}`,
      body: {
        schemaVersion: 2,
        config,
        layers: [blob(`${index}`, 'application/vnd.oci.image.layer.v1.tar')],
      },
      reason: 'no wanted platform',
    }));
    const { registry, endpoint, openCycle } = await aMixture(shared);

    expect(await ask(openCycle(), aNeed(endpoint, datedQuery))).toMatchObject({
      dropped: shared.map(({ name, reason }) => ({ tag: name, reason })),
    });
    expect(registry.counts()['GET blobs']).toBe(2);
  });
});

describe('digest', () => {
  it('fault R9: says what the followed tag is instead of an image', async () => {
    const { endpoint, openCycle } = await aMixture();

    expect(await ask(openCycle(), aNeed(endpoint, digestQuery('chart')))).toEqual({
      kind: 'digest',
      digest: null,
      reason: 'tag chart: no image but a Helm chart',
    });
  });
});
