/** The flags of `explain`. */
import { booleanFlag, type FlagTable } from '../flags/flag.ts';
import { daemonFlags } from '../status/status-flags.ts';
import { rehearsalFlagGroups, rehearsalFlags } from '../flags/commands/rehearsal-flags.ts';

const ownFlags = {
  all: booleanFlag({ fallback: false, help: 'show every candidate, and settings that nobody set' }),
  json: booleanFlag({ fallback: false, help: 'everything, for machines' }),
} satisfies FlagTable;

export const explainFlags = { ...ownFlags, ...daemonFlags, ...rehearsalFlags } satisfies FlagTable;

export const explainFlagGroups = [
  { title: 'Explain', flags: ownFlags },
  { title: 'Daemon', flags: daemonFlags },
  ...rehearsalFlagGroups,
] as const;
