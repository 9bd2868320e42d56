/** Whether an origin is down: then one request per cycle finds out whether it still is. */
import { NotAsked } from './not-asked.ts';

/** Repositories in a row that failed, whatever was tried, until nobody else asks. */
const silencesUntilOpen = 3;
/** More of these, since a registry may fail for some repositories only. */
const errorsUntilOpen = 5;

/** So many that fail at once, and nobody new asks until it is known whether repeating helps them. */
const failuresUntilCare = 3;

/** `silence`: no answer at all; `error`: a status of 500 or above. */
export type Outage = 'silence' | 'error';

export class Breaker {
  readonly #failing = new Set<string>();
  readonly #suspects = new Set<string>();
  #open: { readonly kind: Outage; readonly last: string } | undefined;

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Several failed at once, and no answer came since. */
  get isWary(): boolean {
    return this.#suspects.size >= failuresUntilCare;
  }

  /** A request of the repository failed and will be sent again. */
  suspected(repository: string): void {
    this.#suspects.add(repository);
  }

  succeeded(): void {
    this.#suspects.clear();
    this.#failing.clear();
    this.#open = undefined;
  }

  /** A request of the repository failed after all tries; `last` says how. */
  failed(repository: string, kind: Outage, last: string): void {
    this.#failing.add(repository);
    const enough = kind === 'silence' ? silencesUntilOpen : errorsUntilOpen;
    if (this.#open !== undefined || this.#failing.size >= enough) {
      this.#open = { kind, last };
      this.#failing.clear(); // only their number mattered
      this.#suspects.clear();
    }
  }

  notAsked(): NotAsked | undefined {
    if (this.#open === undefined) return undefined;
    const { kind, last } = this.#open;
    return kind === 'silence'
      ? new NotAsked(
          'network',
          `not asked, the host gave no answer several times in a row; the last: ${last}`,
        )
      : new NotAsked(
          'server-error',
          `not asked, the registry failed several times in a row; the last: ${last}`,
        );
  }
}
