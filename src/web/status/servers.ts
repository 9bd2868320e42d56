/** What registries and Git servers said last: a reader of observations. */
import { LRUCache } from 'lru-cache';
import type { GitCommandRun, RegistryHold, RegistryRequest } from '../../ports/observation.ts';
import { optionalProperty } from '../../core/base/optional-property.ts';
import { shortText } from './short-text.ts';

export interface RegistryRow {
  readonly host: string;
  readonly requests: number;
  readonly refused: number;
  readonly unanswered: number;
  readonly quota?: { readonly left: number; readonly limit?: number; readonly resetAtMs?: number };
  readonly held?: {
    readonly code: string;
    readonly reason: string;
    readonly sinceMs: number;
    readonly untilMs?: number;
  };
  readonly lastAnswer?: { readonly atMs: number; readonly status: number };
}

export interface RepositoryRow {
  readonly repository: string;
  readonly lastFetch?: Done;
  readonly lastPush?: Done;
}

interface Done {
  readonly atMs: number;
  readonly ok: boolean;
}

/** Names come from annotations and from redirects: who was asked longest ago makes room. */
const maxHosts = 500;
const maxRepositories = 5_000;
const refusals: ReadonlySet<number> = new Set([401, 403, 429]);

export class Servers {
  readonly #registries = new LRUCache<string, RegistryRow>({ max: maxHosts });
  readonly #repositories = new LRUCache<string, RepositoryRow>({ max: maxRepositories });

  get registries(): readonly RegistryRow[] {
    return [...this.#registries.values()].toSorted((a, b) => (a.host < b.host ? -1 : 1));
  }

  get repositories(): readonly RepositoryRow[] {
    return [...this.#repositories.values()].toSorted((a, b) => (a.repository < b.repository ? -1 : 1));
  }

  request({ host, status, remaining: left, limit, resetMs }: RegistryRequest, nowMs: number): void {
    const before = this.#registry(host);
    const resetAtMs = resetMs === undefined ? undefined : nowMs + resetMs;
    const quota =
      left === undefined
        ? before.quota
        : { left, ...optionalProperty('limit', limit), ...optionalProperty('resetAtMs', resetAtMs) };
    const lastAnswer = status === undefined ? before.lastAnswer : { atMs: nowMs, status };
    this.#registries.set(host, {
      ...before,
      requests: before.requests + 1,
      refused: before.refused + (status !== undefined && refusals.has(status) ? 1 : 0),
      unanswered: before.unanswered + (status === undefined ? 1 : 0),
      ...optionalProperty('quota', quota),
      ...optionalProperty('lastAnswer', lastAnswer),
    });
  }

  hold({ host, hold }: RegistryHold, nowMs: number): void {
    const { held: _over, ...before } = this.#registry(host);
    if (hold === undefined) {
      this.#registries.set(host, before);
      return;
    }
    const { code, reason, waitMs } = hold;
    const untilMs = waitMs === undefined ? undefined : nowMs + waitMs;
    const held = { code, reason: shortText(reason), sinceMs: nowMs, ...optionalProperty('untilMs', untilMs) };
    this.#registries.set(host, { ...before, held });
  }

  command({ command, repository, ok }: GitCommandRun, nowMs: number): void {
    const before = this.#repositories.get(repository) ?? { repository };
    if (command === 'fetch' || command === 'ls-remote')
      this.#repositories.set(repository, { ...before, lastFetch: { atMs: nowMs, ok } });
    else if (command === 'push')
      this.#repositories.set(repository, { ...before, lastPush: { atMs: nowMs, ok } });
  }

  #registry(host: string): RegistryRow {
    return this.#registries.get(host) ?? { host, requests: 0, refused: 0, unanswered: 0 };
  }
}
