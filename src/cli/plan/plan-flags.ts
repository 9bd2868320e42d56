/** The flags of `plan`. */
import { booleanFlag, choiceFlag, type FlagTable, listFlag } from '../flags/flag.ts';
import { rehearsalFlagGroups, rehearsalFlags } from '../flags/commands/rehearsal-flags.ts';

const ownFlags = {
  app: listFlag({
    placeholder: 'glob',
    separator: ',',
    fallback: [],
    help: 'only Applications of such a name, by a shell pattern: `shop-*`, or with a slash `team-a/*` (repeatable, or separated by commas)',
    details: 'Others are neither asked about nor decided, unless they write to the same place',
  }),
  diff: booleanFlag({ fallback: false, help: 'show what would become of the files' }),
  output: choiceFlag({
    words: ['table', 'json', 'markdown', 'github'],
    fallback: 'table',
    help: 'form of the answer; `markdown` is the comment of a pull request, `github` annotates a workflow',
    details: '`json` has everything, diffs and commit messages too; in `markdown` diffs are folded',
  }),
  enable: listFlag({
    placeholder: 'app=file',
    fallback: [],
    help: 'try the annotations of a file on an Application, over its own: `team-a/crm=annotations.yaml` (repeatable)',
    details:
      'What would happen if they were there? Keys may be without prefix. Without `--app` only these Applications are looked at',
  }),
} satisfies FlagTable;

export const planFlags = { ...ownFlags, ...rehearsalFlags } satisfies FlagTable;

export const planFlagGroups = [{ title: 'Plan', flags: ownFlags }, ...rehearsalFlagGroups] as const;
