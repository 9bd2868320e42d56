/** Versions that made somebody unhealthy after our write, as somebody knows who looks when the cycles do. */
import type { SimulatedWorld } from './simulated-world.ts';
import { minuteMs, partsOf } from './story.ts';

interface Watch {
  readonly index: number;
  readonly version: string;
  readonly writtenMs: number;
}

const watchedMs = 15 * minuteMs;
const lastingMs = minuteMs;

export class Quarantines {
  #watches: readonly Watch[] = [];
  readonly #bad = new Set<string>();
  /** Seen unhealthy with the version at any time, for whatever reason. */
  readonly #suspected = new Set<string>();

  wrote(index: number, version: string, nowMs: number): void {
    this.#watches = [...this.#watches, { index, version, writtenMs: nowMs }];
  }

  /** What was known is known no more. */
  forget(): void {
    this.#watches = [];
    this.#bad.clear();
  }

  /** At the start of a cycle. `slackMs`: by so much clocks may differ. */
  look({ apps, bases, trueMs }: SimulatedWorld, slackMs: number): void {
    for (const [index, { image, deployment }] of apps.entries()) {
      if (deployment.health === 'Degraded') this.#suspect(image, deployment.live);
      if (deployment.hasFailed) this.#suspect(image, bases[index] ?? '');
    }
    this.#watches = this.#watches.filter(({ index, version, writtenMs }) => {
      const { image, deployment } = apps[index] ?? {};
      if (image === undefined || deployment === undefined) return false;
      const { syncedAtMs, health, healthSinceMs, live, hasFailed } = deployment;
      if (syncedAtMs <= writtenMs + slackMs) return trueMs - writtenMs < 23 * 60 * minuteMs;
      if (hasFailed) {
        this.#condemn(image, version);
        return false;
      }
      const endMs = syncedAtMs + watchedMs;
      const isTurned =
        health === 'Degraded' && healthSinceMs > syncedAtMs + slackMs && healthSinceMs <= endMs - slackMs;
      if (isTurned && trueMs - healthSinceMs >= lastingMs + slackMs && live === version) {
        this.#condemn(image, version);
        return false;
      }
      // a second sync, or an unhealthy time before it, makes it doubtful whom to blame
      return isTurned || (health === 'Healthy' && trueMs < endMs);
    });
  }

  isBad(image: number, version: string): boolean {
    return this.#bad.has(keyOf(image, version));
  }

  /** False: nothing speaks against it. */
  isSuspected(image: number, version: string): boolean {
    return this.#suspected.has(keyOf(image, version));
  }

  #condemn(image: number, version: string): void {
    this.#bad.add(keyOf(image, version));
    this.#suspect(image, version);
  }

  #suspect(image: number, version: string): void {
    this.#suspected.add(keyOf(image, version));
  }
}

function keyOf(image: number, version: string): string {
  const { tag, digest = tag } = partsOf(version);
  return `${image} ${digest}`;
}
