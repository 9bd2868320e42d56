/** Which ports are opened, and what is spoken there: flags -> settings. */
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import type { RunValues } from '../flags/commands/run-flags.ts';
import type { GivenFlags } from '../flags/flag-values.ts';
import { type PageSettings, readPages } from './page-settings.ts';
import { readTls, type TlsSettings } from './tls-settings.ts';
import { readWebhookSettings, type WebhookSettings } from './webhook-settings.ts';

export interface PortSettings extends PageSettings {
  /** Absent: no webhooks are taken. */
  readonly webhooks?: WebhookSettings;
  /** Of the ports of webhooks and metrics. */
  readonly tls: TlsSettings;
}

interface ReadPorts {
  readonly ports: PortSettings;
  readonly warnings: readonly string[];
}

export function readPorts(values: RunValues, given: GivenFlags, isSingleCycle: boolean): Outcome<ReadPorts> {
  const pages = readPages(values, given, isSingleCycle);
  if (!pages.ok) return pages;
  const webhooks = readWebhookSettings(values);
  if (!webhooks.ok) return webhooks;
  const tls = readTls(values, given.has('metrics-secure'));
  if (!tls.ok) return tls;
  const takesWebhooks = values['enable-webhook'] && values['webhook-port'] > 0 && !isSingleCycle;
  const ports = {
    ...pages.value,
    tls: tls.value.tls,
    ...(takesWebhooks ? { webhooks: webhooks.value } : {}),
  };
  return succeed({ ports, warnings: tls.value.warnings });
}
