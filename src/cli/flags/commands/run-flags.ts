/** Every flag of `run`: those of the 0.18 reference, those of its 1.x line, and ours. One file a group. */
import type { FlagTable, FlagValues } from '../flag.ts';
import { applicationFlags } from '../groups/application-flags.ts';
import { argocdFlags } from '../groups/argocd-flags.ts';
import { cycleFlags } from '../groups/cycle-flags.ts';
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

/** The headings of help: those of docs/configuration.md. */
export const runFlagGroups = [
  { title: 'Cycles', flags: cycleFlags },
  { title: 'Applications', flags: { ...applicationFlags, ...argocdFlags, ...tellingFlags } },
  { title: 'Tenants', flags: tenantFlags },
  { title: 'Holding back', flags: policyFlags },
  { title: 'Git', flags: gitFlags },
  { title: 'Health and metrics', flags: serverFlags },
  { title: 'Webhooks', flags: webhookFlags },
  { title: 'TLS', flags: tlsFlags },
  { title: 'Replicas', flags: replicaFlags },
] as const;
