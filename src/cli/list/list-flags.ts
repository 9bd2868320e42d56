/** The flags of `list`. */
import { booleanFlag, type FlagTable } from '../flags/flag.ts';
import { runFlags } from '../flags/run-flags.ts';

const {
  applications,
  'applications-api': applicationsApi,
  'application-namespace': applicationNamespace,
  'match-application-name': matchName,
  'match-application-label': matchLabel,
  'argocd-namespace': argocdNamespace,
  'argocd-server-addr': argocdServer,
  'argocd-insecure': argocdInsecure,
  'argocd-plaintext': argocdPlaintext,
  'argocd-auth-token': argocdToken,
  kubeconfig,
} = runFlags;

export const listFlags = {
  json: booleanFlag({ fallback: false, help: 'for programs' }),
  applications,
  'applications-api': applicationsApi,
  'application-namespace': applicationNamespace,
  'match-application-name': matchName,
  'match-application-label': matchLabel,
  'argocd-namespace': argocdNamespace,
  'argocd-server-addr': argocdServer,
  'argocd-insecure': argocdInsecure,
  'argocd-plaintext': argocdPlaintext,
  'argocd-auth-token': argocdToken,
  kubeconfig,
} satisfies FlagTable;
