/** Texts of others as a page keeps them: visible, without logins, small. */
import { foreignWords } from '../../net/words/foreign-words.ts';

const maxCharacters = 1_000;

/** Most texts are of this kind, and there are many. */
const plain = /^[ -~]*$/;

export function shortText(text: string): string {
  if (text.length <= maxCharacters && plain.test(text) && !text.includes('@')) return text;
  return foreignWords(text, maxCharacters);
}
