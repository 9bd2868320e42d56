/** The order of texts in tags: by value where they are numbers, else by code unit. */
import { compareVariants, type Spelling } from './reading.ts';
import { compareTexts } from './selection.ts';

/** By value, whatever the length: digits without leading zeros are in the order of their length, then of their text. */
export function compareNumbered(a: Spelling, b: Spelling): number {
  const [one, other] = [withoutZeros(a.text), withoutZeros(b.text)];
  return one.length - other.length || compareTexts(one, other) || compareVariants(a, b);
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '');
}

export function compareSpelled(a: Spelling, b: Spelling): number {
  return compareTexts(a.text, b.text);
}
