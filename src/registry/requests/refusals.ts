/** What a registry refused of one repository in this cycle, and whom it has refused too often to be asked. */
import { describeWait } from '../../core/base/duration.ts';
import type { Failed } from '../../core/base/outcome.ts';
import type { Backoff } from '../pace/backoff.ts';
import { type Purpose, registryFailed, withLogin } from './error.ts';

/** Who may list may not always pull: each kind of content is refused by itself. */
interface Asked {
  readonly content: string;
  /** Repository and credential, without a secret. */
  readonly key: string;
  /** The source of the credential, for messages. */
  readonly login: string;
}

export class Refusals {
  readonly #backoff: Backoff;
  /** Kinds of content. */
  readonly #refused = new Set<string>();

  constructor(backoff: Backoff) {
    this.#backoff = backoff;
  }

  /** Throws `Failed` where several cycles were refused: then it is quiet for a while. */
  requireAskable(purpose: Purpose, asked: Asked): void {
    const quiet = this.#refused.has(asked.content) ? undefined : this.#backoff.quiet(keyOf(asked));
    if (quiet === undefined) return;
    const detail = `not asked after several refusals, retry in ${describeWait(quiet.waitMs)}; the last: ${quiet.failure.message}`;
    const code = quiet.failure.kind === 'registry' ? quiet.failure.code : 'refused';
    throw withLogin(registryFailed(purpose, code, detail, { retryAfterMs: quiet.waitMs }), asked.login);
  }

  succeeded(asked: Asked): void {
    this.#backoff.succeeded(keyOf(asked));
  }

  /** Many requests of one cycle are one refusal. */
  refused(asked: Asked, error: Failed): void {
    if (this.#refused.has(asked.content)) return;
    this.#refused.add(asked.content);
    this.#backoff.refused(keyOf(asked), error.failure);
  }
}

function keyOf({ key, content }: Asked): string {
  return `${key} ${content}`;
}
