/** Settings of the command `webhook`: those of `run`, with cycles for pushes alone. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import type { Environment, GivenFlags } from '../flags/flag-values.ts';
import { type ReadSettings, readRunSettings } from './settings.ts';

/** Where 0.18's command `webhook` listens, so that probes of its Deployment reach it. */
const webhookCommandPort = '8080';

export function readWebhookCommandSettings(
  given: GivenFlags,
  environment: Environment,
  temporaryFolder: string,
): Outcome<ReadSettings> {
  const port =
    (environment['WEBHOOK_PORT'] ?? '') === '' ? [['webhook-port', [webhookCommandPort]] as const] : [];
  const more = new Map([...port, ...given, ['enable-webhook', ['true']] as const]);
  const read = readRunSettings(more, environment, temporaryFolder);
  if (!read.ok) return read;
  const { settings, warnings } = read.value;
  if (settings.webhooks === undefined)
    return fail(configFailure('the command webhook needs a --webhook-port'));
  return succeed({
    settings: { ...settings, schedule: { kind: 'never' }, health: [], metrics: [] },
    warnings,
  });
}
