/** `WWW-Authenticate`: the list of challenges in one or several header lines. */

export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case; of a repeated one the first counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

const token = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const equals = /[ \t]*=[ \t]*/y;
const quoted = /"((?:[^"\\]|\\.)*)"/y;
const separators = /[ \t,]+/y;
const untilComma = /[^,]*/y;
/** A bare credential such as `Negotiate dGVzdA==`: up to the next comma, and no `name=value`. */
const token68 = /[ \t]+[A-Za-z0-9\-._~+/]+=*[ \t]*(?=,|$)/y;

const maxChallenges = 16;

/**
 * All challenges, in order. Commas separate both challenges and parameters (RFC 9110, 11.6.1):
 * `Bearer realm="a",service="b", Basic realm="c"` is two. Text that fits no rule is skipped up to the next comma.
 */
export function parseChallenges(lines: readonly string[]): readonly Challenge[] {
  return lines.flatMap(parseLine).slice(0, maxChallenges);
}

function parseLine(line: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const text = new Cursor(line);
  while (!text.atEnd()) {
    if (text.take(separators) !== undefined) continue;
    const name = text.take(token)?.toLowerCase();
    if (name === undefined) {
      text.take(untilComma);
    } else if (text.take(equals) !== undefined) {
      const value = text.take(quoted, 1)?.replaceAll(/\\(.)/g, '$1') ?? text.take(token);
      const parameters = challenges.at(-1)?.parameters;
      if (value !== undefined && parameters?.has(name) === false) parameters.set(name, value);
      else if (value === undefined) text.take(untilComma);
    } else {
      challenges.push({ scheme: name, parameters: new Map() });
      text.take(token68);
    }
  }
  return challenges;
}

/** Takes matches of sticky patterns one after the other. */
class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  take(pattern: RegExp, group = 0): string | undefined {
    const sticky = new RegExp(pattern);
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#text);
    if (match === null) return undefined;
    this.#at = sticky.lastIndex;
    return match[group];
  }
}
