/** `hold` and `window` of one image. */
import type { ImagePolicies } from '../settings.ts';
import { parseWindows, type WindowContext } from '../window/window-text.ts';
import { parseHold } from '../words/hold.ts';
import type { Zones } from '../words/zone.ts';
import type { PolicyReader } from './policy-reader.ts';

/** `false` takes the owner's hold of all images off one, and nobody else's. */
export function readHolds(reader: PolicyReader, zones: Zones): ImagePolicies['holds'] & {} {
  return reader
    .both('hold', (text) => parseHold(text, zones))
    .flatMap(({ value, source }) => (value?.on === true ? [{ value: value.hold, source }] : []));
}

export function readWindows(reader: PolicyReader, context: WindowContext): ImagePolicies['windows'] & {} {
  return reader.both('window', (text) => parseWindows(text, context));
}
