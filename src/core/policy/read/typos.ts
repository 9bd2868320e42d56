/** Annotations that look like a misspelt hold, pin or skip-tags: what somebody wanted to hold back must not go on unseen. */
import { aliasKey, annotationPrefix, editDistance } from '../../config/keys/annotation-keys.ts';
import { isPolicyKey } from '../../config/keys/policy-keys.ts';
import { quoted } from '../../base/quoted.ts';
import type { PolicySubject } from './subject.ts';

/** Key -> how many edits away another word is still taken for it. */
const near: readonly (readonly [string, number])[] = [
  ['hold', 2],
  ['skip-tags', 2],
  ['pin', 1],
];
const longest = 12;

export interface Typo {
  readonly source: string;
  readonly message: string;
}

/** Those of the Application, and those behind the image's alias. */
export function typosOf({ annotations, alias }: PolicySubject): readonly Typo[] {
  const own = alias === '' ? undefined : `${aliasKey(alias)}.`;
  const keys = Object.keys(annotations).filter((key) => key.startsWith(annotationPrefix));
  return keys.flatMap((fullKey) => {
    const name = fullKey.slice(annotationPrefix.length);
    const word = own !== undefined && name.startsWith(own) ? name.slice(own.length) : name;
    const meant = isPolicyKey(word) ? undefined : meantKey(word);
    if (meant === undefined) return [];
    const message = `annotation ${quoted(name)} is unknown; did you mean ${name.slice(0, name.length - word.length)}${meant}?`;
    return [{ source: `annotation ${name}`, message }];
  });
}

/** The policy that a word is taken for. What holds a dot is the key of another image. */
function meantKey(word: string): string | undefined {
  if (word.length > longest || word.includes('.')) return undefined;
  return near.find(([key, distance]) => editDistance(word, key) <= distance)?.[0];
}
