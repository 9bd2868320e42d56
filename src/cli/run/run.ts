/** The command `run`: reads settings, and runs cycles until it is told to stop. */
import { Waits } from '../../app/waits.ts';
import { causeOf, type Outcome, succeed } from '../../core/base/outcome.ts';
import type { GivenFlags } from '../flags/flag-values.ts';
import { systemClock } from '../process/clock.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { makeProgramLog } from '../process/program-log.ts';
import { delayed } from '../settings/schedule.ts';
import { type ReadSettings, readRunSettings } from '../settings/settings.ts';
import { readWebhookCommandSettings } from '../settings/webhook-command-settings.ts';
import { banner } from './banner.ts';
import { serve } from './serve.ts';
import { start } from './start.ts';

/**
 * 0 after `--once`, whatever the cycle met, and after a signal; 1 where it could not be started. With `--exit-code`
 * 2 after a cycle in which something failed.
 */
export async function run(given: GivenFlags, io: ProgramIo): Promise<Outcome<number>> {
  return runWith(readRunSettings(given, io.environment, io.temporaryFolder), io);
}

/** The command `webhook`: no cycle but for what registries tell of. */
export async function runWebhook(given: GivenFlags, io: ProgramIo): Promise<Outcome<number>> {
  return runWith(readWebhookCommandSettings(given, io.environment, io.temporaryFolder), io);
}

/** Chosen once: the time of the next cycle is known, and this process keeps its distance from others. */
function spread({ settings, warnings }: ReadSettings): ReadSettings {
  const offsetMs = Math.floor(settings.jitterMs * systemClock.random());
  return { settings: { ...settings, schedule: delayed(settings.schedule, offsetMs) }, warnings };
}

async function runWith(read: Outcome<ReadSettings>, io: ProgramIo): Promise<Outcome<number>> {
  if (!read.ok) return read;
  const { settings, warnings } = spread(read.value);
  const waits = new Waits(systemClock);
  const told = makeProgramLog(io, { level: settings.logLevel, format: settings.logFormat }, waits);
  const { log } = told;
  log.info(banner(settings));
  for (const warning of warnings) log.warning(warning);
  const started = await start(settings, io, waits, told);
  const ended = started.ok ? await serve(started.value) : started;
  if (ended.ok) return ended;
  const { failure } = ended;
  const advice = 'advice' in failure ? failure.advice : undefined;
  log.fatal(failure.message, { error: causeOf(failure), advice });
  return succeed(1);
}
