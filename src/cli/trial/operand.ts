/** The image that `test` is given: what runs, and which versions are wanted. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { quoted } from '../../core/base/quoted.ts';
import { type ImageListEntry, parseImageListEntry } from '../../core/config/keys/image-list.ts';
import { fullName, type ImageRef, parseImageRef, withVersion } from '../../core/image/image.ts';
import { parseConstraint } from '../../core/version/constraint.ts';
import { parseVersion } from '../../core/version/version.ts';

export interface Operand {
  /** Without a version where none is said to run. */
  readonly running: ImageRef;
  readonly entry: ImageListEntry;
}

/**
 * `web:1.2.0` runs; `web:~2.1` and `web:2.x` want, as in image-list. Strategy digest follows the tag, as in image-list.
 * `constraint` is that of the flag, "" if absent.
 */
export function readOperand(text: string, strategy: string, constraint: string): Outcome<Operand> {
  const running = parseImageRef(text);
  const wanted = wantedVersions(text, running);
  if (wanted !== undefined && constraint === '') {
    const image = withVersion(wanted.image, {});
    return succeed({ running: image, entry: wanted });
  }
  if (wanted !== undefined && !running.ok) {
    const both = `the constraint ${quoted(wanted.constraint ?? '')}, and --semver-constraint ${quoted(constraint)}`;
    return fail(configFailure(`image ${quoted(text)} holds ${both}: give one of them`));
  }
  if (!running.ok) return running;
  const image = withVersion(running.value, {});
  const followed = strategy === 'digest' ? running.value.tag : undefined;
  const version = constraint === '' ? followed : constraint;
  const name = fullName(image);
  const entry = version === undefined ? { text: name } : { text: `${name}:${version}`, constraint: version };
  return succeed({ running: running.value, entry: { ...entry, alias: '', image } });
}

/** The entry, where what stands behind the colon is a constraint and no tag that runs. */
function wantedVersions(text: string, running: Outcome<ImageRef>): ImageListEntry | undefined {
  const entry = parseImageListEntry(text);
  if (!entry.ok || entry.value.alias !== '' || entry.value.constraint === undefined) return undefined;
  if (!running.ok) return entry.value;
  const { constraint } = entry.value;
  const isRange = parseVersion(constraint) === undefined && parseConstraint(constraint).ok;
  return isRange ? entry.value : undefined;
}
