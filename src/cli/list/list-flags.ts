/** The flags of `list`. */
import { booleanFlag, type FlagTable } from '../flags/flag.ts';
import { pickFlags } from '../flags/pick-flags.ts';
import { runFlags } from '../flags/commands/run-flags.ts';

export const listFlags = {
  json: booleanFlag({ fallback: false, help: 'for programs' }),
  ...pickFlags(runFlags, [
    'applications',
    'applications-api',
    'application-namespace',
    'match-application-name',
    'match-application-label',
    'argocd-namespace',
    'argocd-server-addr',
    'argocd-insecure',
    'argocd-plaintext',
    'argocd-auth-token',
    'kubeconfig',
  ]),
} satisfies FlagTable;
