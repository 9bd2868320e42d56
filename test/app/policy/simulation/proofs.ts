/** Which versions have run healthily where, as somebody knows who looks when the cycles do. */
import type { SimulatedWorld } from './simulated-world.ts';
import { type Minor, minuteMs } from './story.ts';

const neededMs = 10 * minuteMs;

export class Proofs {
  readonly #healthySinceMs = new Map<number, { readonly minor: Minor; readonly atMs: number }>();
  readonly #proven = new Set<string>();

  /** At the start of a cycle. `jumpedMs`: by so much the clock may be wrong. */
  look({ apps, versions, nowMs }: SimulatedWorld, jumpedMs: number): void {
    for (const [index, { live, health, healthSinceMs }] of apps.entries()) {
      const known = this.#healthySinceMs.get(index);
      if (health !== 'Healthy') this.#healthySinceMs.delete(index);
      else if (known?.minor !== live) this.#healthySinceMs.set(index, { minor: live, atMs: nowMs });
      const sinceMs = Math.max(this.#healthySinceMs.get(index)?.atMs ?? nowMs, healthSinceMs);
      const isLongEnough = nowMs + jumpedMs + minuteMs - sinceMs >= neededMs;
      if (health === 'Healthy' && versions[index] === live && isLongEnough)
        this.#proven.add(`${index} ${live}`);
    }
  }

  has(index: number, minor: Minor): boolean {
    return this.#proven.has(`${index} ${minor}`);
  }
}
