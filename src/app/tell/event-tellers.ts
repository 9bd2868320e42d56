/** Events beside those of updates: about what fails, and about what policies withhold. */
import type { Clock } from '../../ports/clock.ts';
import { FailingTeller } from './failing-teller.ts';
import { WithheldTeller } from './withheld-teller.ts';

export class EventTellers {
  readonly #failing: FailingTeller;
  readonly #withheld = new WithheldTeller();

  constructor(clock: Clock) {
    this.#failing = new FailingTeller(clock);
  }

  /** Why they could not be told; nothing: they were. */
  async tell(...report: Parameters<FailingTeller['tell']>): Promise<readonly string[]> {
    const unsaid = await this.#failing.tell(...report);
    return unsaid.length > 0 ? unsaid : this.#withheld.tell(...report);
  }
}
