/** Which errors this process has put on which Applications: what somebody took away is not put there again. */
import type { AppKey } from '../../core/config/application.ts';

const maxApplications = 10_000;

export class ToldErrors {
  readonly #told = new Map<AppKey, string>();

  /** The reasons that were told last; empty: that nothing fails. */
  has(app: AppKey, reasons: readonly string[]): boolean {
    return this.#told.get(app) === textOf(reasons);
  }

  tell(app: AppKey, reasons: readonly string[]): void {
    this.#told.delete(app); // the one that was told last is the last to be forgotten
    this.#told.set(app, textOf(reasons));
    const [oldest] = this.#told.keys();
    if (this.#told.size > maxApplications && oldest !== undefined) this.#told.delete(oldest);
  }

  forget(app: AppKey): void {
    this.#told.delete(app);
  }
}

function textOf(reasons: readonly string[]): string {
  return JSON.stringify(reasons);
}
