/** Which versions have run healthily where, as somebody knows who looks when the cycles do. */
import type { SimulatedWorld } from './simulated-world.ts';
import { minuteMs, partsOf } from './story.ts';

const neededMs = 10 * minuteMs;

export class Proofs {
  readonly #healthySinceMs = new Map<number, { readonly version: string; readonly atMs: number }>();
  readonly #proven = new Set<string>();

  /** At the start of a cycle. `slackMs`: by so much clocks may differ. */
  look({ apps, bases, trueMs }: SimulatedWorld, slackMs: number): void {
    for (const [index, { deployment }] of apps.entries()) {
      const { live, health, healthSinceMs, hasFailed } = deployment;
      const known = this.#healthySinceMs.get(index);
      if (health !== 'Healthy') this.#healthySinceMs.delete(index);
      else if (known?.version !== live) this.#healthySinceMs.set(index, { version: live, atMs: trueMs });
      const sinceMs = Math.max(this.#healthySinceMs.get(index)?.atMs ?? trueMs, healthSinceMs);
      const isLongEnough = trueMs + slackMs - sinceMs >= neededMs;
      if (health !== 'Healthy' || hasFailed || bases[index] !== live || !isLongEnough) continue;
      for (const part of Object.values(partsOf(live))) this.#proven.add(`${index} ${part}`);
    }
  }

  /** Its digest, where digests are written. */
  has(index: number, version: string): boolean {
    const { tag, digest = tag } = partsOf(version);
    return this.#proven.has(`${index} ${digest}`);
  }
}
