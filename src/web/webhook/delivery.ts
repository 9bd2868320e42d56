/** What a sender delivered, and what it means to us. */

import type { PushEvent } from '../../ports/push-event.ts';

/** One HTTP request to the webhook, its body read whole. */
export interface Delivery {
  /** Lower-case name; absent: not sent. */
  readonly header: (name: string) => string | undefined;
  /** Of the URL; the last one of several counts. */
  readonly query: (name: string) => string | undefined;
  /** Exactly the bytes that were sent: signatures are over these. */
  readonly body: Buffer;
}

export type Reading =
  | { readonly kind: 'pushes'; readonly events: readonly PushEvent[] }
  /** Well-formed, and nothing that could bring a new image. */
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string };

export function ignored(reason: string): Reading {
  return { kind: 'ignored', reason };
}

export function malformed(reason: string): Reading {
  return { kind: 'malformed', reason };
}
