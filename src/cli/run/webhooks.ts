/** Opens the port on which registries tell of pushes. */
import { PushQueue } from '../../app/trigger/push-queue.ts';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PushEvent } from '../../ports/push-event.ts';
import { type StartServer, startServer, type WebServer } from '../../web/server.ts';
import { makeWebhookApp, type ObservedDelivery } from '../../web/webhook-app.ts';
import { WebhookSecrets } from '../settings/files/webhook-secrets.ts';
import type { Environment } from '../flags/flag-values.ts';
import type { Log } from '../log/log.ts';
import type { WebhookSettings } from '../settings/webhook-settings.ts';
import { idTokenJudge } from './id-tokens.ts';

export interface WebhookOptions {
  readonly settings: WebhookSettings;
  /** Opens a port that may speak TLS; absent: it will not. */
  readonly startSecure: StartServer | undefined;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: (delivery: ObservedDelivery) => void;
  /** False: another replica takes what is pushed. */
  readonly leads: () => boolean;
  /** Given what tells how many repositories wait for a cycle. */
  readonly watchQueue: (waiting: () => number) => void;
  /** Has a cycle look at what these concern; resolves with those whose tag was not there. */
  readonly look: (events: readonly PushEvent[]) => Promise<readonly PushEvent[]>;
}

const retryAfterSeconds = 30;
/** How often it is said again that deliveries of a sender are turned away. */
const repeatMs = 3_600_000;

export async function startWebhooks(options: WebhookOptions): Promise<Outcome<WebServer>> {
  const { settings, environment, clock, log, look } = options;
  const { port, perHour, idTokens, requiresSecret } = settings;
  const opened = await WebhookSecrets.open(settings, { log, now: () => clock.now() });
  if (!opened.ok) return opened;
  const secrets = opened.value;
  const queue = new PushQueue({ clock, perHour, look });
  options.watchQueue(() => queue.size);
  const tell = logDeliveries(clock, log);
  const app = makeWebhookApp({
    secretsOf: (type) => secrets.of(type),
    tokens: new Map(
      idTokens === undefined ? [] : [['gar', idTokenJudge(idTokens, environment, clock)] as const],
    ),
    requiresSecret,
    accept: (events) => queue.accept(events),
    leads: options.leads,
    retryAfterSeconds,
    observe: (delivery) => {
      options.observe(delivery);
      tell(delivery);
    },
  });
  const server = await settle(() => (options.startSecure ?? startServer)(app, { port }));
  if (!server.ok)
    return fail(configFailure(`webhooks: cannot listen on :${port}: ${server.failure.message}`));
  const { isSecure, port: listening } = server.value;
  log.info(`Starting webhook server on port ${listening}`, isSecure ? { tls: true } : {});
  if (idTokens === undefined && !requiresSecret && (await secrets.areNone()))
    log.warning(
      'webhooks are taken from whoever reaches the port: set the secret of each sender, or a rate limit',
    );
  return succeed(server.value);
}

/** What was turned away is said once an hour for each sender, whoever sends however much. */
function logDeliveries(clock: Clock, log: Log): (delivery: ObservedDelivery) => void {
  const said = new Map<string, number>();
  return ({ sender, result, status, detail, events }) => {
    const images = events.map(({ registry, repository, tag }) => `${registry}/${repository}:${tag ?? ''}`);
    const fields = { sender, status, detail, ...(images.length === 0 ? {} : { images }) };
    if (result === 'accepted' || result === 'ignored' || result === 'standby') {
      log.at(result === 'ignored' ? 'debug' : 'info', `Webhook ${result}`, fields);
      return;
    }
    const key = `${sender} ${result}`;
    const isNew = clock.monotonicMs() - (said.get(key) ?? Number.NEGATIVE_INFINITY) >= repeatMs;
    if (isNew) said.set(key, clock.monotonicMs());
    log.at(isNew ? 'warning' : 'debug', `Webhook ${result}`, fields);
  };
}
