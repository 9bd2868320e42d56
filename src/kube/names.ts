/** `--match-application-name`: which names pass, by Go's shell patterns. */
import { globMatches, parseGlob } from '../core/version/glob.ts';
import { quoted } from '../core/base/quoted.ts';

export interface NamePatterns {
  /** True for every name where no pattern is given. */
  readonly match: (name: string) => boolean;
  /** One for each pattern that cannot be read; such a pattern matches nothing. */
  readonly warnings: readonly string[];
}

export function readNamePatterns(patterns: readonly string[]): NamePatterns {
  const globs = patterns.flatMap((pattern) => parseGlob(pattern) ?? []);
  const malformed = patterns.filter((pattern) => parseGlob(pattern) === undefined);
  return {
    match: (name) => patterns.length === 0 || globs.some((glob) => globMatches(glob, name)),
    warnings: malformed.map(
      (pattern) =>
        `--match-application-name ${quoted(pattern)} is no shell pattern and matches no Application`,
    ),
  };
}
