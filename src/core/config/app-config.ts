/** What the annotations of one Application say. */
import type { Outcome } from '../base/outcome.ts';
import type { Application, SourceType } from './application.ts';
import type { ConfiguredImage, Warning } from './tracked-image.ts';
import type { WriteBack } from './write-back.ts';

export interface AppConfig {
  readonly app: Application;
  /** One outcome per entry of image-list, in order; a failed one names its annotation. */
  readonly images: readonly ConfiguredImage[];
  readonly writeBack: Outcome<WriteBack>;
  /** Helm or Kustomize, by target prefix or status; `undefined` until the repository has been looked at (file mode). */
  readonly sourceType?: SourceType;
  /** Why the application is not processed at all: Argo CD calls it invalid, or its source cannot be written (as in 0.18). */
  readonly unsupported?: string;
  readonly warnings: readonly Warning[];
}

export type { ApplicationSource } from './application.ts';
export { annotationPrefix } from './keys/annotation-keys.ts';
export type { GitCredentialSource } from './keys/write-back-method.ts';
export type { ConfiguredImage, TrackedImage, Warning } from './tracked-image.ts';
export type { GitWriteBack, WriteBack } from './write-back.ts';
export type { WriteTarget } from './write-target.ts';
