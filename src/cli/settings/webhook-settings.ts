/** The settings of webhooks: who may send them, and how many. */
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import type { FlagValues } from '../flags/flag.ts';
import { webhookSecretFlags, type webhookFlags } from '../flags/groups/webhook-flags.ts';
import { secretLines } from './files/webhook-secrets.ts';
import { type IdTokenSettings, readIdTokens } from './id-token-settings.ts';

export interface WebhookSettings {
  readonly port: number;
  /** By type of sender. */
  readonly secrets: ReadonlyMap<string, readonly string[]>;
  /** Of files that go before them, under the keys of the Secret; "": there are none. */
  readonly secretsFolder: string;
  /** Absent: no tokens are taken of Artifact Registry. */
  readonly idTokens?: IdTokenSettings;
  readonly requiresSecret: boolean;
  /** Cycles in an hour; 0: as many as there are. */
  readonly perHour: number;
}

type WebhookValues = FlagValues<typeof webhookFlags>;

export function readWebhookSettings(values: WebhookValues): Outcome<WebhookSettings> {
  const idTokens = readIdTokens(values);
  if (!idTokens.ok) return idTokens;
  const secrets = Object.entries(webhookSecretFlags).flatMap(([type, flag]) => {
    const lines = secretLines(values[flag]);
    return lines.length === 0 ? [] : [[type, lines] as const];
  });
  return succeed({
    port: values['webhook-port'],
    secrets: new Map(secrets),
    secretsFolder: values['webhook-secrets-folder'],
    ...(idTokens.value === undefined ? {} : { idTokens: idTokens.value }),
    requiresSecret: values['webhook-require-secret'],
    perHour: values['webhook-ratelimit-allowed'],
  });
}
