/** Words of a server or a program within a message of ours: one short line of visible characters, without secrets. */
import { blotOut } from './redact.ts';

/** How much more than what is shown is looked at: most of it may be blanks and controls. */
const looksAhead = 8;

/**
 * Secrets become `***`, and logins of URLs are left out. Colours are dropped, and whatever else cannot be seen (controls, format characters,
 * separators of lines) is a blank, as each run of white space is. At most `maxLength` characters, with `…` for the
 * rest; the work is bounded by that too, not by the text.
 */
export function foreignWords(text: string, maxLength: number, secrets: readonly string[] = []): string {
  const longestSecret = Math.max(0, ...secrets.map(({ length }) => length));
  const limit = looksAhead * maxLength + 2 * longestSecret;
  const isCut = text.length > limit;
  const start = withoutUserinfo(text.slice(0, limit).replaceAll(colour, ''));
  const blotted = blotOut(start, secrets);
  const safe = isCut ? withoutHalves(blotted, longestSecret) : blotted;
  const words = blotOut(safe.replaceAll(invisible, ' ').trim(), secrets);
  return shortened(words, maxLength, isCut);
}

// oxlint-disable-next-line no-control-regex -- what terminals are coloured with
const colour = /\u001b\[[0-9;]{0,32}[A-Za-z]/g;

const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu;

/** Without what stands before `@` in a URL. */
export function withoutUserinfo(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]{0,31}:\/\/)[^/\s@]*@/gi, '$1');
}

/** A cut may go through a secret, or through the login of a URL: then neither is known for what it is. */
function withoutHalves(text: string, longestSecret: number): string {
  const whole = longestSecret === 0 ? text : text.slice(0, 1 - longestSecret || text.length);
  return whole.replace(/:\/\/[^/\s@]*$/, '://');
}

function shortened(words: string, maxLength: number, isCut: boolean): string {
  if (words.length <= maxLength && !isCut) return words;
  const kept = words.slice(0, maxLength - 1);
  return `${kept.replace(/[\ud800-\udbff]$/, '')}…`;
}
