/** The ports of one run: pages about it, and webhooks. What serves them is loaded only where a port is to be opened. */
import { everybody, type Scope } from '../../app/trigger/trigger.ts';
import type { Progress } from '../../app/progress.ts';
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import type { AppKey } from '../../core/config/application.ts';
import type { PushEvent } from '../../ports/push-event.ts';
import type { WebServer } from '../../web/server.ts';
import type { Standing } from '../../web/status/status.ts';
import { systemClock } from '../process/clock.ts';
import type { Running } from './running.ts';

/** All of them or none. */
export async function openServers(running: Running): Promise<Outcome<readonly WebServer[]>> {
  const pages = await pageServers(running);
  if (!pages.ok) return pages;
  const webhooks = await webhookServers(running);
  if (webhooks.ok) return succeed([...pages.value, ...webhooks.value]);
  await closeServers(pages.value);
  return webhooks;
}

export async function closeServers(servers: readonly WebServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.close()));
}

async function pageServers(running: Running): Promise<Outcome<readonly WebServer[]>> {
  const { settings, metrics, status, progress, election, triggers, log, world, portTls } = running;
  if (settings.health.length + settings.metrics.length === 0) return succeed([]);
  const { startPages } = await import('./pages.ts');
  const refresh = (apps: readonly string[]) => {
    log.info('A cycle is asked for', { applications: apps.length === 0 ? 'all' : apps });
    triggers.add({ reasons: ['refresh'], scope: apps.length === 0 ? everybody : scopeOf(apps) });
  };
  const leads = () => election?.leads() ?? true;
  const standing = standingOf(progress);
  const isAlive = () => !progress.isStalled(world.clock.monotonicMs());
  const startSecure = portTls?.starterOf('metrics');
  return await startPages({ settings, startSecure, isAlive, metrics, status, standing, leads, refresh, log });
}

/** By the wall clock, as pages tell it. */
function standingOf(progress: Progress): () => Standing {
  return () => {
    const { kind, forMs } = progress.standing(systemClock.monotonicMs());
    const nowMs = systemClock.now();
    if (kind !== 'resting') return { kind, sinceMs: nowMs - forMs };
    return Number.isFinite(forMs) ? { kind, nextAtMs: nowMs + forMs } : { kind };
  };
}

async function webhookServers({
  settings: { webhooks: settings },
  io,
  election,
  portTls,
  pushes,
  world,
  log,
  metrics,
}: Running): Promise<Outcome<readonly WebServer[]>> {
  if (settings === undefined) return succeed([]);
  const { startWebhooks } = await import('./webhooks.ts');
  const look = (events: readonly PushEvent[]) => pushes.look(events);
  const server = await startWebhooks({
    settings,
    startSecure: portTls?.starterOf('webhooks'),
    environment: io.environment,
    clock: world.clock,
    log,
    look,
    leads: () => election?.leads() ?? true,
    observe: (delivery) => metrics?.webhook(delivery),
    watchQueue: (waiting) => metrics?.watchQueue(waiting),
  });
  return server.ok ? succeed([server.value]) : server;
}

/** `namespace/name` each. */
function scopeOf(apps: readonly string[]): Scope {
  return { kind: 'some', apps: new Set<AppKey>(apps) };
}
