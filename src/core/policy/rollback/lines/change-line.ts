/** The lines by which our commits say what they changed, and where (spec/policies.md 2.2). */
import { formatVersion, type ImageVersion, parseVersionText } from './image-version.ts';

/** Where a version stands: with its repository it is what versions are remembered by, whichever Application writes it. */
export interface KeyPlace {
  /** The branch that Argo CD follows, be it written to directly or not. */
  readonly branch: string;
  readonly path: string;
  /** The key of the file that bears the version: `image.tag`, `images[acme/web]`. */
  readonly key: string;
}

export interface ChangeLine {
  readonly place: KeyPlace;
  readonly from?: ImageVersion | undefined;
  readonly to?: ImageVersion | undefined;
}

/** Every line of it begins so; commits without this text have none. */
export const changeWord = 'Image-Updater-Change';

/** `Image-Updater-Change: main apps/shop/values.yaml image.tag 2.1.4 -> 2.1.5`. */
export function formatChange({ place: { branch, path, key }, from, to }: ChangeLine): string {
  const words = [branch, path, key].map(encoded).join(' ');
  return `${changeWord}: ${words} ${formatVersion(from)} -> ${formatVersion(to)}`;
}

const maxLines = 1000; // of one message: whoever writes more of them wants to keep us busy

// Squash merges indent what they paste, quote it, or make a list of it.
const pattern =
  /^[ \t>*-]*Image-Updater-Change:[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)[ \t]+->[ \t]+(\S+)[ \t\r]*$/gm;

/** The lines anywhere in a message, in order; those that cannot be read are left out. */
export function parseChanges(message: string): readonly ChangeLine[] {
  const lines: ChangeLine[] = [];
  for (const [, branch = '', path = '', key = '', from = '', to = ''] of message.matchAll(pattern)) {
    const place = decodedPlace(branch, path, key);
    if (place !== undefined) lines.push({ place, from: parseVersionText(from), to: parseVersionText(to) });
    if (lines.length === maxLines) break;
  }
  return lines;
}

/** A command that a person gave: as if that person had committed it. */
export function isOnBehalf(message: string): boolean {
  return /^[ \t>*-]*Image-Updater-By:[ \t]*\S/m.test(message);
}

export function applicationsIn(message: string): readonly string[] {
  return Array.from(
    message.matchAll(/^[ \t>*-]*Image-Updater-Application:[ \t]+(\S+)[ \t\r]*$/gm),
    ([, key = '']) => key,
  );
}

/** One text for each place. */
export function placeText({ branch, path, key }: KeyPlace): string {
  return [branch, path, key].map(encoded).join(' ');
}

/** One word, whatever is in it; empty stays a word as well. */
function encoded(text: string): string {
  const word = text
    .toWellFormed()
    .replaceAll(/[%>\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => percentEncoded(character));
  return word === '' ? '%' : word;
}

function percentEncoded(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

function decodedPlace(branch: string, path: string, key: string): KeyPlace | undefined {
  try {
    return { branch: decoded(branch), path: decoded(path), key: decoded(key) };
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return undefined;
  }
}

function decoded(word: string): string {
  return word === '%' ? '' : decodeURIComponent(word);
}
