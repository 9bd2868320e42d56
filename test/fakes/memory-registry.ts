/** A registry without a network: content from memory, answers after a latency, limits and faults on demand. */
import type { Clock } from '../../src/ports/clock.ts';
import { reachFrom } from '../../src/net/reach.ts';
import type { Exchange } from '../../src/registry/requests/http.ts';
import { makeImage, type ManifestContent, type TaggedDescription } from './image-content.ts';

export type MemoryReply = Pick<Awaited<ReturnType<Exchange>>, 'status' | 'headers' | 'challenges' | 'body'>;
type MemoryRequest = Parameters<Exchange>[0];

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly atMs: number;
  readonly authorization: string | undefined;
  status: number;
}

export interface MemoryRegistry {
  readonly exchange: Exchange;
  readonly asked: Asked[];
  /** Answers in the registry's place; absent: the registry answers. */
  limit: ((asked: Asked, request: MemoryRequest) => MemoryReply | undefined) | undefined;
  /** Headers of an answer of the registry itself. */
  headersOf: ((asked: Asked) => Readonly<Record<string, string>>) | undefined;
  /** What becomes of an answer on its way. */
  alter: ((asked: Asked, answer: MemoryReply) => MemoryReply) | undefined;
  push(repository: string, tag: string, description: TaggedDescription): string;
  removeTag(repository: string, tag: string): void;
}

interface Stored {
  readonly tags: Map<string, string>;
  readonly manifests: Map<string, ManifestContent>;
  readonly blobs: Map<string, string>;
}

const route = /^\/v2\/(.+)\/(tags\/list|manifests|blobs)(?:\/([^/]+))?$/;

export function reply(
  status: number,
  body = '',
  headers: Readonly<Record<string, string>> = {},
): MemoryReply {
  const challenge = headers['www-authenticate'];
  return { status, headers, challenges: challenge === undefined ? [] : [challenge], body: Buffer.from(body) };
}

export function makeMemoryRegistry(clock: Clock, latencyMs = 5): MemoryRegistry {
  const stored = new Map<string, Stored>();
  const asked: Asked[] = [];
  const registry: MemoryRegistry = {
    asked,
    limit: undefined,
    headersOf: undefined,
    alter: undefined,
    exchange: async (request, signal) => {
      const { method, url, headers } = request;
      const entry = {
        method,
        url,
        atMs: clock.monotonicMs(),
        authorization: headers['authorization'],
        status: 0,
      };
      asked.push(entry);
      const answer =
        registry.limit?.(entry, request) ?? content(stored, request, registry.headersOf?.(entry) ?? {});
      entry.status = answer.status;
      await clock.sleep(latencyMs, signal);
      return {
        ...(registry.alter?.(entry, answer) ?? answer),
        url,
        reach: reachFrom('loopback'),
        address: '127.0.0.1',
      };
    },
    push: (repository, tag, description) => {
      const comment = `${repository}:${tag}`;
      const image = makeImage(
        'index' in description
          ? { index: description.index.map((child) => ({ comment, ...child })) }
          : { comment, ...description },
      );
      const known = stored.get(repository) ?? { tags: new Map(), manifests: new Map(), blobs: new Map() };
      stored.set(repository, known);
      for (const [digest, manifest] of Object.entries(image.manifests)) known.manifests.set(digest, manifest);
      for (const [digest, blob] of Object.entries(image.blobs)) known.blobs.set(digest, blob);
      known.tags.set(tag, image.digest);
      return image.digest;
    },
    removeTag: (repository, tag) => void stored.get(repository)?.tags.delete(tag),
  };
  return registry;
}

function content(
  stored: ReadonlyMap<string, Stored>,
  { method, url }: MemoryRequest,
  headers: Readonly<Record<string, string>>,
): MemoryReply {
  const [, name = '', kind = '', reference = ''] = route.exec(decodeURIComponent(url.pathname)) ?? [];
  const repository = stored.get(name);
  if (repository === undefined) return reply(404, '{"errors":[{"code":"NAME_UNKNOWN"}]}', headers);
  if (kind === 'tags/list')
    return reply(200, JSON.stringify({ name, tags: [...repository.tags.keys()] }), headers);
  const digest = reference.startsWith('sha256:') ? reference : (repository.tags.get(reference) ?? '');
  if (kind === 'blobs')
    return reply(repository.blobs.has(digest) ? 200 : 404, repository.blobs.get(digest), headers);
  const manifest = repository.manifests.get(digest);
  if (manifest === undefined) return reply(404, '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}', headers);
  const told = { ...headers, 'docker-content-digest': digest, 'content-type': manifest.mediaType };
  return reply(200, method === 'HEAD' ? '' : manifest.body, told);
}

/** nginx `limit_req`: a bucket of `burst` requests that refills at `perSecond`; more are refused. */
export function makeBucket(burst: number, perSecond: number): (atMs: number) => boolean {
  let [tokens, lastMs] = [burst, 0];
  return (atMs) => {
    tokens = Math.min(burst, tokens + ((atMs - lastMs) / 1_000) * perSecond);
    lastMs = atMs;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
