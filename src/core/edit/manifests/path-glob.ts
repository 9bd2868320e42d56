/** Globs over file paths: `*`, `**`, `?`, `[a-z]`, `[!a]`, `{a,b}` and `\`. */
import { RE2JS } from 're2js';
import { configFailure, fail, type Outcome, succeed } from '../../base/outcome.ts';
import { quoted } from '../../base/quoted.ts';

export type PathTest = (path: string) => boolean;

const maxLength = 1024; // compiling takes time quadratic in the length, and each path time linear in it

/**
 * Compiles a glob of at most 1024 characters; the whole path must match. `stars`: whether `*` and `?` stop
 * at a slash (a glob of ours), or cross it as in `directory.include` of Argo CD.
 */
export function compilePathGlob(pattern: string, stars: 'stop' | 'cross'): Outcome<PathTest> {
  if (pattern.length > maxLength) {
    return fail(configFailure(`the glob ${quoted(pattern)} is longer than ${maxLength} characters`));
  }
  try {
    const expression = RE2JS.compile(toExpression(pattern, stars === 'stop' ? '[^/]' : '.'), RE2JS.DOTALL);
    return succeed((path) => expression.testExact(path));
  } catch {
    return fail(configFailure(`${quoted(pattern)} is not a glob: expected *, **, ?, [a-z], {a,b}`));
  }
}

function toExpression(pattern: string, anyCharacter: string): string {
  let depth = 0;
  return pattern.replaceAll(/\*\*\/|\*\*|\\.|\[!?(?:\\.|[^\]\\])+\]|[\s\S]/gu, (token) => {
    switch (token) {
      case '**/':
        return '(?:.*/)?';
      case '**':
        return '.*';
      case '*':
        return `${anyCharacter}*`;
      case '?':
        return anyCharacter;
      case '{':
        depth += 1;
        return '(?:';
      case '}':
        if (depth === 0) return String.raw`\}`;
        depth -= 1;
        return ')';
      case ',':
        return depth > 0 ? '|' : ',';
      default:
        if (token.startsWith('[') && token.length > 1) return token.replace(/^\[!/, '[^');
        return RE2JS.quote(token.startsWith('\\') && token.length > 1 ? token.slice(1) : token);
    }
  });
}

/** True if the text has a meaning as a glob beyond its own letters. */
export function isGlob(text: string): boolean {
  return /[*?[{]/.test(text);
}
