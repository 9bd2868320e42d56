/** JSON from outside, before a schema looks at it. */

/** undefined, which JSON has no text for, where the text is none. A byte order mark before it is passed over. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

/** An object, but no array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What was written under a key of somebody else's choice: nothing that each object inherits, as `constructor`. */
export function textUnder(
  texts: Readonly<Record<string, string | undefined>>,
  key: string,
): string | undefined {
  return Object.hasOwn(texts, key) ? texts[key] : undefined;
}
