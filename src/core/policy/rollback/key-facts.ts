/** One image at one key, with what its rules, its registry and its people say. */
import { optionalProperty } from '../../base/optional-property.ts';
import type { Strategy } from '../../strategy/strategy.ts';
import type { Instant } from '../../version/instant.ts';
import type { OrderedVersion } from '../order.ts';
import type { Resumed } from '../settings.ts';
import type { KeyPlace } from './lines/change-line.ts';
import type { ImageVersion } from './lines/image-version.ts';
import type { Wrote } from './lines/wrote.ts';
import type { OurTraces } from './proved-ours.ts';

export interface KeyFacts {
  readonly place: KeyPlace;
  readonly strategy: Strategy;
  /** At which the images of the Application are written now. */
  readonly keysNow?: ReadonlySet<string>;
  /** What stands there at the head. */
  readonly held: ImageVersion;
  /** Filters, constraint, `skip-tags` and pre-releases would take it, be it listed or not. */
  readonly admits: (version: ImageVersion) => boolean;
  /** Build date of a tag that the registry lists, where newest-build has asked. */
  readonly createdOf: (tag: string) => Instant | undefined;
  readonly traces: OurTraces;
  readonly resumed: readonly Resumed[];
  /** What we remember to have written there last. */
  readonly wrote?: Wrote;
  /** Commits of the branch that Argo CD has deployed. */
  readonly deployed?: readonly Deployed[];
}

export interface Deployed {
  readonly revision: string;
  readonly atMs: number;
}

/** `estimateMs`: when it was there at the latest, for a tag that the registry does not list. */
export function dated(
  { strategy, createdOf }: Pick<KeyFacts, 'strategy' | 'createdOf'>,
  version: ImageVersion,
  estimateMs?: number,
): OrderedVersion {
  if (strategy.kind !== 'newest-build' || version.tag === undefined) return version;
  const estimate =
    estimateMs === undefined ? undefined : { seconds: Math.floor(estimateMs / 1000), nanos: 0 };
  return { ...version, ...optionalProperty('created', createdOf(version.tag) ?? estimate) };
}
