/** How one Application runs, as Argo CD reports it. */
import { packState } from '../../../../src/core/config/state/application-state.ts';
import type { Health } from './story.ts';

interface Deployed {
  readonly atMs: number;
  readonly revision: string;
}

/** Times are those of the API server. */
export class Deployment {
  /** What runs: `1.3.0`, `moving@sha256:…`. */
  live: string;
  health: Health = 'Healthy';
  healthSinceMs: number;
  /** Of the last sync. */
  syncedAtMs: number;
  hasFailed = false;
  #revision = '';
  #history: readonly Deployed[] = [];

  constructor(version: string, nowMs: number) {
    this.live = version;
    this.healthSinceMs = nowMs;
    this.syncedAtMs = nowMs;
  }

  sync(version: string, revision: string, nowMs: number, fails: boolean): void {
    this.syncedAtMs = nowMs;
    this.hasFailed = fails;
    this.#revision = revision;
    if (fails) return;
    this.live = version;
    this.#history = [...this.#history, { atMs: nowMs, revision }].slice(-10);
  }

  becomes(health: Health, nowMs: number): void {
    if (this.health === health) return;
    this.health = health;
    this.healthSinceMs = nowMs;
  }

  /** `wanted`: what its source holds. */
  packed({
    wanted,
    repoURL,
    nowMs,
  }: {
    readonly wanted: string;
    readonly repoURL: string;
    readonly nowMs: number;
  }): string {
    const at = new Date(this.syncedAtMs).toISOString();
    const source = { repoURL, targetRevision: 'main' };
    const state = packState({
      spec: { source },
      status: {
        health: { status: this.health, lastTransitionTime: new Date(this.healthSinceMs).toISOString() },
        sync: { status: wanted === this.live ? 'Synced' : 'OutOfSync' },
        reconciledAt: new Date(nowMs).toISOString(),
        history: this.#history.map(({ atMs, revision }, id) => {
          const time = new Date(atMs).toISOString();
          return { deployStartedAt: time, deployedAt: time, revision, id, source };
        }),
        operationState: {
          phase: this.hasFailed ? 'Failed' : 'Succeeded',
          startedAt: at,
          finishedAt: at,
          syncResult: { revision: this.#revision },
        },
      },
    });
    if (state === undefined) throw new Error('no state');
    return state;
  }
}
