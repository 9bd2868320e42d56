/** An image that its group has sent on its way. */
import type { ImageRef } from '../../../core/image/image.ts';
import type { Update } from '../judge/sieving.ts';
import type { Seat } from './meeting.ts';

export interface Mover {
  readonly seat: Seat;
  /** For people: `argocd/shop web`. */
  readonly name: string;
  /** What its target holds. */
  readonly held: ImageRef | undefined;
  readonly update: Update;
}
