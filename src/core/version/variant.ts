/** Variants of an image: `2.1.5-alpine3.19` is version 2.1.5 of the variant `-alpine` (spec/policies.md 8.4). */
import { wordOf } from './prerelease.ts';
import { compareNumbers } from './version.ts';

export interface Variant {
  /** `-alpine`, `-ls`; "" for none. */
  readonly name: string;
  /** The digits that the name ends with: `3.19` -> 3 and 19. They order versions that are equal. */
  readonly counts: readonly string[];
}

/** First identifiers behind a version that make it a pre-release, not a variant. */
const prereleaseWords: readonly string[] = 'alpha beta rc pre preview dev snapshot m canary nightly'.split(
  ' ',
);

const numbersPattern = /^v?\d+(?:\.\d+)*(?=-|$)/;

/** A version with its pre-release part, and the variant behind it; undefined where no numbers begin it. */
export function splitVariant(
  text: string,
): { readonly version: string; readonly variant: Variant } | undefined {
  const numbers = numbersPattern.exec(text)?.[0];
  if (numbers === undefined) return undefined;
  const { prerelease, variant } = variantBehind(text.slice(numbers.length));
  return { version: numbers + prerelease, variant };
}

/** What stands behind a version: `-rc.1-alpine3.19` is the pre-release `-rc.1` of a variant. */
export function variantBehind(rest: string): { readonly prerelease: string; readonly variant: Variant } {
  const hyphen = rest.indexOf('-');
  if (hyphen < 0) return { prerelease: '', variant: { name: '', counts: [] } };
  const parts = rest.slice(hyphen + 1).split('-');
  const first = parts.findIndex((part) => !prereleaseWords.includes(wordOf(part)));
  const [before, behind] = first < 0 ? [parts, []] : [parts.slice(0, first), parts.slice(first)];
  return { prerelease: before.map((part) => `-${part}`).join(''), variant: variantOf(behind.join('-')) };
}

function variantOf(text: string): Variant {
  const digits = /[\d.]*$/.exec(text)?.[0] ?? '';
  const name = text.slice(0, text.length - digits.length);
  return { name: name === '' ? '' : `-${name}`, counts: digits.split('.').filter((part) => part !== '') };
}

/** Digits by their values, from the left; what is missing comes first. */
export function compareCounts({ counts }: Variant, { counts: others }: Variant): -1 | 0 | 1 {
  for (const [index, count] of counts.entries()) {
    const other = others[index];
    if (other === undefined) return 1;
    const difference = compareNumbers(count, other);
    if (difference !== 0) return difference;
  }
  return counts.length < others.length ? -1 : 0;
}
