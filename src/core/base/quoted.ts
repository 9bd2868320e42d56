/** A user's text inside a message: quoted, on one line, never long. */

const maxShownCharacters = 120;

/** `"nginx:1.0"`; what cannot be seen (controls, format characters, separators of lines) is escaped, and what exceeds 120 characters is cut. */
export function quoted(text: string): string {
  const shown = text.length <= maxShownCharacters ? text : `${text.slice(0, maxShownCharacters)}…`;
  return JSON.stringify(shown).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
