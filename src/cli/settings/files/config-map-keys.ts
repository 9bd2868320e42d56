/** Keys of the ConfigMap `argocd-image-updater-config`: the shipped Deployment hands them over as variables and files. */
import type { FlagTable } from '../../flags/flag.ts';
import { runFlags } from '../../flags/commands/run-flags.ts';
import { webhookSecretFlags } from '../../flags/groups/webhook-flags.ts';
import { webhookSecretKey } from './webhook-secrets.ts';

export const configMapName = 'argocd-image-updater-config';

/** Those that become the variable of a flag. */
export const configMapFlags = {
  applications_api: 'applications-api',
  'argocd.grpc_web': 'argocd-grpc-web',
  'argocd.server_addr': 'argocd-server-addr',
  'argocd.insecure': 'argocd-insecure',
  'argocd.plaintext': 'argocd-plaintext',
  'log.level': 'loglevel',
  'log.format': 'logformat',
  'git.user': 'git-commit-user',
  'git.email': 'git-commit-email',
  'git.commit-signing-key': 'git-commit-signing-key',
  'git.commit-signing-method': 'git-commit-signing-method',
  'git.commit-sign-off': 'git-commit-sign-off',
  interval: 'interval',
  'kube.events': 'disable-kube-events',
  'webhook.enable': 'enable-webhook',
  'webhook.port': 'webhook-port',
  'webhook.gar-audience': 'gar-webhook-audience',
  'webhook.gar-email': 'gar-webhook-email',
  'webhook.ratelimit-allowed': 'webhook-ratelimit-allowed',
  'webhook.require-secret': 'webhook-require-secret',
  'disable-tls': 'disable-tls',
  'tls.min-version': 'tlsminversion',
  'tls.max-version': 'tlsmaxversion',
  'tls.ciphers': 'tlsciphers',
} as const satisfies Readonly<Record<string, keyof typeof runFlags>>;

/** Those that become files, each at the default of a flag. */
export const configMapFiles = {
  'registries.conf': 'registries-conf-path',
  'git.commit-message-template': 'git-commit-message-path',
  'git.commit-group-message-template': 'git-commit-group-message-path',
} as const satisfies Readonly<Record<string, keyof typeof runFlags>>;

/** Those that are read from the object itself, in each cycle. */
export const configMapTexts = ['defaults'] as const;

/** Keys of the Secret `argocd-image-updater-secret` that become the variable of a flag. */
export const secretFlags: Readonly<Record<string, keyof typeof runFlags>> = {
  'argocd.token': 'argocd-auth-token',
  ...Object.fromEntries(
    Object.values(webhookSecretFlags).map((flag) => [webhookSecretKey(flag), flag] as const),
  ),
};

/** The flag whose variable a key is. */
export function flagOfKey(key: string): FlagTable[string] | undefined {
  const name = new Map<string, keyof typeof runFlags>(Object.entries(configMapFlags)).get(key);
  return name === undefined ? undefined : runFlags[name];
}

/** The key that becomes the variable of a flag. */
export function keyOfFlag(name: string): string | undefined {
  return Object.entries(configMapFlags).find(([, flag]) => flag === name)?.[0];
}
