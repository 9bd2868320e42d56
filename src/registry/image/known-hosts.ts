/** What some registries cannot do, by API URL; found out once per process. */
import { LRUCache } from 'lru-cache';

/** Far more registries than anybody has; a forgotten one costs one request. */
const maxHosts = 1_000;

export class KnownHosts {
  readonly #hosts = new LRUCache<string, true>({ max: maxHosts });

  has(apiUrl: string): boolean {
    return this.#hosts.has(apiUrl);
  }

  add(apiUrl: string): void {
    this.#hosts.set(apiUrl, true);
  }
}

export interface Quirks {
  /** Refuse a page size. */
  readonly sizeless: KnownHosts;
  /** Give no digest to HEAD. */
  readonly headless: KnownHosts;
  /** Denied a tag to HEAD once that GET had; it may have been pushed in between. */
  readonly doubtful: KnownHosts;
}
