/** Annotations of an Application -> AppConfig: what to track, and where to write. */
import type { Application, ApplicationSource, SourceType } from './application.ts';
import type { TagFilter } from './filter.ts';
import type { ImageRef } from './image.ts';
import type { Outcome } from './outcome.ts';
import type { SecretSource } from './secret-source.ts';
import type { Strategy } from './strategy.ts';

export const annotationPrefix = 'argocd-image-updater.argoproj.io/';

/** A problem that stops nothing but should be said. */
export interface Warning {
  readonly message: string;
  /** Key after the prefix. */
  readonly annotation?: string;
}

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
  /** Annotated Helm keys; absent where not annotated (defaults are applied when a write is planned). */
  readonly helm: { readonly name?: string; readonly tag?: string; readonly spec?: string };
  /** `<alias>.kustomize.image-name`. */
  readonly kustomizeName?: ImageRef;
  /** `<alias>.manifests.path` (key path in custom resources) and `<alias>.manifests.name` (container name). */
  readonly manifests: { readonly path?: string; readonly container?: string };
}

export type GitCredentialSource =
  | { readonly kind: 'repocreds' }
  | { readonly kind: 'secret'; readonly namespace: string; readonly name: string };

/** Paths are relative to the repository's root, cleaned, without leading slash ("" is the root). */
export type WriteTarget =
  | { readonly kind: 'override'; readonly path: string }
  | { readonly kind: 'helmvalues'; readonly path: string }
  | { readonly kind: 'kustomization'; readonly directory: string }
  | {
      readonly kind: 'manifests';
      /** Files, folders or globs; the application's own path if none was given. */
      readonly paths: readonly string[];
      readonly recurse: boolean;
      readonly include: string;
      readonly exclude: string;
    };

export type WriteBack =
  | {
      readonly kind: 'argocd';
      /** Index into `Application.sources`. */
      readonly sourceIndex: number;
    }
  | {
      readonly kind: 'git';
      readonly repoURL: string;
      readonly credentials: GitCredentialSource;
      /** Branch to start from as asked for; absent: the repository's default branch. */
      readonly base?: string;
      /** Branch to push to, a Go template; absent: the base branch. */
      readonly pushTemplate?: string;
      readonly target: WriteTarget;
      /** Index into `Application.sources`: whose parameters and path are meant. */
      readonly sourceIndex: number;
    };

export interface AppConfig {
  readonly app: Application;
  /** One outcome per entry of image-list, in order; a failed one names its annotation. */
  readonly images: readonly ConfiguredImage[];
  readonly writeBack: Outcome<WriteBack>;
  /** Helm or Kustomize, by target prefix or status; `undefined` until the repository has been looked at (file mode). */
  readonly sourceType?: SourceType;
  readonly warnings: readonly Warning[];
}

export interface ConfiguredImage {
  readonly alias: string;
  readonly entry: string;
  readonly index: number;
  readonly image: Outcome<TrackedImage>;
}

export type { ApplicationSource };
