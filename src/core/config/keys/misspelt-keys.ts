/** Annotations under our prefix that nothing reads. */
import { aliasKey, annotationPrefix, keyProblem } from './annotation-keys.ts';
import type { Annotations } from './annotation-values.ts';

const maxMisspelt = 20; // each costs a comparison with all keys

/** One warning each. `aliases` may hold "", which is none. */
export function misspeltKeys(
  annotations: Annotations,
  aliases: readonly string[],
): readonly { readonly message: string; readonly annotation: string }[] {
  const known = new Set(aliases.map(aliasKey).filter((alias) => alias !== ''));
  const warnings: { message: string; annotation: string }[] = [];
  for (const fullKey of Object.keys(annotations)) {
    if (!fullKey.startsWith(annotationPrefix)) continue;
    if (warnings.length === maxMisspelt) break;
    const key = fullKey.slice(annotationPrefix.length);
    const problem = keyProblem(key, known);
    if (problem !== undefined) warnings.push({ message: `${key} ${problem}`, annotation: key });
  }
  return warnings;
}
