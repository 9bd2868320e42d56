/** Edits of target files as data: what an application wants a repository to hold. */
import type { HelmParameter } from '../config/application.ts';
import type { HelmReads } from '../config/helm-reads.ts';
import type { FolderSource } from './folder-reads.ts';
import type { ManifestPlaces } from '../config/write-target.ts';

/** One value of a Helm values file. */
export interface ValueEdit {
  /** Key path such as `web.image.tag`, `images[0].name`. */
  readonly key: string;
  /** "" for a digest that goes: it is written only where the key is there. */
  readonly value: string;
  /** `name` and `spec` values keep the file's spelling where it means the same image. */
  readonly role: 'tag' | 'name' | 'spec' | 'digest';
  readonly alias: string;
}

/** One image of a kustomization. */
export interface KustomizeEdit {
  /** The name to find: the annotation's, else the image's own as written. */
  readonly name: string;
  /** True if the annotation gave `name`: then entries are not looked up by `newName`. */
  readonly named: boolean;
  /** Repository as written with registry; equal to `name` where nothing is renamed. */
  readonly newName: string;
  /** At least one of both. */
  readonly tag?: string;
  readonly digest?: string;
  readonly alias: string;
}

/** One image in plain manifests. */
export interface ManifestEdit {
  readonly alias: string;
  /** Canonical registry and repository that a reference must have to be meant. */
  readonly registry: string;
  readonly repository: string;
  /** Tag and digest of the new reference; its repository keeps each occurrence's own spelling. */
  readonly tag?: string;
  readonly digest?: string;
  /** Key path in custom resources, such as `spec.image`. */
  readonly path?: string;
  /** Container name that narrows the match. */
  readonly container?: string;
}

export type TargetEdit =
  | {
      readonly kind: 'override-helm';
      readonly path: string;
      readonly parameters: readonly HelmParameter[];
      /** Values files that hold what runs as long as no parameter does, the strongest first; nothing writes them. */
      readonly defaults?: readonly string[];
    }
  | {
      readonly kind: 'override-kustomize';
      readonly path: string;
      /** `[name=]reference`, as in spec.source.kustomize.images. */
      readonly images: readonly string[];
    }
  | {
      readonly kind: 'helmvalues';
      readonly path: string;
      readonly values: readonly ValueEdit[];
      /** What Argo CD reads; absent where nobody can tell. */
      readonly reads?: HelmReads;
    }
  | {
      readonly kind: 'kustomization';
      readonly directory: string;
      readonly images: readonly KustomizeEdit[];
      /** What Argo CD builds from; absent where nobody can tell. */
      readonly reads?: readonly FolderSource[];
    }
  | ({
      readonly kind: 'manifests';
      readonly images: readonly ManifestEdit[];
      /** The same. */
      readonly reads?: readonly FolderSource[];
    } & ManifestPlaces);
