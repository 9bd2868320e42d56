/** What is judged: one image of an Application that would be written. */
import type { AppConfig } from '../../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../../core/config/application.ts';
import type { TrackedImage } from '../../../core/config/tracked-image.ts';
import type { ImageRef } from '../../../core/image/image.ts';
import type { Candidate } from '../../../core/strategy/selection.ts';
import type { ImagePolicies } from '../../../core/policy/settings.ts';

export interface RollbackSubject {
  readonly config: AppConfig;
  readonly image: TrackedImage;
  readonly policies: ImagePolicies;
  /** What its target holds: for write-back-method argocd that is the spec. */
  readonly held?: ImageRef;
  /** Of the update, with their build dates where the strategy asks for them. */
  readonly candidates?: readonly Candidate[];
  /** What runs: it stands for a key that is not there. */
  readonly live?: ImageRef;
}

/** Of one image of all Applications. */
export function imageKey({ config, image }: Pick<RollbackSubject, 'config' | 'image'>): string {
  return imageKeyOf(appKey(config.app), image);
}

export function imageKeyOf(app: AppKey, { index }: Pick<TrackedImage, 'index'>): string {
  return `${index} ${app}`;
}
