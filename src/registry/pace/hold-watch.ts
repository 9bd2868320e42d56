/** Tells when an origin begins to be held back, and when it is asked again. */
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { RegistryHold } from '../../ports/observation.ts';
import type { NotAsked } from './not-asked.ts';

export type TellHold = (news: Omit<RegistryHold, 'host'>) => void;

export class HoldWatch {
  readonly #tell: TellHold;
  /** As it was told last; undefined: it is asked. */
  #code: NotAsked['code'] | undefined;

  constructor(tell: TellHold = () => undefined) {
    this.#tell = tell;
  }

  look(found: NotAsked | undefined): void {
    if (found?.code === this.#code) return;
    this.#code = found?.code;
    if (found === undefined) return this.#tell({});
    const { code, message: reason, waitMs } = found;
    this.#tell({ hold: { code, reason, ...optionalProperty('waitMs', waitMs) } });
  }
}
