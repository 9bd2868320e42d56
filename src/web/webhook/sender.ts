/** One kind of sender: how it proves that it is who it says, and what it sends. */
import type { Proof } from './proof.ts';
import type { Delivery, Reading } from './delivery.ts';

export interface Sender {
  /** Value of the query parameter `type`, or of the header `X-Registry-Type`. */
  readonly type: string;
  /** Asked only where a secret is set. */
  readonly proof: Proof;
  readonly read: (delivery: Delivery) => Reading;
}
