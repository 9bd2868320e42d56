/** The flags of `plan`. */
import { booleanFlag, choiceFlag, type FlagTable, listFlag } from '../flags/flag.ts';
import { rehearsalFlagGroups, rehearsalFlags } from '../flags/commands/rehearsal-flags.ts';

const ownFlags = {
  app: listFlag({
    placeholder: 'glob',
    separator: ',',
    fallback: [],
    help: 'only Applications with such a name, or namespace/name (repeatable, or separated by commas)',
  }),
  diff: booleanFlag({ fallback: false, help: 'show what would become of the files' }),
  output: choiceFlag({
    words: ['table', 'json', 'markdown', 'github'],
    fallback: 'table',
    help: 'form of the answer; markdown is a comment for a pull request, github annotates a workflow',
  }),
  enable: listFlag({
    placeholder: 'app=file',
    fallback: [],
    help: 'try the annotations of a file on namespace/name, which need not have any (repeatable)',
  }),
} satisfies FlagTable;

export const planFlags = { ...ownFlags, ...rehearsalFlags } satisfies FlagTable;

export const planFlagGroups = [{ title: 'Plan', flags: ownFlags }, ...rehearsalFlagGroups] as const;
