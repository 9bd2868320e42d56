/** Reads manifests and configs of one repository, each distinct one once. */
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Digest } from '../../core/image/image.ts';
import type { RepositoryAccess, RepositoryReply } from '../access/access.ts';
import { type Purpose, registryFailed } from '../requests/error.ts';
import type { ImageFacts, ManifestFact } from './facts.ts';
import type { OneAtATime } from '../../core/base/one-at-a-time.ts';
import { optionalProperty } from '../../core/base/optional-property.ts';
import { SharedWork } from '../../net/flight.ts';
import type { Quirks } from './known-hosts.ts';
import type { RegistryLimits } from '../requests/limits.ts';
import { isDigest } from '../../core/image/tag-and-digest.ts';
import { digestOf, identify, type Identified } from './content.ts';
import {
  type ImageConfig,
  isManifest,
  type Manifest,
  manifestTypes,
  readConfig,
  readManifest,
} from './manifest.ts';

/** A by-digest answer of 404: the registry lost it, or it is not there yet. Never kept as a fact. */
export interface Missing {
  readonly kind: 'missing';
  readonly what: 'manifest' | 'config';
}

export interface TaggedImage {
  readonly digest: Digest;
  readonly found: ManifestFact | Missing;
}

export interface ImageReaderOptions {
  readonly access: RepositoryAccess;
  readonly facts: ImageFacts;
  readonly limits: RegistryLimits;
  readonly quirks: Quirks;
  /** Shared by all repositories. */
  readonly largeManifests: OneAtATime;
}

/** One of the largest takes a twentieth of a second to read, and twenty may arrive at once. */
const largeBytes = 64 * 1024;

export class ImageReader {
  readonly #options: ImageReaderOptions;
  readonly #digests = new SharedWork<Digest | null>('results');
  readonly #images = new SharedWork<TaggedImage | null>('results');
  readonly #manifests = new SharedWork<ManifestFact | Missing>('nothing');
  readonly #configs = new SharedWork<ImageFact | Missing>('results');

  constructor(options: ImageReaderOptions) {
    this.#options = options;
  }

  /** The digest that a tag has in this cycle, by HEAD where the registry can; null: there is no such tag. */
  async digest(tag: string, signal: AbortSignal): Promise<Digest | null> {
    return await this.#digests.run(tag, signal, async (shared) => {
      const head = await this.#headDigest(tag, shared);
      if (typeof head === 'string') return head;
      const image = await this.image(tag, shared);
      if (head === null && image !== null) this.#doubtHead();
      return image?.digest ?? null;
    });
  }

  /** A tag's manifest by one GET, and its config where it is a single image; null: there is no such tag. */
  async image(tag: string, signal: AbortSignal): Promise<TaggedImage | null> {
    return await this.#images.run(tag, signal, async (shared) => {
      const reply = await this.#getManifest(tag, `:${tag}`, shared);
      if (reply === undefined) return null;
      const stated = statedDigest(reply);
      await this.#turnFor(reply.body);
      const { digest, bytes } = this.#identified(identify(reply.body, stated), `:${tag}`);
      const known = this.#options.facts.get(digest);
      if (known !== undefined) return { digest, found: known };
      const manifest = readManifest(bytes);
      if (manifest.kind === 'unusable' && stated === undefined && !isManifest(bytes, mediaTypeOf(reply))) {
        throw registryFailed(
          this.#purpose(`:${tag}`),
          'malformed',
          `the answer is no manifest (${manifest.reason})`,
        );
      }
      return { digest, found: await this.#toFact(digest, manifest, shared) };
    });
  }

  /** What a digest stands for. */
  async fact(digest: Digest, signal: AbortSignal): Promise<ManifestFact | Missing> {
    const known = this.#options.facts.get(digest);
    if (known !== undefined) return known;
    return await this.#manifests.run(digest, signal, async (shared) => {
      const manifest = await this.manifest(digest, shared);
      return manifest.kind === 'missing' ? manifest : await this.#toFact(digest, manifest, shared);
    });
  }

  /** The manifest itself, checked against its digest. */
  async manifest(digest: Digest, signal: AbortSignal): Promise<Manifest | Missing> {
    const reply = await this.#getManifest(digest, `@${digest}`, signal);
    if (reply === undefined) return { kind: 'missing', what: 'manifest' };
    await this.#turnFor(reply.body);
    return readManifest(this.#identified(identify(reply.body, digest), `@${digest}`).bytes);
  }

  async config(digest: Digest, signal: AbortSignal): Promise<ImageConfig | Missing> {
    const request = { action: 'read image config of', subject: `@${digest}` };
    const { access, limits } = this.#options;
    const reply = await access.send(
      { ...request, method: 'GET', path: `blobs/${digest}`, accept: '*/*', maxBytes: limits.maxConfigBytes },
      signal,
    );
    if (reply.status === 404) return { kind: 'missing', what: 'config' };
    if (reply.status !== 200) throw reply.failure();
    if (digestOf(reply.body, digest) !== digest)
      throw mismatch(access.purpose(request), 'the content does not match its digest');
    return readConfig(reply.body);
  }

  async #toFact(digest: Digest, manifest: Manifest, signal: AbortSignal): Promise<ManifestFact | Missing> {
    const fact = await this.#readFact(manifest, signal);
    if (fact.kind !== 'missing') this.#options.facts.set(digest, fact);
    return fact;
  }

  async #readFact(manifest: Manifest, signal: AbortSignal): Promise<ManifestFact | Missing> {
    if (manifest.kind === 'index' || manifest.kind === 'unusable') return manifest;
    if (manifest.kind === 'schema1') return factOf(manifest.config);
    const fact = await this.#configFact(manifest.config, signal);
    if (fact.kind === 'missing' || manifest.noted === undefined) return fact;
    return { ...fact, noted: manifest.noted };
  }

  /** What a config says, each asked for once: many artifacts share one that is empty. */
  async #configFact(digest: Digest, signal: AbortSignal): Promise<ImageFact | Missing> {
    return await this.#configs.run(digest, signal, async (shared) => {
      const config = await this.config(digest, shared);
      return 'kind' in config ? config : factOf(config);
    });
  }

  /** undefined: HEAD is of no use here; null: a 404, which is left to GET, whose body says what is missing. */
  async #headDigest(tag: string, signal: AbortSignal): Promise<Digest | null | undefined> {
    const { access, quirks } = this.#options;
    const { headless } = quirks;
    const { apiUrl } = access.owner.endpoint;
    if (headless.has(apiUrl)) return undefined;
    const reply = await this.#sendManifest('HEAD', 'get digest of', tag, `:${tag}`, signal);
    const digest = statedDigest(reply);
    if (reply.status === 200 && digest?.startsWith('sha256:')) return digest;
    if (reply.status === 404) return null;
    if (reply.status === 429 || reply.status >= 500) throw reply.failure();
    headless.add(apiUrl);
    return undefined;
  }

  /** GET has what HEAD denied: once may be chance. */
  #doubtHead(): void {
    const { access, quirks } = this.#options;
    const { apiUrl } = access.owner.endpoint;
    if (quirks.doubtful.has(apiUrl)) quirks.headless.add(apiUrl);
    quirks.doubtful.add(apiUrl);
  }

  /** undefined: 404. A repository that does not exist is a failure. */
  async #getManifest(
    reference: string,
    subject: string,
    signal: AbortSignal,
  ): Promise<RepositoryReply | undefined> {
    const reply = await this.#sendManifest('GET', 'read manifest of', reference, subject, signal);
    if (reply.status === 200) return reply;
    if (reply.status !== 404 || reply.body.includes('NAME_UNKNOWN')) throw reply.failure();
    return undefined;
  }

  async #sendManifest(
    method: 'GET' | 'HEAD',
    action: string,
    reference: string,
    subject: string,
    signal: AbortSignal,
  ): Promise<RepositoryReply> {
    const { access, limits } = this.#options;
    // The colon of a digest stands for itself in a path; not every registry decodes `%3A`.
    const path = `manifests/${encodeURIComponent(reference).replace('%3A', ':')}`;
    const maxBytes = limits.maxManifestBytes;
    return await access.send({ action, subject, method, path, accept: manifestTypes, maxBytes }, signal);
  }

  /** At most one large body is read in each turn of the event loop. */
  async #turnFor(body: Buffer): Promise<void> {
    if (body.length > largeBytes) await this.#options.largeManifests.run(() => othersTurn());
  }

  #identified(content: Identified, subject: string): Extract<Identified, { kind: 'known' }> {
    if (content.kind === 'refused') throw mismatch(this.#purpose(subject), content.reason);
    return content;
  }

  #purpose(subject: string): Purpose {
    return this.#options.access.purpose({ action: 'read manifest of', subject });
  }
}

type ImageFact = Extract<ManifestFact, { kind: 'image' }>;

function factOf({ platform, created, noted }: ImageConfig): ImageFact {
  return { kind: 'image', platform, created, ...optionalProperty('noted', noted) };
}

function statedDigest({ headers }: RepositoryReply): Digest | undefined {
  const stated = headers['docker-content-digest']?.toString().trim() ?? '';
  return isDigest(stated) ? stated : undefined;
}

function mediaTypeOf({ headers }: RepositoryReply): string {
  return headers['content-type'] ?? '';
}

function mismatch(purpose: Purpose, reason: string): Error {
  return registryFailed(purpose, 'digest-mismatch', reason);
}
