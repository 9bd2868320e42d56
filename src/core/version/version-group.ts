/** The version inside a tag: a named group of the pattern of allow-tags (spec/policies.md 8.4). */
import { compilePattern, groupsNamed } from './filter.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';

export interface VersionGroup {
  /** RE2 pattern, matched unanchored. */
  readonly pattern: string;
  readonly name: string;
}

/** What a tag holds in the group, and what stands behind it. */
export interface Captured {
  readonly text: string;
  readonly rest: string;
}

/** Undefined: the pattern does not match, or the group is empty or takes no part. */
export type Capture = (tag: string) => Captured | undefined;

const namePattern = /^\w+$/;

/** Looking into a group takes as long as that many tests whether the pattern matches. */
export const captureCost = 8;

/** Of several groups of one name the first that takes part counts. Fails (config) where the pattern has none. */
export function compileCapture({ pattern, name }: VersionGroup): Outcome<Capture> {
  const problem = groupNameProblem(pattern, name);
  if (problem !== undefined) return fail(configFailure(problem));
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
