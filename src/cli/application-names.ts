/** Names of Applications, for who presses TAB: soon, or not at all. */
import { appKey } from '../core/config/application.ts';
import { settle } from '../core/base/settle.ts';
import { within } from '../net/deadline.ts';
import { templateFlags } from './flags/commands/template-flags.ts';
import type { GivenFlags } from './flags/flag-values.ts';
import { makeLog } from './log/log.ts';
import { systemClock } from './process/clock.ts';
import type { ProgramIo } from './process/program-io.ts';
import { readRunSettings } from './settings/settings.ts';
import { makeWorld } from './world/world.ts';

/** Nobody looks at a prompt for longer. */
const patienceMs = 3000;

/** Whatever goes wrong is no Application: a message would land in the middle of the command line. */
export async function applicationNames(given: GivenFlags, io: ProgramIo): Promise<readonly string[]> {
  const known = [...given].filter(([flag]) => flag !== 'app' && Object.hasOwn(templateFlags, flag));
  const settings = readRunSettings(
    new Map([...known, ['once', ['true']]]),
    io.environment,
    io.temporaryFolder,
  );
  if (!settings.ok) return [];
  const listed = await settle(async () => {
    const world = await makeWorld({ settings: settings.value.settings, io, log: silent });
    const cycle = world.cluster.openCycle();
    return await within(systemClock, patienceMs, [], (signal) => cycle.applications(signal));
  });
  return listed.ok ? listed.value.applications.map(appKey).toSorted() : [];
}

const nowhere = { write: () => undefined };
const silent = makeLog({
  level: 'fatal',
  format: 'text',
  colours: false,
  now: () => systemClock.now(),
  stdout: nowhere,
  stderr: nowhere,
});
