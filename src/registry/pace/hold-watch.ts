/** Tells when a registry begins to be held back, and when it is asked again. */
import { LRUCache } from 'lru-cache';
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { RegistryHold } from '../../ports/observation.ts';
import type { Gate } from './gate.ts';

export class HoldWatch {
  readonly #tell: (event: RegistryHold) => void;
  /** Hosts that are held back, as it was told last. */
  readonly #held = new LRUCache<string, string>({ max: 1_000 });

  constructor(tell: (event: RegistryHold) => void = () => undefined) {
    this.#tell = tell;
  }

  look({ host }: URL, gate: Gate): void {
    const found = gate.notAsked();
    if (found?.code === this.#held.get(host)) return;
    if (found === undefined) {
      this.#held.delete(host);
      this.#tell({ host });
      return;
    }
    const { code, message: reason, waitMs } = found;
    this.#held.set(host, code);
    this.#tell({ host, hold: { code, reason, ...optionalProperty('waitMs', waitMs) } });
  }
}
