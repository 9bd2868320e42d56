/** Texts of others without the secrets that they may repeat. */

/** A shorter one is found within ordinary words, which would tell it rather than hide it. */
const shortestWithinWords = 4;

/** Every secret, of whatever length, becomes `***`; a very short one where it stands alone. Longer ones go first. */
export function blotOut(text: string, secrets: readonly string[]): string {
  const patterns = [...new Set(secrets)]
    .filter((secret) => secret !== '')
    .toSorted((one, other) => other.length - one.length)
    .map(patternOf);
  return patterns.length === 0 ? text : text.replace(new RegExp(patterns.join('|'), 'gu'), '***');
}

function patternOf(secret: string): string {
  const exact = secret.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return secret.length >= shortestWithinWords ? exact : `(?<![\\p{L}\\p{N}])${exact}(?![\\p{L}\\p{N}])`;
}
