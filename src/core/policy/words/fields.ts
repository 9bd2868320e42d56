/** `until=2026-12-01 reason="bug 42"`: named fields on one line. */
import { type Outcome, succeed } from '../../base/outcome.ts';
import { quoted } from '../../base/quoted.ts';
import { refuseAll, refuseWord } from './refusal.ts';

const fieldPattern = /\s*([^\s="]+)(?:=("(?:[^"\\]|\\.)*"|[^\s"]*))?(?=\s|$)/suy;

/** By name. A name that is not listed, one that comes twice, a word without `=` and an open quote are mistakes. */
export function parseFields<Name extends string>(
  text: string,
  names: readonly Name[],
): Outcome<ReadonlyMap<Name, string>> {
  const found = new Map<Name, string>();
  const fields = new RegExp(fieldPattern);
  for (let at = 0; text.slice(at).trim() !== ''; at = fields.lastIndex) {
    const [whole, word = '', value] = fields.exec(text) ?? [];
    if (whole === undefined) return refuseWord(text.slice(at).trim(), 'a quote is open or misplaced');
    const name = names.find((known) => known === word);
    if (name === undefined || value === undefined) return refuseAll(notAField(word, names));
    if (found.has(name)) return refuseAll(`${name} is given twice`);
    found.set(name, unquoted(value));
  }
  return succeed(found);
}

function notAField(word: string, names: readonly string[]): string {
  const listed = names.map((name) => `${name}=`).join(', ');
  return `${quoted(word)} is no field; expected ${listed}, and quotes around a value with blanks`;
}

/** `"a \"b\""` -> `a "b"`; a bare value is itself. */
export function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/gsu, '$1') : value;
}

/** As a value that `parseFields` reads as this text; line breaks become blanks. */
export function fieldValue(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  return line !== '' && /^[^\s"]+$/u.test(line) ? line : `"${line.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
