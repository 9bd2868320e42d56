/** The texts of some manifest files. */

/** Text of each file; null: there is none. */
export type Texts = ReadonlyMap<string, string | null>;

export function inPathOrder(texts: Texts): readonly (readonly [string, string])[] {
  return [...texts]
    .flatMap(([path, text]) => (text === null ? [] : [[path, text] as const]))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
