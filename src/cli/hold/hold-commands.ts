/** The commands by which people hold updates back, and let them go on. */
import type { CommandSpec } from '../process/command-spec.ts';
import {
  pauseFlags,
  resumeFlagGroups,
  resumeFlags,
  rollbackFlagGroups,
  rollbackFlags,
  skipFlags,
  unfreezeFlags,
} from './hold-flags.ts';

const exitCodes = 'Exit codes: 0 done, 1 failed, 3 something still withholds.\n';

export const holdCommands: readonly CommandSpec[] = [
  {
    name: 'pause',
    summary: 'hold an Application, or one of its images, at what it has',
    operands: '<application> [alias]',
    maxOperands: 2,
    flags: pauseFlags,
    examples: `  tidewaiter pause argocd/shop --until 2h --reason "bug 42"   all its images, for two hours
  tidewaiter pause argocd/shop web                            one image, until somebody resumes it

Exit codes: 0 done, 1 failed.
`,
    execute: async (given, operands, io) => (await import('./pause.ts')).pause(given, operands, io),
  },
  {
    name: 'resume',
    summary: 'let an Application go on that is paused, rolled back, skips versions, or is in quarantine',
    operands: '<application> [alias]',
    maxOperands: 2,
    flags: resumeFlags,
    groups: resumeFlagGroups,
    examples: `  tidewaiter resume argocd/shop        all its images
  tidewaiter resume argocd/shop web    one image

${exitCodes}`,
    execute: async (given, operands, io) => (await import('./resume.ts')).resume(given, operands, io),
  },
  {
    name: 'skip',
    summary: 'pass over one version of an image',
    operands: '<application> <alias> <tag>',
    maxOperands: 3,
    flags: skipFlags,
    examples: `  tidewaiter skip argocd/shop web 2.1.5 --reason "crashes at start"

Exit codes: 0 done, 1 failed.
`,
    execute: async (given, operands, io) => (await import('./pause.ts')).skip(given, operands, io),
  },
  {
    name: 'rollback',
    summary: 'write an older version of an image at once, and let none come back that is not newer',
    operands: '<application> <alias> <version>',
    maxOperands: 3,
    flags: rollbackFlags,
    groups: rollbackFlagGroups,
    examples: `  tidewaiter rollback argocd/shop web 2.1.4              one commit, or one patch of a live Application
  tidewaiter rollback argocd/shop web 2.1.4 --dry-run    what it would be

Exit codes: 0 done, 1 failed.
`,
    execute: async (given, operands, io) => (await import('./rollback.ts')).rollback(given, operands, io),
  },
  {
    name: 'freeze',
    summary: 'write nothing at all, for no Application',
    operands: '',
    maxOperands: 0,
    flags: pauseFlags,
    examples: `  tidewaiter freeze --reason "incident 7" --until 6h

Exit codes: 0 done, 1 failed.
`,
    execute: async (given, _operands, io) => (await import('./freeze.ts')).freeze(given, io),
  },
  {
    name: 'unfreeze',
    summary: 'end a freeze',
    operands: '',
    maxOperands: 0,
    flags: unfreezeFlags,
    execute: async (given, _operands, io) => (await import('./freeze.ts')).unfreeze(given, io),
  },
];
