/** The globs of Argo CD: `*`, `**`, `?`, `[a-z]`, `[!a]`, `{a,b}` and `\`. */
import { RE2JS } from 're2js';

export type TextTest = (text: string) => boolean;

const maxLength = 2048; // compiling takes time quadratic in the length

/** With `/` as separator, as in `sourceRepos`. undefined: no glob, or too long. `**` is any text, slashes included; a class may match a slash too. */
export function compileSourceGlob(pattern: string): TextTest | undefined {
  return compileGlob(pattern, '[^/]');
}

/** Without separator, as in sync windows: `*` is any text, and `?` any character. */
export function compileNameGlob(pattern: string): TextTest | undefined {
  return compileGlob(pattern, '.');
}

function compileGlob(pattern: string, anyCharacter: '.' | '[^/]'): TextTest | undefined {
  if (!/[*?[{\\]/.test(pattern)) return (text) => text === pattern;
  if (pattern.length > maxLength) return undefined;
  const expression = new GlobReader(pattern, anyCharacter).expression();
  if (expression === undefined) return undefined;
  const compiled = RE2JS.compile(expression, RE2JS.DOTALL);
  return (text) => compiled.testExact(text);
}

class GlobReader {
  readonly #characters: readonly string[];
  readonly #anyCharacter: string;
  #position = 0;
  #depth = 0;

  constructor(pattern: string, anyCharacter: string) {
    this.#anyCharacter = anyCharacter;
    this.#characters = Array.from(pattern);
  }

  /** What is opened and not closed ends with the pattern. */
  expression(): string | undefined {
    let made = '';
    while (this.#position < this.#characters.length) {
      const item = this.#item();
      if (item === undefined) return undefined;
      made += item;
    }
    return made + ')'.repeat(this.#depth);
  }

  #item(): string | undefined {
    const character = this.#next() ?? '';
    const isInside = this.#depth > 0;
    switch (character) {
      case '*':
        return this.#take('*') ? '.*' : `${this.#anyCharacter}*`;
      case '?':
        return this.#anyCharacter;
      case '[':
        return this.#class();
      case '{':
        this.#depth += 1;
        return '(?:';
      case ',':
        return isInside ? '|' : ',';
      case '}':
        if (isInside) this.#depth -= 1;
        return isInside ? ')' : literal('}');
      case '\\':
        return literal(this.#next() ?? '');
      default:
        return literal(character);
    }
  }

  /** Either one range or a list of characters, in which `-` is one of them. */
  #class(): string | undefined {
    const open = this.#take('!') ? '[^' : '[';
    if (this.#characters[this.#position + 1] !== '-') return this.#list(open);
    const low = this.#next() ?? '';
    this.#position += 1;
    const high = this.#next();
    if (high === undefined || high < low || !this.#take(']')) return undefined;
    return `${open}${literal(low)}-${literal(high)}]`;
  }

  #list(open: string): string | undefined {
    let members = '';
    for (let character = this.#next(); character !== ']'; character = this.#next()) {
      if (character === undefined) return undefined;
      members += literal(character === '\\' ? (this.#next() ?? '') : character);
    }
    return members === '' ? undefined : `${open}${members}]`;
  }

  #next(): string | undefined {
    const character = this.#characters[this.#position];
    this.#position += 1;
    return character;
  }

  #take(wanted: string): boolean {
    const isThere = this.#characters[this.#position] === wanted;
    if (isThere) this.#position += 1;
    return isThere;
  }
}

/** Good inside of a class and outside. */
function literal(text: string): string {
  const codePoint = text.codePointAt(0);
  return codePoint === undefined ? '' : String.raw`\x{${codePoint.toString(16)}}`;
}
