/** A user's text inside a message: quoted, on one line, never long. */

const maxShownCharacters = 120;

/** `"nginx:1.0"`; control characters are escaped, and what exceeds 120 characters is cut. */
export function quoted(text: string): string {
  return JSON.stringify(text.length <= maxShownCharacters ? text : `${text.slice(0, maxShownCharacters)}…`);
}
