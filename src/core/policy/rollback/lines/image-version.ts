/** Versions of images as the lines of commits spell them: `2.1.5`, `2.1.5@sha256:…`, `@sha256:…`, `-` for none. */
import { optionalProperty } from '../../../base/optional-property.ts';
import { versionText } from '../../../image/image.ts';
import type { OrderedVersion } from '../../order.ts';

/** Tag, digest, or both. */
export type ImageVersion = Pick<OrderedVersion, 'tag' | 'digest'>;

/** Absent: there is no version. */
export function formatVersion(version: ImageVersion | undefined): string {
  return version === undefined ? none : versionText(version) || none;
}

const none = '-';

/** Whatever stands before the first `@` is the tag; `-` and what names neither are no version. */
export function parseVersionText(text: string): ImageVersion | undefined {
  const at = text.indexOf('@');
  const tag = at === -1 ? text : text.slice(0, at);
  const digest = at === -1 ? '' : text.slice(at + 1);
  if (text === none || (tag === '' && digest === '')) return undefined;
  return { ...optionalProperty('tag', tag || undefined), ...optionalProperty('digest', digest || undefined) };
}

export function sameVersion(a: ImageVersion | undefined, b: ImageVersion | undefined): boolean {
  return formatVersion(a) === formatVersion(b);
}
