/** What is tracked of one entry of image-list. */
import type { Outcome } from '../base/outcome.ts';
import type { ImageRef } from '../image/image.ts';
import type { Strategy } from '../strategy/strategy.ts';
import type { BuildDateSource } from '../version/build-date.ts';
import type { TagFilter } from '../version/filter.ts';
import type { SecretSource } from './keys/secret-source.ts';
import type { HelmKeys, ManifestKeys } from './keys/target-keys.ts';
import type { OnMovedTag, WriteFormat } from './keys/write-format.ts';

export interface TrackedImage {
  /** "" if the entry has none. */
  readonly alias: string;
  /** The entry as written in image-list, for messages. */
  readonly entry: string;
  /** Position in image-list, from 0: with the application it identifies the image. */
  readonly index: number;
  readonly ref: ImageRef;
  readonly strategy: Strategy;
  /** Constraint text as written, for messages; absent if none. */
  readonly constraintText?: string;
  readonly filter: TagFilter;
  /** `os/arch[/variant]`, sorted, never empty (default: the machine's own). */
  readonly platforms: readonly string[];
  readonly credentials?: SecretSource;
  readonly forceUpdate: boolean;
  /** `<alias>.verify-platform`: the choice must be an image for one of the platforms, else the next one is taken. */
  readonly verifyPlatform: boolean;
  /** `<alias>.downgrade: allow`: follow a registry that lists the running version no more. */
  readonly allowsDowngrade: boolean;
  /** `<alias>.build-date`, for newest-build. */
  readonly buildDate?: BuildDateSource;
  /** What of a version is written. */
  readonly format: WriteFormat;
  /** Absent: not set. */
  readonly onMovedTag?: OnMovedTag;
  /** Annotated Helm keys; absent where not annotated (defaults are applied when a write is planned). */
  readonly helm: HelmKeys;
  /** `<alias>.kustomize.image-name`. */
  readonly kustomizeName?: ImageRef;
  /** `<alias>.manifests.path` (key path in custom resources) and `<alias>.manifests.name` (container name). */
  readonly manifests: ManifestKeys;
}

export interface ConfiguredImage {
  readonly alias: string;
  readonly entry: string;
  readonly index: number;
  readonly image: Outcome<TrackedImage>;
}

/** A problem that stops nothing but should be said. */
export interface Warning {
  readonly message: string;
  /** Key after the prefix; absent where it is about what happened, not about what is configured. */
  readonly annotation?: string;
  /** What a person can do, where the message does not say it. */
  readonly advice?: string;
  /** It works, and is said at level info, once for all that say it. */
  readonly isDeprecation?: true;
}
