/** Flags of the commands that look at what a cycle would do: those of `run` that decide what it does. */
import { choiceFlag, type FlagTable } from '../flag.ts';
import { pickFlags } from '../pick-flags.ts';
import { policyFlags } from '../groups/policy-flags.ts';
import { logLevels } from '../groups/shared-flags.ts';
import { tenantFlags } from '../groups/tenant-flags.ts';
import { runFlags } from './run-flags.ts';

const sourceFlags = pickFlags(runFlags, [
  'applications',
  'applications-api',
  'application-namespace',
  'watch-namespaces',
  'match-application-name',
  'match-application-label',
  'argocd-namespace',
  'argocd-server-addr',
  'argocd-insecure',
  'argocd-plaintext',
  'argocd-auth-token',
  'kubeconfig',
  'disable-kubernetes',
]);

const cycleFlags = pickFlags(runFlags, [
  'registries-conf-path',
  'cache-dir',
  'tag-ttl',
  'max-concurrency',
  'cycle-timeout',
]);

const gitFlags = pickFlags(runFlags, [
  'git-commit-user',
  'git-commit-email',
  'git-commit-signing-key',
  'git-commit-signing-method',
  'git-commit-sign-off',
  'git-commit-trailers',
  'git-commit-message-path',
  'git-commit-group-message-path',
  'git-timeout',
  'git-max-mirror',
]);

/** The pod's variable is for the daemon: an answer is not mixed with its log. */
const loglevel = choiceFlag({
  words: logLevels,
  fallback: 'warn',
  help: '`error`: no warnings; `trace`: tell of requests too, on stderr',
});

export const rehearsalFlags = {
  loglevel,
  ...sourceFlags,
  ...cycleFlags,
  ...tenantFlags,
  ...policyFlags,
  ...gitFlags,
} satisfies FlagTable;

export const rehearsalFlagGroups = [
  { title: 'Applications', flags: sourceFlags },
  { title: 'Cycle', flags: cycleFlags },
  { title: 'Tenants', flags: tenantFlags },
  { title: 'Holding back', flags: policyFlags },
  { title: 'Git', flags: gitFlags },
] as const;
