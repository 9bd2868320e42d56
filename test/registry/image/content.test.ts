/** What is believed of a digest is read from the bytes that were hashed, whoever sends them. */
import { expect, it, describe } from 'vitest';
import { makeImage, ociManifest, sha256 } from '../../fakes/image-content.ts';
import { startFakeRegistry } from '../../fakes/registry.ts';
import { aNeed, anEndpoint, ask, datedQuery, failureOf, platforms, startBench } from '../support.ts';
import type { ImageNeed } from '../../../src/core/decide/needs.ts';
import { onTestFinished } from 'vitest';

const victim = makeImage({ created: '2020-01-01T00:00:00Z', comment: 'of somebody else' });
const victimManifest = victim.manifests[victim.digest]?.body ?? '';
const history = (created: string) => [
  { v1Compatibility: JSON.stringify({ os: 'linux', architecture: 'amd64', created }) },
];

/** A schema 1 whose signature says that it is the victim's manifest. */
function forged(payload: string, document: Readonly<Record<string, unknown>> = {}): string {
  const protectedHeader = { formatLength: 0, formatTail: Buffer.from(payload).toString('base64url') };
  return JSON.stringify({
    schemaVersion: 1,
    history: history('2099-01-01T00:00:00Z'),
    ...document,
    signatures: [{ protected: Buffer.from(JSON.stringify(protectedHeader)).toString('base64url') }],
  });
}

/** Two registries behind one client: that of the forger, and the honest one with the victim's image. */
async function aForger(header: 'with header' | 'without header', body: string) {
  const { registry, endpoint, openCycle } = await startBench();
  registry.push('evil/x', 'a', {});
  registry.fault = ({ path, method }, response) => {
    if (method !== 'GET' || !path.includes('/manifests/')) return false;
    if (header === 'with header') response.setHeader('docker-content-digest', victim.digest);
    response.setHeader('content-type', ociManifest).end(body);
    return true;
  };
  const honest = await startFakeRegistry();
  onTestFinished(() => honest.close());
  honest.load('acme/api', { ...victim, tags: { old: victim.digest } });
  honest.push('acme/api', 'new', { created: '2026-01-01T00:00:00Z' });
  const cycle = openCycle();
  return {
    evil: (query: ImageNeed['query'] = datedQuery) => ask(cycle, aNeed(endpoint, query, 'evil/x')),
    honest: () => ask(cycle, aNeed(anEndpoint(honest.url), datedQuery)),
  };
}

describe('a signed manifest whose payload is another document', () => {
  it.each(['with header', 'without header'] as const)(
    'fault A2: dates no image of another registry, %s',
    async (header) => {
      const scene = await aForger(header, forged(victimManifest));

      const failure = await failureOf(scene.evil());
      expect(failure).toMatchObject({
        code: 'digest-mismatch',
        message: expect.stringContaining('its signed payload is another document') as unknown,
      });
      expect(await scene.honest()).toMatchObject({
        tags: [
          { tag: 'old', created: { seconds: Date.UTC(2020, 0) / 1000 } },
          { tag: 'new', created: { seconds: Date.UTC(2026, 0) / 1000 } },
        ],
      });
    },
  );

  it('fault A2: is refused where only one key differs', async () => {
    const document = { schemaVersion: 1, history: history('2020-01-01T00:00:00Z') };
    const scene = await aForger('without header', forged(JSON.stringify(document)));

    expect((await failureOf(scene.evil())).code).toBe('digest-mismatch');
  });

  it('fault A2: gives no labels, asked for by digest', async () => {
    const labelled = history('2020-01-01T00:00:00Z');
    const scene = await aForger('with header', forged(victimManifest, { history: labelled }));
    const query = { kind: 'labels', tag: 'a', digest: victim.digest, platforms } as const;

    expect((await failureOf(scene.evil(query))).code).toBe('digest-mismatch');
  });

  it('fault A2: is read as what was signed where both are one document', async () => {
    const document = { schemaVersion: 1, history: history('2024-01-01T00:00:00Z') };
    const payload = JSON.stringify(document);
    const scene = await aForger('without header', forged(payload, document));

    expect(await scene.evil()).toMatchObject({
      tags: [{ tag: 'a', created: { seconds: Date.UTC(2024, 0) / 1000 } }],
    });
    expect(sha256(payload)).not.toBe(victim.digest);
  });
});

describe('a fact about a digest', () => {
  it('fault A2: does not depend on what the answer says around the bytes', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.load('acme/api', { ...victim, tags: { a: victim.digest } });
    registry.fault = ({ path }, response) => {
      const isManifest = path.includes('/manifests/');
      if (isManifest) {
        response.writeHead(200, {
          'content-type': 'application/vnd.cncf.helm.config.v1+json',
          'docker-content-digest': victim.digest,
        });
        response.end(victimManifest);
      }
      return isManifest;
    };

    expect(await ask(openCycle(), aNeed(endpoint, datedQuery))).toMatchObject({
      tags: [{ tag: 'a' }],
      dropped: [],
    });
  });
});
