/** Why a request is not even sent: what the other side said, or did not say, before. */

export class NotAsked extends Error {
  readonly code: 'rate-limited' | 'server-error' | 'network';
  /** How long the reason lasts; absent where nobody knows. */
  readonly waitMs: number | undefined;

  constructor(code: NotAsked['code'], message: string, waitMs?: number) {
    super(message);
    this.code = code;
    this.waitMs = waitMs;
  }
}
