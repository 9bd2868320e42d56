/** What every registry must be able to give through the Registry port; run on fakes and on real servers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Registry } from '../../src/ports/registry.ts';
import type { RegistryEndpoint } from '../../src/core/registries/endpoint.ts';
import { makeRegistry } from '../../src/registry/client.ts';
import { makeRealClock } from '../fakes/clock.ts';
import { makeImage, type RepositoryContent } from '../fakes/image-content.ts';
import { aNeed, anyFilter, ask, failureOf, secretsFrom } from '../registry/support.ts';

export interface RegistryPeer {
  readonly endpoint: RegistryEndpoint;
  push(repository: string, content: RepositoryContent): Promise<void>;
  close(): Promise<void>;
}

/** Credentials that a peer with authentication accepts, and where an endpoint finds them. */
export const peerUser = { name: 'robot', password: 'hunter2' };
export const peerCredentials = {
  kind: 'secret',
  namespace: 'argocd',
  name: 'registry',
  field: 'creds',
} as const;
const secrets = secretsFrom({ 'argocd/registry': { creds: `${peerUser.name}:${peerUser.password}\n` } });

const single = makeImage({
  created: '2026-01-02T03:04:05.123456789Z',
  labels: { 'org.opencontainers.image.revision': 'abc' },
});
const multi = makeImage({
  index: [
    { platform: 'linux/amd64', created: '2026-02-01T00:00:00Z' },
    { platform: 'linux/arm64/v8', created: '2026-02-02T00:00:00Z' },
  ],
});
const foreign = makeImage({ platform: 'windows/amd64', created: '2026-03-01T00:00:00Z' });
const content: RepositoryContent = {
  tags: { '1.0.0': single.digest, latest: multi.digest, windows: foreign.digest },
  manifests: { ...single.manifests, ...multi.manifests, ...foreign.manifests },
  blobs: { ...single.blobs, ...multi.blobs, ...foreign.blobs },
};
const repository = 'acme/team/api';
const platforms = ['linux/amd64', 'linux/arm64'];

export function describeRegistryContract(name: string, start: () => Promise<RegistryPeer>): void {
  describe(`the registry port on ${name}`, () => {
    let peer: RegistryPeer;
    let registry: Registry;

    beforeAll(async () => {
      peer = await start();
      await peer.push(repository, content);
      registry = makeRegistry({ environment: {}, clock: makeRealClock(), userAgent: 'tidewaiter/test' });
    });

    afterAll(async () => {
      registry.close();
      await peer.close();
    });

    const answer = (query: Parameters<typeof aNeed>[1], path = repository) =>
      ask(registry.openCycle(secrets), aNeed(peer.endpoint, query, path));

    it('lists the tags of a repository', async () => {
      const listed = await answer({ kind: 'tags' });

      expect(listed.kind === 'tags' && [...listed.tags].toSorted()).toEqual(['1.0.0', 'latest', 'windows']);
    });

    it('gives the digest of an index and of a single image', async () => {
      expect([
        await answer({ kind: 'digest', tag: 'latest', platforms }),
        await answer({ kind: 'digest', tag: '1.0.0', platforms }),
      ]).toEqual([
        { kind: 'digest', digest: multi.digest },
        { kind: 'digest', digest: single.digest },
      ]);
    });

    it('gives no digest for a tag that is missing or has no wanted platform, with the reason', async () => {
      expect([
        await answer({ kind: 'digest', tag: 'none', platforms }),
        await answer({ kind: 'digest', tag: 'windows', platforms }),
      ]).toEqual([
        { kind: 'digest', digest: null, reason: 'tag none does not exist' },
        { kind: 'digest', digest: null, reason: 'tag windows: no image for linux/amd64, linux/arm64' },
      ]);
    });

    it('dates tags to the nanosecond by their newest wanted platform, and names what it dropped', async () => {
      const dated = await answer({ kind: 'dated-tags', filter: anyFilter, platforms });

      expect(dated).toMatchObject({ listed: 3, dropped: [{ tag: 'windows', reason: 'no wanted platform' }] });
      expect(
        dated.kind === 'dated-tags' &&
          dated.tags
            .toSorted((a, b) => a.tag.localeCompare(b.tag))
            .map(({ tag, created }) => ({ tag, created })),
      ).toEqual([
        { tag: '1.0.0', created: { seconds: Date.parse('2026-01-02T03:04:05Z') / 1000, nanos: 123_456_789 } },
        { tag: 'latest', created: { seconds: Date.parse('2026-02-02T00:00:00Z') / 1000, nanos: 0 } },
      ]);
    });

    it('gives the labels of an image', async () => {
      expect(await answer({ kind: 'labels', tag: '1.0.0', platforms })).toEqual({
        kind: 'labels',
        labels: { 'org.opencontainers.image.revision': 'abc' },
      });
    });

    it('fails to list a repository that does not exist', async () => {
      const { message, code } = await failureOf(answer({ kind: 'tags' }, 'acme/none'));

      expect({ code, message }).toMatchObject({
        code: 'not-found',
        message: expect.stringMatching(
          /^list tags of registry\.example\.test\/acme\/none: 404 not found \(NAME_UNKNOWN/,
        ),
      });
    });
  });
}
