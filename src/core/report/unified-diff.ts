/** What would become of a file, as `git apply` and `patch -p1` read it. */
import { createTwoFilesPatch } from 'diff';

/** So many changed lines are told; more would take minutes to compare, and nobody reads them. */
const maxChangedLines = 20_000;

/** `before`: null where there is no such file yet. */
export function unifiedDiff(path: string, before: string | null, after: string): string {
  const from = before === null ? '/dev/null' : `a/${path}`;
  const options = { context: 3, maxEditLength: maxChangedLines };
  const diff = createTwoFilesPatch(from, `b/${path}`, before ?? '', after, undefined, undefined, options);
  if (diff === undefined) return `${path}: more than ${maxChangedLines} lines would change\n`;
  return diff.replace(/^=+\n/, '');
}
