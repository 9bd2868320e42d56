/** What is wrong with a word, in the form that all readers of words have. */
import { configFailure, fail, type Outcome } from '../../base/outcome.ts';
import { quoted } from '../../base/quoted.ts';

/** `"2x": expected a duration`. Whoever knows the key puts it before. */
export function refuseWord(text: string, why: string): Outcome<never> {
  return refuseAll(`${quoted(text)}: ${why}`);
}

export function refuseAll(message: string): Outcome<never> {
  return fail(configFailure(message));
}

export function refuseLength({ length }: string, maxLength: number): Outcome<never> {
  return refuseAll(`it has ${length} characters, at most ${maxLength} are read`);
}
