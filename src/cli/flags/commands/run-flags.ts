/** Every flag of `run`: those of the 0.18 reference, those of its 1.x line, and ours. One file a group. */
import type { FlagTable, FlagValues } from '../flag.ts';
import { applicationFlags } from '../groups/application-flags.ts';
import { argocdFlags } from '../groups/argocd-flags.ts';
import { cycleFlags } from '../groups/cycle-flags.ts';
import { fileFlags } from '../groups/file-flags.ts';
import { gitFlags } from '../groups/git-flags.ts';
import { policyFlags } from '../groups/policy-flags.ts';
import { replicaFlags } from '../groups/replica-flags.ts';
import { serverFlags } from '../groups/server-flags.ts';
import { logFlags, sharedFlags } from '../groups/shared-flags.ts';
import { tellingFlags } from '../groups/telling-flags.ts';
import { tenantFlags } from '../groups/tenant-flags.ts';
import { tlsFlags } from '../groups/tls-flags.ts';
import { webhookFlags } from '../groups/webhook-flags.ts';

export const runFlags = {
  ...cycleFlags,
  ...fileFlags,
  ...logFlags,
  ...sharedFlags,
  ...applicationFlags,
  ...argocdFlags,
  ...tellingFlags,
  ...tenantFlags,
  ...policyFlags,
  ...gitFlags,
  ...serverFlags,
  ...webhookFlags,
  ...tlsFlags,
  ...replicaFlags,
} satisfies FlagTable;

export type RunValues = FlagValues<typeof runFlags>;

/** The headings of help, and of docs/configuration.md. */
export const runFlagGroups = [
  { title: 'Cycles', flags: cycleFlags },
  {
    title: 'Applications',
    flags: {
      ...applicationFlags,
      ...argocdFlags,
      kubeconfig: sharedFlags.kubeconfig,
      'disable-kubernetes': sharedFlags['disable-kubernetes'],
      ...tellingFlags,
    },
  },
  { title: 'Tenants', flags: tenantFlags },
  { title: 'Holding back', flags: policyFlags },
  { title: 'Git', flags: gitFlags },
  {
    title: 'Registries, cache, log, health',
    flags: { ...fileFlags, loglevel: sharedFlags.loglevel, ...logFlags, ...serverFlags },
  },
  { title: 'Webhooks', flags: webhookFlags },
  { title: 'TLS', flags: tlsFlags },
  { title: 'Replicas', flags: replicaFlags },
] as const;
