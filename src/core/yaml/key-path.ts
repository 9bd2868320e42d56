/** Key paths such as `web.image.tag` and `images[0].name`: parsing, and printing for messages. */
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';

/** A key of a mapping, or a position in a list (negative ones exist in no list). */
export type PathSegment = string | number;

const maxPathLength = 1024;

/**
 * `a.b.c`, `a[0].b`, `a[0][1]`; a segment with dots or brackets stands in quotes: `a."b.c".d`, `["x.y"].z`,
 * `'it"s'`. Within quotes a backslash takes the next character as it is. A segment of digits is a key, unless what is
 * there is a list (`resolveKeyPath`). Fails (config) on anything else. Source: writeback.md 4.2.
 */
export function parseKeyPath(text: string): Outcome<readonly PathSegment[]> {
  const refuse = (problem: string): Outcome<never> =>
    fail(
      configFailure(`key path ${quoted(text)}: ${problem}; expected keys like image.tag or images[0].tag`),
    );
  if (text.length > maxPathLength) return refuse(`longer than ${maxPathLength} characters`);
  const segments: PathSegment[] = [];
  let rest = text;
  for (let isFirst = true; rest !== '' || isFirst; isFirst = false) {
    const step = takeSegment(rest, isFirst);
    if (typeof step === 'string') return refuse(step);
    segments.push(step.segment);
    rest = step.rest;
  }
  return succeed(segments);
}

interface Step {
  readonly segment: PathSegment;
  readonly rest: string;
}

/** The next segment, or what is wrong with it. */
function takeSegment(text: string, isFirst: boolean): Step | string {
  if (text.startsWith('[')) return takeBracket(text, isFirst);
  if (!isFirst && !text.startsWith('.')) return `${quoted(text)} follows a closed segment without a dot`;
  const body = isFirst ? text : text.slice(1);
  const quotedKey = takeQuoted(body);
  if (quotedKey !== undefined) return quotedKey;
  const key = /^[^.[\]]*/.exec(body)?.[0] ?? '';
  const rest = body.slice(key.length);
  if (key === '') return 'a segment is empty';
  if (key.includes('\\')) return 'a key with a dot or a backslash is written in quotes: a."b.c"';
  return rest.startsWith(']') ? 'a closing bracket without an opening one' : { segment: key, rest };
}

function takeBracket(text: string, isFirst: boolean): Step | string {
  const key = takeQuoted(text.slice(1));
  if (key !== undefined) {
    if (!key.rest.startsWith(']')) return 'a bracket is not closed';
    return { segment: key.segment, rest: key.rest.slice(1) };
  }
  const close = text.indexOf(']');
  if (close === -1) return 'a bracket is not closed';
  const index = text.slice(1, close);
  if (!/^[-+]?\d{1,9}$/.test(index)) return `index ${quoted(index)} is no integer`;
  return isFirst ? 'it starts with an index' : { segment: Number(index) || 0, rest: text.slice(close + 1) };
}

/** `undefined` if the text does not start with a closed pair of quotes. */
function takeQuoted(text: string): Step | undefined {
  const match = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')(?=[.[\]]|$)/su.exec(text);
  if (match === null) return undefined;
  const body = match[1] ?? match[2] ?? '';
  return { segment: body.replace(/\\(.)/gsu, '$1'), rest: text.slice(match[0].length) };
}

/** The shortest text that parses to these segments: `a.b[0]."c.d"`. */
export function renderKeyPath(segments: readonly PathSegment[]): string {
  return segments
    .map((segment, index) => {
      if (typeof segment === 'number') return `[${segment}]`;
      return `${index === 0 ? '' : '.'}${needsQuotes(segment) ? quote(segment) : segment}`;
    })
    .join('');
}

function needsQuotes(key: string): boolean {
  return key === '' || /[.[\]\\]|^["']/.test(key);
}

function quote(key: string): string {
  return `"${key.replace(/["\\]/g, '\\$&')}"`;
}
