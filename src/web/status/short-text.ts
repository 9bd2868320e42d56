/** Texts of others as a page keeps them: visible, without logins, small. */
import { foreignWords } from '../../net/words/foreign-words.ts';

const maxCharacters = 1_000;

export function shortText(text: string): string {
  return foreignWords(text, maxCharacters);
}
