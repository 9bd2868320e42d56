/** JSON as Go's encoder writes it: the API server compares what a JSON patch tests with its own text, byte for byte. */

const escapedByGo = /[<>&\u2028\u2029]/g;

/** As `JSON.stringify`, with the five characters that Go escapes beyond what JSON demands. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(escapedByGo, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
