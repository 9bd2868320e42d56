/** Where the version of an image stands in the spec of an Application, as policies remember it. */
import { appKey } from '../../../core/config/application.ts';
import type { KeyPlace } from '../../../core/policy/rollback/lines/change-line.ts';
import { versionKey } from '../../../core/version-places.ts';
import type { RollbackSubject } from './subject.ts';

/** Of no repository and no branch; undefined where no version is written. */
export function specPlace({
  config,
  image,
}: Pick<RollbackSubject, 'config' | 'image'>): KeyPlace | undefined {
  const kind = config.sourceType === 'Kustomize' ? 'override-kustomize' : 'override-helm';
  const key = versionKey(image, kind);
  return key === undefined ? undefined : { branch: '', path: appKey(config.app), key };
}
