/** Template text -> tokens, as Go's text/template/parse cuts it, trim markers and comments applied. */
import { quoted } from '../base/quoted.ts';
import { templateError } from './error.ts';

export type TokenKind =
  | 'text'
  | 'open' // {{
  | 'close' // }}
  | '('
  | ')'
  | '|'
  | '='
  | ':='
  | ','
  | 'dot'
  | 'field' // .Name, with its dot
  | 'variable' // $ or $name
  | 'identifier'
  | 'keyword'
  | 'boolean'
  | 'nil'
  | 'number'
  | 'character'
  | 'string'
  | 'end-of-text';

export interface Token {
  readonly kind: TokenKind;
  /** As it stands in the template. */
  readonly text: string;
  /** Line of the template, from 1. */
  readonly line: number;
  /** True if white space stands before it, inside an action. */
  readonly spaced: boolean;
}

const keywords: ReadonlySet<string> = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
]);

/** Yields an `end-of-text` last. Throws a template error on text that is no token. */
export function* tokenize(text: string): Generator<Token, void> {
  const place = { index: 0, line: 1 };
  while (place.index < text.length) {
    const open = text.indexOf('{{', place.index);
    const plain = text.slice(place.index, open < 0 ? text.length : open);
    const shown = open >= 0 && hasTrimMarkerAfter(text, open + 2) ? trimSpaceEnd(plain) : plain;
    if (shown !== '') yield { kind: 'text', text: shown, line: place.line, spaced: false };
    advance(place, plain);
    if (open < 0) break;
    if (!skipComment(text, place)) yield* tokenizeAction(text, place);
  }
  yield { kind: 'end-of-text', text: 'end of text', line: place.line, spaced: false };
}

interface Place {
  index: number;
  line: number;
}

function advance(place: Place, passed: string): void {
  place.index += passed.length;
  for (let at = passed.indexOf('\n'); at >= 0; at = passed.indexOf('\n', at + 1)) place.line += 1;
}

/** At `{{`: passes a comment, if it is one, with the space that its end trims. */
function skipComment(text: string, place: Place): boolean {
  const start = place.index + (hasTrimMarkerAfter(text, place.index + 2) ? 4 : 2);
  if (!text.startsWith('/*', start)) return false;
  const stop = text.indexOf('*/', start + 2);
  if (stop < 0) throw templateError('unclosed comment', place.line);
  const close = closingAt(text, stop + 2);
  if (close === undefined) throw templateError('comment ends before closing delimiter', place.line);
  advance(place, text.slice(place.index, close.end));
  return true;
}

/** At `{{`: yields it, what the action holds, and the `}}`. */
function* tokenizeAction(text: string, place: Place): Generator<Token, void> {
  const { line } = place;
  yield { kind: 'open', text: '{{', line, spaced: false };
  place.index += hasTrimMarkerAfter(text, place.index + 2) ? 3 : 2;
  let depth = 0;
  for (;;) {
    const { spaced, close } = skipSpace(text, place);
    if (close !== undefined) {
      if (depth > 0) throw templateError('unclosed left paren', place.line);
      yield { kind: 'close', text: '}}', line: place.line, spaced };
      advance(place, text.slice(place.index, close.end));
      return;
    }
    if (place.index >= text.length)
      throw templateError(`unclosed action started at line ${line}`, place.line);
    const token = readToken(text, place, spaced);
    depth += token.kind === '(' ? 1 : token.kind === ')' ? -1 : 0;
    if (depth < 0) throw templateError('unexpected right paren', place.line);
    yield token;
    advance(place, token.text);
  }
}

/** Passes white space up to the next token or to the closing delimiter, whose trim marker begins with a space. */
function skipSpace(text: string, place: Place): { spaced: boolean; close: Closing | undefined } {
  const start = place.index;
  for (;;) {
    const close = closingAt(text, place.index);
    const next = text.charAt(place.index);
    if (close !== undefined || !isSpace(next)) return { spaced: place.index > start, close };
    advance(place, next);
  }
}

interface Closing {
  /** Index behind the delimiter and behind the space that it trims. */
  readonly end: number;
}

function closingAt(text: string, index: number): Closing | undefined {
  if (text.startsWith('}}', index)) return { end: index + 2 };
  if (!isSpace(text.charAt(index)) || !text.startsWith('-}}', index + 1)) return undefined;
  let end = index + 4;
  while (isSpace(text.charAt(end))) end += 1;
  return { end };
}

const identifier = /[\p{L}\p{Nd}_]+/uy;
const number =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;
const stringLiteral = /"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"/uy;
const characterLiteral = /'[^'\\\n]*(?:\\[^\n][^'\\\n]*)*'/uy;

function readToken(text: string, place: Place, spaced: boolean): Token {
  const { index, line } = place;
  const made = (kind: TokenKind, end: number): Token => ({
    kind,
    text: text.slice(index, end),
    line,
    spaced,
  });
  const first = text.charAt(index);
  switch (first) {
    case '(':
    case ')':
    case '|':
    case '=':
    case ',':
      return made(first, index + 1);
    case ':':
      if (text.charAt(index + 1) !== '=') throw templateError('expected :=', line);
      return made(':=', index + 2);
    case '"':
      return made('string', endOf(stringLiteral, text, index, 'unterminated quoted string', line));
    case "'":
      return made('character', endOf(characterLiteral, text, index, 'unterminated character constant', line));
    case '`':
      return made('string', rawStringEnd(text, index, line));
    case '$':
      return made('variable', wordEnd(text, index, line));
  }
  if (first === '.' && !/[0-9]/.test(text.charAt(index + 1))) {
    const end = wordEnd(text, index, line);
    return made(end === index + 1 ? 'dot' : 'field', end);
  }
  if (/[-+.0-9]/.test(first)) return made('number', numberEnd(text, index, line));
  const end = matchEnd(identifier, text, index);
  if (end === undefined) {
    throw templateError(
      `unexpected character ${quoted(String.fromCodePoint(text.codePointAt(index) ?? 0))}`,
      line,
    );
  }
  checkTerminated(text, end, line);
  return made(wordKind(text.slice(index, end)), end);
}

function wordKind(word: string): TokenKind {
  if (keywords.has(word)) return 'keyword';
  if (word === 'nil') return 'nil';
  return word === 'true' || word === 'false' ? 'boolean' : 'identifier';
}

/** End of a field or variable, whose first character is `.` or `$`. */
function wordEnd(text: string, index: number, line: number): number {
  const end = matchEnd(identifier, text, index + 1) ?? index + 1;
  checkTerminated(text, end, line);
  return end;
}

/** What may stand right behind a word; so `$x+2` is refused. */
function checkTerminated(text: string, end: number, line: number): void {
  const next = text.charAt(end);
  if (next === '' || isSpace(next) || '.,|:)('.includes(next) || text.startsWith('}}', end)) return;
  throw templateError(`bad character ${quoted(next)}`, line);
}

/** One number, or two for a complex one such as `1+2i`; whether they mean anything is the parser's question. */
function numberEnd(text: string, index: number, line: number): number {
  let end = matchEnd(number, text, index) ?? index;
  if (/[-+]/.test(text.charAt(end))) {
    end = matchEnd(number, text, end) ?? end;
    if (text.charAt(end - 1) !== 'i') throw badNumber(text.slice(index, end), line);
  }
  if (matchEnd(identifier, text, end) !== undefined) throw badNumber(text.slice(index, end + 1), line);
  return end;
}

function badNumber(text: string, line: number): Error {
  return templateError(`bad number syntax: ${quoted(text)}`, line);
}

function rawStringEnd(text: string, index: number, line: number): number {
  const end = text.indexOf('`', index + 1);
  if (end < 0) throw templateError('unterminated raw quoted string', line);
  return end + 1;
}

function endOf(pattern: RegExp, text: string, index: number, problem: string, line: number): number {
  const end = matchEnd(pattern, text, index);
  if (end === undefined) throw templateError(problem, line);
  return end;
}

/** Index behind a sticky pattern's match at `index`. */
function matchEnd(pattern: RegExp, text: string, index: number): number | undefined {
  const sticky = new RegExp(pattern);
  sticky.lastIndex = index;
  return sticky.test(text) ? sticky.lastIndex : undefined;
}

/** After `{{`: `-` and a space, which the marker takes with it. */
function hasTrimMarkerAfter(text: string, index: number): boolean {
  return text.charAt(index) === '-' && isSpace(text.charAt(index + 1));
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n';
}

/** Without the white space at its end. A loop: a pattern for this takes quadratic time on runs of spaces. */
function trimSpaceEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
