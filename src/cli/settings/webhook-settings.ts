/** The settings of webhooks: who may send them, and how many. */
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import type { FlagValues } from '../flags/flag.ts';
import type { webhookFlags } from '../flags/groups/webhook-flags.ts';
import { type IdTokenSettings, readIdTokens } from './id-token-settings.ts';

export interface WebhookSettings {
  readonly port: number;
  /** By type of sender. */
  readonly secrets: ReadonlyMap<string, readonly string[]>;
  /** Absent: no tokens are taken of Artifact Registry. */
  readonly idTokens?: IdTokenSettings;
  readonly requiresSecret: boolean;
  /** Cycles in an hour; 0: as many as there are. */
  readonly perHour: number;
}

type WebhookValues = FlagValues<typeof webhookFlags>;

/** Types of senders, and the flag of each. */
const secretFlags = {
  'docker.io': 'docker-webhook-secret',
  'ghcr.io': 'ghcr-webhook-secret',
  'quay.io': 'quay-webhook-secret',
  harbor: 'harbor-webhook-secret',
  acr: 'acr-webhook-secret',
  'aliyun-acr': 'aliyun-acr-webhook-secret',
  cloudevents: 'cloudevents-webhook-secret',
  distribution: 'distribution-webhook-secret',
  gitea: 'gitea-webhook-secret',
  ecr: 'ecr-webhook-secret',
  gar: 'gar-webhook-secret',
  artifactory: 'artifactory-webhook-secret',
  generic: 'generic-webhook-secret',
} as const satisfies Readonly<Record<string, keyof WebhookValues>>;

/** Two secrets, one a line, are both good while one takes the place of the other. */
export function readWebhookSettings(values: WebhookValues): Outcome<WebhookSettings> {
  const idTokens = readIdTokens(values);
  if (!idTokens.ok) return idTokens;
  const secrets = Object.entries(secretFlags).flatMap(([type, flag]) => {
    const lines = values[flag].split(/\r?\n/).filter((line) => line !== '');
    return lines.length === 0 ? [] : [[type, lines] as const];
  });
  return succeed({
    port: values['webhook-port'],
    secrets: new Map(secrets),
    ...(idTokens.value === undefined ? {} : { idTokens: idTokens.value }),
    requiresSecret: values['webhook-require-secret'],
    perHour: values['webhook-ratelimit-allowed'],
  });
}
