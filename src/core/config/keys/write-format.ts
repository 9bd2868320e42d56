/** What of a version is written: its tag, its digest, or both (spec/policies.md 8.1), and what a moved tag means (8.3). */
import { optionalProperty } from '../../base/optional-property.ts';
import { type Outcome, succeed } from '../../base/outcome.ts';
import { type ImageSettings, nonEmpty, refuseValue } from './annotation-values.ts';
import type { HelmKeys } from './target-keys.ts';

export type WriteFormat = 'tag' | 'digest' | 'tag@digest';

/** `warn`: told, and what was recorded stays. `hold`: nothing is written, newer versions neither. */
export type OnMovedTag = 'warn' | 'follow' | 'hold';

export interface WrittenForm {
  readonly format: WriteFormat;
  /** Absent: not set, which is `warn` where a digest is written. */
  readonly onMovedTag?: OnMovedTag;
}

const formats: readonly WriteFormat[] = ['tag', 'digest', 'tag@digest'];
const reactions: readonly OnMovedTag[] = ['warn', 'follow', 'hold'];

type Warn = (message: string, annotation: string) => void;

/** Without an annotation a digest is written where the strategy follows one, or where a key is there for it. */
export function readWrittenForm(
  settings: ImageSettings,
  warn: Warn,
  followsDigest: boolean,
  { digest }: HelmKeys,
): Outcome<WrittenForm> {
  const format = readFormat(settings, followsDigest, digest !== undefined);
  if (!format.ok) return format;
  const given = nonEmpty(settings.get('on-moved-tag'));
  if (given === undefined) return succeed({ format: format.value });
  const onMovedTag = reactions.find((reaction) => reaction === given.value);
  if (onMovedTag === undefined) return refuseValue(given, `expected one of ${reactions.join(', ')}`);
  if (followsDigest) {
    const isOwn = given.name !== 'on-moved-tag';
    if (isOwn)
      warn(
        `${given.name} has no effect with ${settings.nameOf('update-strategy')} digest, which follows the tag`,
        given.name,
      );
    return succeed({ format: format.value });
  }
  if (onMovedTag === 'follow' && format.value === 'tag') {
    const message = `${given.name} follow: a tag alone is written, which stays the same: it only warns; write-format tag@digest can follow`;
    warn(message, given.name);
  }
  return succeed({ format: format.value, ...optionalProperty('onMovedTag', onMovedTag) });
}

function readFormat(
  settings: ImageSettings,
  followsDigest: boolean,
  hasDigestKey: boolean,
): Outcome<WriteFormat> {
  const given = nonEmpty(settings.get('write-format'));
  if (given === undefined) return succeed(followsDigest || hasDigestKey ? 'tag@digest' : 'tag');
  const format = formats.find((known) => known === given.value);
  if (format === undefined) return refuseValue(given, `expected one of ${formats.join(', ')}`);
  if (format !== 'tag' || !followsDigest) return succeed(format);
  return refuseValue(
    given,
    'the strategy digest has nothing new but the digest; expected digest or tag@digest',
  );
}

/** Why a version in that format cannot be written to these keys of Helm; undefined: it can. */
export function unwritable(format: WriteFormat, keys: HelmKeys, alias: string): string | undefined {
  if (keys.spec !== undefined) return undefined;
  const own = `${alias === '' ? '<alias>' : alias}.helm`;
  if (format === 'digest' && keys.digest === undefined) {
    return `write-format digest: a digest alone cannot stand behind name: in the key of a tag; give the digest its own key, ${own}.image-digest, or the whole image one, ${own}.image-spec`;
  }
  if (format === 'tag' && keys.tag === undefined && keys.digest !== undefined) {
    return `write-format tag: there is nothing to write, for ${keys.digest} is the key of a digest; give ${own}.image-tag, or another write-format`;
  }
  return undefined;
}
