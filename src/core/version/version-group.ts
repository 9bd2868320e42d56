/** The version inside a tag: a named group of the pattern of allow-tags (spec/policies.md 8.4). */
import { compilePattern, groupsNamed } from './filter.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';

export interface VersionGroup {
  /** RE2 pattern, matched unanchored. */
  readonly pattern: string;
  readonly name: string;
  /** Tests whether a pattern matches that take as long as one look into the group. */
  readonly cost: number;
}

/** What a tag holds in the group, and what stands behind it. */
export interface Captured {
  readonly text: string;
  readonly rest: string;
}

/** Undefined: the pattern does not match, or the group is empty or takes no part. */
export type Capture = (tag: string) => Captured | undefined;

const namePattern = /^\w+$/;

// To find a match takes time by program and tag: measured, 14 ms at worst for 900 instructions and 128 characters.
const maxInstructions = 512;
const leastCost = 8;
const instructionsPerTest = 3;

/** Fails (config) where the pattern has no such group, or is too large to look into it on every tag. */
export function versionGroup(pattern: string, name: string): Outcome<VersionGroup> {
  const problem = groupNameProblem(pattern, name);
  if (problem !== undefined) return fail(configFailure(problem));
  const compiled = compilePattern(pattern, groupsNamed(pattern, name).pattern);
  if (!compiled.ok) return compiled;
  const instructions = compiled.value.programSize();
  if (instructions > maxInstructions)
    return fail(
      configFailure('the repetitions of the pattern make it too large to look into it on every tag'),
    );
  return succeed({ pattern, name, cost: Math.max(leastCost, Math.ceil(instructions / instructionsPerTest)) });
}

/** Of several groups of one name the first that takes part counts. */
export function compileCapture({ pattern, name }: Omit<VersionGroup, 'cost'>): Outcome<Capture> {
  const groups = groupsNamed(pattern, name);
  const compiled = compilePattern(pattern, groups.pattern);
  if (!compiled.ok) return compiled;
  return succeed((tag) => {
    const matcher = compiled.value.matcher(tag);
    if (!matcher.find()) return undefined;
    for (const group of groups.names) {
      const text = matcher.group(group);
      if (text !== null && text !== undefined && text !== '')
        return { text, rest: tag.slice(matcher.end(group)) };
    }
    return undefined;
  });
}

function groupNameProblem(pattern: string, name: string): string | undefined {
  if (!namePattern.test(name)) return 'a name of a group has letters, digits and _ only';
  if (groupsNamed(pattern, name).names.length > 0) return undefined;
  return `allow-tags ${quoted(`regexp:${pattern}`)} has no group (?P<${name}>…)`;
}
