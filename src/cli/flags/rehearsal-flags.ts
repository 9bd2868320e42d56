/** Flags of the commands that look at what a cycle would do: those of `run` that decide what it does. */
import { choiceFlag, type FlagTable } from './flag.ts';
import { logLevels, runFlags } from './run-flags.ts';
import { tenantFlags } from './tenant-flags.ts';

const {
  applications,
  'applications-api': applicationsApi,
  'application-namespace': applicationNamespace,
  'watch-namespaces': watchNamespaces,
  'match-application-name': matchName,
  'match-application-label': matchLabel,
  'argocd-namespace': argocdNamespace,
  'argocd-server-addr': argocdServer,
  'argocd-insecure': argocdInsecure,
  'argocd-plaintext': argocdPlaintext,
  'argocd-auth-token': argocdToken,
  kubeconfig,
  'disable-kubernetes': disableKubernetes,
  'registries-conf-path': registriesPath,
  'cache-dir': cacheDirectory,
  'tag-ttl': tagTtl,
  'max-concurrency': maxConcurrency,
  'cycle-timeout': cycleTimeout,
  'git-commit-user': commitUser,
  'git-commit-email': commitEmail,
  'git-commit-signing-key': signingKey,
  'git-commit-signing-method': signingMethod,
  'git-commit-sign-off': signOff,
  'git-commit-trailers': trailers,
  'git-commit-message-path': messagePath,
  'git-timeout': gitTimeout,
  'git-max-mirror': gitMaxMirror,
} = runFlags;

const sourceFlags = {
  applications,
  'applications-api': applicationsApi,
  'application-namespace': applicationNamespace,
  'watch-namespaces': watchNamespaces,
  'match-application-name': matchName,
  'match-application-label': matchLabel,
  'argocd-namespace': argocdNamespace,
  'argocd-server-addr': argocdServer,
  'argocd-insecure': argocdInsecure,
  'argocd-plaintext': argocdPlaintext,
  'argocd-auth-token': argocdToken,
  kubeconfig,
  'disable-kubernetes': disableKubernetes,
} satisfies FlagTable;

const cycleFlags = {
  'registries-conf-path': registriesPath,
  'cache-dir': cacheDirectory,
  'tag-ttl': tagTtl,
  'max-concurrency': maxConcurrency,
  'cycle-timeout': cycleTimeout,
} satisfies FlagTable;

const gitFlags = {
  'git-commit-user': commitUser,
  'git-commit-email': commitEmail,
  'git-commit-signing-key': signingKey,
  'git-commit-signing-method': signingMethod,
  'git-commit-sign-off': signOff,
  'git-commit-trailers': trailers,
  'git-commit-message-path': messagePath,
  'git-timeout': gitTimeout,
  'git-max-mirror': gitMaxMirror,
} satisfies FlagTable;

/** The pod's variable is for the daemon: an answer is not mixed with its log. */
const loglevel = choiceFlag({
  words: logLevels,
  fallback: 'warn',
  help: 'error: no warnings; trace: tell of requests too, on stderr',
});

export const rehearsalFlags = {
  loglevel,
  ...sourceFlags,
  ...cycleFlags,
  ...tenantFlags,
  ...gitFlags,
} satisfies FlagTable;

export const rehearsalFlagGroups = [
  { title: 'Applications', flags: sourceFlags },
  { title: 'Cycle', flags: cycleFlags },
  { title: 'Tenants', flags: tenantFlags },
  { title: 'Git', flags: gitFlags },
] as const;
