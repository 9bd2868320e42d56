/** The update strategies: what orders the allowed tags. */
import type { Constraint } from '../version/constraint.ts';
import type { TagReading } from './reading.ts';

export interface SemverStrategy {
  readonly kind: 'semver';
  readonly constraint?: Constraint;
  readonly reading?: TagReading;
}

export interface NumericStrategy {
  readonly kind: 'numeric';
  readonly reading?: TagReading;
}

export type Strategy =
  | SemverStrategy
  | NumericStrategy
  | { readonly kind: 'newest-build' }
  | { readonly kind: 'alphabetical'; readonly reading?: TagReading }
  | { readonly kind: 'digest'; readonly tag: string };

/** How its tags are read; undefined: as they stand. */
export function readingOf(strategy: Strategy): TagReading | undefined {
  return 'reading' in strategy ? strategy.reading : undefined;
}

const strategyNames: ReadonlyMap<string, Strategy['kind']> = new Map<string, Strategy['kind']>([
  ['', 'semver'],
  ['semver', 'semver'],
  ['newest-build', 'newest-build'],
  ['latest', 'newest-build'], // `latest` and `name` are older names
  ['alphabetical', 'alphabetical'],
  ['name', 'alphabetical'],
  ['numeric', 'numeric'],
  ['digest', 'digest'],
]);

/** Trimmed, in any case; "" is semver. undefined: no strategy has that name. */
export function parseStrategyName(value: string): Strategy['kind'] | undefined {
  return strategyNames.get(value.trim().toLowerCase());
}
