/** Which tags of a repository an image may use: allow-tags and ignore-tags. */
import { RE2JS, RE2JSException } from 're2js';
import { type Glob, globMatches, parseGlob } from './glob.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';

/** Plain data, so that equal filters of two images are one question. */
export interface TagFilter {
  /** RE2 pattern, matched unanchored; absent: any tag. */
  readonly allow?: string;
  /** Go `filepath.Match` patterns; a tag that matches one is dropped. */
  readonly ignore: readonly string[];
}

/** The setting that drops a tag; undefined: the tag stays. */
type Filter = (tag: string) => 'allow-tags' | 'ignore-tags' | undefined;

// Both bound the time that one tag can take: it grows with the size of the compiled program.
const maxPatternLength = 2048;
const maxProgramInstructions = 4096;

/** The same for ignore-tags, whose globs are tried one after the other. */
const maxIgnorePatterns = 100;
const maxIgnoreLength = 4096;

/** Comparisons of tags with patterns that one Application may ask for in a cycle; a few million take a second. */
export const maxComparisons = 20_000_000;

// Quoted text, escapes and classes, in which no group can begin; else the beginning of a named group.
const groupNamePattern = /\\Q[^]*?(?:\\E|$)|\\[^]|\[\^?\]?(?:\\[^]|\[:\^?\w+:\]|[^\]\\])*\]|\(\?P?<\w+>/g;

/**
 * Compiles a filter once for many tags. A malformed glob in `ignore` matches nothing, as in 0.18.
 * Fails (config) on an `allow` that is no RE2 pattern.
 */
export function compileFilter(filter: TagFilter): Outcome<Filter> {
  const ignored = [...new Set(filter.ignore)]
    .map(parseGlob)
    .filter((glob): glob is Glob => glob !== undefined);
  const isIgnored = (tag: string) => ignored.some((glob) => globMatches(glob, tag));
  if (filter.allow === undefined) return succeed((tag) => (isIgnored(tag) ? 'ignore-tags' : undefined));

  const allowed = compilePattern(filter.allow);
  if (!allowed.ok) return allowed;
  const pattern = allowed.value;
  return succeed((tag) => {
    if (!pattern.test(tag)) return 'allow-tags';
    return isIgnored(tag) ? 'ignore-tags' : undefined;
  });
}

/**
 * The value of an `allow-tags` annotation: `any`, or `regexp:` and an RE2 pattern. "" means any.
 * Blanks around the value are cut; those behind `regexp:` belong to the pattern. Source: images.md 4.1.
 */
export function parseAllowTags(value: string): Outcome<{ readonly allow?: string }> {
  const trimmed = value.trim();
  if (trimmed === '' || trimmed.toLowerCase() === 'any') return succeed({});
  const colon = trimmed.indexOf(':');
  if (colon === -1 || trimmed.slice(0, colon).toLowerCase() !== 'regexp') {
    const pattern = trimmed.slice(/^(?:regex|re|regexp2|match):/i.exec(trimmed)?.[0].length ?? 0);
    const meant = colon === -1 || pattern !== trimmed ? `; did you mean regexp:${pattern}?` : '';
    return fail(configFailure(`allowed tags ${quoted(value)}: expected any or regexp:<RE2 pattern>${meant}`));
  }
  const allow = trimmed.slice(colon + 1);
  const bare = /^\s*(?:\/(.+)\/|"(.+)"|'(.+)')\s*$/s
    .exec(allow)
    ?.slice(1)
    .find((part) => part !== undefined);
  if (bare !== undefined) {
    const why = 'slashes and quotes are part of the pattern, and no tag has them';
    return fail(configFailure(`allowed tags ${quoted(value)}: ${why}; did you mean regexp:${bare}?`));
  }
  const compiled = compilePattern(allow);
  return compiled.ok ? succeed({ allow }) : compiled;
}

/** Why these ignore-tags are more than is tried on every tag; undefined: they are not. */
export function ignoreListProblem(patterns: readonly string[]): string | undefined {
  const distinct = [...new Set(patterns)];
  const length = distinct.reduce((sum, pattern) => sum + pattern.length, 0);
  if (distinct.length <= maxIgnorePatterns && length <= maxIgnoreLength) return undefined;
  return `${distinct.length} patterns of ${length} characters; at most ${maxIgnorePatterns} patterns of ${maxIgnoreLength} characters together are tried, and allow-tags can say more`;
}

/** What filtering costs: every tag is looked at once, and compared with every pattern. */
export function comparisons(tags: number, { allow, ignore }: TagFilter): number {
  return tags * (1 + ignore.length + (allow === undefined ? 0 : 1));
}

/**
 * What is wrong with an ignore-tags pattern, for a warning; undefined: nothing. Patterns keep the meaning that they
 * have in 0.18. Source: images.md 11-13.
 */
export function ignorePatternProblem(pattern: string): string | undefined {
  const glob = parseGlob(pattern);
  if (glob === undefined) return 'is a malformed pattern and ignores no tag';
  const items = glob.chunks.flatMap((chunk) => chunk.items);
  const foreign = items.find((item) => item.kind === 'literal' && !/[\w.-]/.test(item.character));
  if (foreign?.kind === 'literal') return `ignores no tag: none can hold ${quoted(foreign.character)}`;
  return items.some(takesExclamationMark)
    ? 'takes the ! for a member of the class: negate with ^'
    : undefined;
}

function takesExclamationMark(item: Glob['chunks'][number]['items'][number]): boolean {
  const first = item.kind === 'class' && !item.negated ? item.ranges[0] : undefined;
  return first?.low === 0x21 && first.high === 0x21;
}

/** Fails (config) on what is no RE2 pattern, or is too large. `named`: the pattern with the names that are wanted. */
export function compilePattern(pattern: string, named = withoutGroupNames(pattern)): Outcome<RE2JS> {
  const refuse = (reason: string) =>
    fail(configFailure(`allowed tags ${quoted(`regexp:${pattern}`)}: not a usable RE2 pattern: ${reason}`));
  if (pattern.length > maxPatternLength) return refuse(`longer than ${maxPatternLength} characters`);
  try {
    const compiled = RE2JS.compile(named);
    if (compiled.programSize() > maxProgramInstructions) return refuse('its repetitions make it too large');
    return succeed(compiled);
  } catch (error) {
    if (error instanceof RE2JSException) return refuse(error.message);
    throw error;
  }
}

/** Go lets two groups have one name, re2js does not; for a mere match no name matters. */
function withoutGroupNames(pattern: string): string {
  return pattern.replaceAll(groupNamePattern, (found) => (found.startsWith('(') ? '(' : found));
}

/** The pattern with names for the groups of one name alone, each with another one. */
export function groupsNamed(
  pattern: string,
  name: string,
): { readonly pattern: string; readonly names: readonly string[] } {
  const names: string[] = [];
  const named = pattern.replaceAll(groupNamePattern, (found) => {
    if (!found.startsWith('(')) return found;
    if (found.replace(/^\(\?P?<|>$/g, '') !== name) return '(';
    names.push(`g${names.length}`);
    return `(?P<${names.at(-1)}>`;
  });
  return { pattern: named, names };
}
