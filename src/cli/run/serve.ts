/** One run from its first cycle to its end: beside its servers, under the watch of the signals. */
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import { watchSignals } from '../process/shutdown.ts';
import { work } from './cycles.ts';
import type { Running } from './running.ts';
import { closeServers, openServers } from './servers.ts';

/** Runs cycles beside the health servers, under the watch of the signals. */
export async function serve(running: Running): Promise<Outcome<number>> {
  const { settings, io, log } = running;
  const servers = await openServers(running);
  if (!servers.ok) return servers;
  void running.portTls?.keepRenewed();
  const shutdown = watchSignals({
    clock: running.world.clock,
    onStop: io.onStop,
    graceMs: settings.shutdownGraceMs,
    tell: log.info,
  });
  try {
    const overdue = shutdown.overdue.then(() => 'overdue' as const);
    const ended = await Promise.race([work(running, shutdown), overdue]);
    if (ended !== 'overdue') return succeed(ended);
    log.error('Running work did not end in time');
    return succeed(1);
  } finally {
    running.teller.end();
    shutdown.dispose();
    running.portTls?.stop();
    await closeServers(servers.value);
  }
}
