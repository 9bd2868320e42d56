/** JSON Schema, as far as editors need it. */

export type JsonSchema = false | JsonObject;
interface JsonObject {
  readonly [keyword: string]: unknown;
}

export const draft = 'https://json-schema.org/draft/2020-12/schema';

/** The words complete in an editor, and any spelling of them in upper and lower case is right. */
export function words(all: readonly string[], description?: string): JsonObject {
  const spellings = all.map((word) =>
    word.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`),
  );
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: [{ enum: all }, { type: 'string', pattern: `^\\s*(?:${spellings.join('|')})?\\s*$` }],
  };
}

export function text(description: string, pattern?: string): JsonObject {
  return { description, type: 'string', ...(pattern === undefined ? {} : { pattern }) };
}

/** A literal text inside a pattern. */
export function literal(part: string): string {
  return part.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
