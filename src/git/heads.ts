/** What a server has: its branches, tags and default branch, from one `ls-remote --symref`. */
import type { GitHeads } from '../app/ports.ts';

/** Peeled tags and everything outside heads and tags stay out. */
export const headsArguments: readonly string[] = [
  'ls-remote',
  '--symref',
  'origin',
  'HEAD',
  'refs/heads/*',
  'refs/tags/*',
];

/** Reads the output: `ref: refs/heads/main<TAB>HEAD`, then `<id><TAB><ref>` lines. */
export function parseHeads(output: string): GitHeads {
  const branches = new Map<string, string>();
  const tags = new Set<string>();
  let defaultBranch: string | undefined;
  for (const line of output.split('\n')) {
    const [left = '', ref = ''] = line.split('\t');
    if (ref === 'HEAD' && left.startsWith('ref: refs/heads/'))
      defaultBranch = left.slice('ref: refs/heads/'.length);
    if (ref.startsWith('refs/heads/')) branches.set(ref.slice('refs/heads/'.length), left);
    if (ref.startsWith('refs/tags/') && !ref.endsWith('^{}')) tags.add(ref.slice('refs/tags/'.length));
  }
  return defaultBranch === undefined ? { branches, tags } : { defaultBranch, branches, tags };
}
