/** `pin`, `skip-tags` and `rollback` of one image. */
import { type Outcome, succeed } from '../../base/outcome.ts';
import type { ImagePolicies, Pin, Skip, Sourced } from '../settings.ts';
import { refuseWord } from '../words/refusal.ts';
import { parsePin, parseSkipTags, pinMistake } from '../words/version-words.ts';
import type { PolicyReader } from './policy-reader.ts';

/** Two that differ cannot both be. */
export function readPin(reader: PolicyReader): Sourced<Pin> | undefined {
  const pins = reader.both('pin', parsePin);
  const mistake = pinMistake(pins);
  if (mistake !== undefined) reader.refuse(mistake.source, mistake.value);
  return mistake === undefined ? pins[0] : undefined;
}

export function readSkips(reader: PolicyReader): ImagePolicies['skips'] & {} {
  const word = (text: string, source: string): Outcome<readonly Skip[]> => {
    const list = parseSkipTags(text);
    if (!list.ok) return list;
    reader.warnings.push(...list.value.hints.map((hint) => `${source}: ${hint}`));
    return succeed(list.value.skips);
  };
  return reader.both('skip-tags', word).filter(({ value }) => value.length > 0);
}

export function readRollback(reader: PolicyReader): Sourced<true> | undefined {
  const chosen = reader.tighter('rollback', parseRollback, (value, than) => !value && than);
  return chosen?.value === true ? { value: true, source: chosen.source } : undefined;
}

/** True: what was taken back in Git is respected. */
export function parseRollback(text: string): Outcome<boolean> {
  if (text === 'respect' || text === 'override') return succeed(text === 'respect');
  return refuseWord(text, 'expected respect or override');
}
