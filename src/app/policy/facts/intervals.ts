/** `interval`: what an image came to last stands until it is time to ask again (spec/policies.md 5.3). */
import type { AppKey } from '../../../core/config/application.ts';
import type { Decision } from '../../../core/decide/decision.ts';

interface Asked {
  readonly decision: Decision;
  readonly atMs: number;
  /** What it was decided by: other settings or another running version are asked for at once. */
  readonly mark: string;
}

/** Kept from cycle to cycle, in memory only: what is lost is asked at once. */
export class Intervals {
  readonly #asked = new Map<string, Asked>();
  readonly #writtenAtMs = new Map<AppKey, number>();

  /** The decision that still stands; undefined: ask. */
  standing(
    app: AppKey,
    index: number,
    mark: string,
    intervalMs: number,
    nowMs: number,
  ): Decision | undefined {
    const known = this.#asked.get(`${index} ${app}`);
    if (known?.mark !== mark) return undefined;
    const passedMs = nowMs - known.atMs;
    return passedMs >= 0 && passedMs < intervalMs ? known.decision : undefined;
  }

  /** A failure is no answer. */
  keep(app: AppKey, decision: Decision, mark: string, nowMs: number): void {
    if (decision.kind === 'failed') this.#asked.delete(`${decision.index} ${app}`);
    else this.#asked.set(`${decision.index} ${app}`, { decision, atMs: nowMs, mark });
  }

  wrote(app: AppKey, nowMs: number): void {
    this.#writtenAtMs.set(app, nowMs);
  }

  /** When the Application may be written again. */
  notBeforeMs(app: AppKey, intervalMs: number, nowMs: number): number | undefined {
    const writtenMs = this.#writtenAtMs.get(app);
    return writtenMs === undefined ? undefined : Math.min(writtenMs, nowMs) + intervalMs;
  }

  /** Applications that are there no more. */
  keepOnly(isThere: (app: AppKey) => boolean): void {
    for (const app of this.#writtenAtMs.keys()) if (!isThere(app)) this.#writtenAtMs.delete(app);
    for (const key of this.#asked.keys())
      if (!isThere(key.slice(key.indexOf(' ') + 1) as AppKey)) this.#asked.delete(key);
  }
}
