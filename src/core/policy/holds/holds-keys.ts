/** Keys of the holds ConfigMap: made from what exists, and never taken apart, since names hold dots too. */
import { aliasKey } from '../../config/keys/annotation-keys.ts';

/** Of the ConfigMap. */
export const holdsName = 'argocd-image-updater-holds';

export const freezeKey = 'freeze';

export interface HoldsTarget {
  readonly namespace: string;
  readonly name: string;
  /** Absent or "": all images of the Application. */
  readonly alias?: string;
}

/** `argocd.shop.web`, `argocd.shop`, `argocd`: the nearest first. A namespace called `freeze` has none of its own. */
export function keysFor({ namespace, name, alias = '' }: HoldsTarget): readonly string[] {
  const app = `${namespace}.${name}`;
  const keys = [...(alias === '' ? [] : [`${app}.${aliasKey(alias)}`]), app, namespace];
  return keys.filter((key) => key !== freezeKey);
}

/** For people: `argocd/shop web`. */
export function targetName({ namespace, name, alias = '' }: HoldsTarget): string {
  return `${namespace}/${name}${alias === '' ? '' : ` ${alias}`}`;
}
