/** The four update strategies: how the newest allowed tag is chosen. */
import type { Constraint } from './constraint.ts';

export type Strategy =
  | { readonly kind: 'semver'; readonly constraint?: Constraint }
  | { readonly kind: 'newest-build' }
  | { readonly kind: 'alphabetical' }
  | { readonly kind: 'digest'; readonly tag: string };

/** A point in time with nanoseconds, from an RFC 3339 text. */
export interface Instant {
  /** Seconds since 1970, may be negative (year 1). */
  readonly seconds: number;
  /** 0 to 999 999 999. */
  readonly nanos: number;
}
