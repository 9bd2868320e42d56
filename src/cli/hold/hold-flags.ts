/** Flags of the commands by which people hold updates back, and let them go on. */
import { booleanFlag, type FlagTable, textFlag } from '../flags/flag.ts';
import { rehearsalFlagGroups, rehearsalFlags } from '../flags/commands/rehearsal-flags.ts';
import { runFlags } from '../flags/commands/run-flags.ts';

export const defaultNamespace = 'argocd';

/** Of all that change the ConfigMap of holds. */
const changeFlags = {
  namespace: {
    ...textFlag({
      placeholder: 'namespace',
      fallback: defaultNamespace,
      help: 'where Tidewaiter runs, and its ConfigMap of holds is',
    }),
    short: 'n',
  },
  'dry-run': booleanFlag({ fallback: false, help: 'tell what would be changed, and change nothing' }),
  by: textFlag({
    placeholder: 'name',
    fallback: '',
    help: 'who asks for it',
    details: '; shown wherever the hold is',
    variable: 'USER',
  }),
} satisfies FlagTable;

const { kubeconfig, 'argocd-namespace': argocdNamespace } = runFlags;

const clusterFlags = { kubeconfig, 'argocd-namespace': argocdNamespace } satisfies FlagTable;

const reason = textFlag({
  fallback: '',
  help: 'why, for those who wonder',
  details: '; shown wherever the hold is',
});

const untilFlags = {
  until: textFlag({
    placeholder: 'time',
    fallback: '',
    help: 'when it ends by itself: a time such as `2026-12-01T08:00` or `2026-12-01`, or a duration such as `2h` or `3d`',
    details: 'A duration counts from now on, and is written as a time',
  }),
  zone: textFlag({
    placeholder: 'zone',
    fallback: '',
    help: 'of a time without offset, such as `Europe/Berlin`',
    otherwise: 'UTC',
  }),
} satisfies FlagTable;

export const pauseFlags = { ...untilFlags, reason, ...changeFlags, ...clusterFlags } satisfies FlagTable;

export const skipFlags = { reason, ...changeFlags, ...clusterFlags } satisfies FlagTable;

export const unfreezeFlags = { ...changeFlags, ...clusterFlags } satisfies FlagTable;

/** It also looks for what Git and health hold back, as a cycle does. */
export const resumeFlags = { ...changeFlags, ...rehearsalFlags } satisfies FlagTable;

export const resumeFlagGroups = [{ title: 'Resume', flags: changeFlags }, ...rehearsalFlagGroups] as const;

const rollbackOwnFlags = {
  'during-freeze': booleanFlag({ fallback: false, help: 'write though everything is frozen' }),
  ...changeFlags,
} satisfies FlagTable;

export const rollbackFlags = { ...rollbackOwnFlags, ...rehearsalFlags } satisfies FlagTable;

export const rollbackFlagGroups = [
  { title: 'Rollback', flags: rollbackOwnFlags },
  ...rehearsalFlagGroups,
] as const;
