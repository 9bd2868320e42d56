/** The flags of `history`. */
import { booleanFlag, durationFlag, type FlagTable } from '../flags/flag.ts';
import { rehearsalFlagGroups, rehearsalFlags } from '../flags/commands/rehearsal-flags.ts';

const ownFlags = {
  since: durationFlag({
    fallback: 0,
    minMs: 0,
    help: 'only commits of the last `12h`, say; `0`: all that were looked at',
  }),
  json: booleanFlag({
    fallback: false,
    help: 'everything, for machines',
    details: ', rules and digests of the trailers too',
  }),
} satisfies FlagTable;

export const historyFlags = { ...ownFlags, ...rehearsalFlags } satisfies FlagTable;

export const historyFlagGroups = [{ title: 'History', flags: ownFlags }, ...rehearsalFlagGroups] as const;
