/** Applications as the source lists them, with their settings as they are understood. */
import { readConfig } from '../../core/config/annotations.ts';
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import { within } from '../../net/deadline.ts';
import type { GivenFlags } from '../flags/flag-values.ts';
import { makeLog } from '../log/log.ts';
import { systemClock } from '../process/clock.ts';
import type { ProgramIo } from '../process/program-io.ts';
import type { RunSettings } from '../settings/run-settings.ts';
import { readRunSettings } from '../settings/settings.ts';
import { makeWorld } from '../world/world.ts';
import { type Listing, listedOf } from './list-document.ts';

const timeoutMs = 180_000;

export async function readListed(given: GivenFlags, io: ProgramIo): Promise<Outcome<Listing>> {
  const own = [...given].filter(([flag]) => flag !== 'json');
  const read = readRunSettings(new Map([...own, ['once', ['true']]]), io.environment, io.temporaryFolder);
  if (!read.ok) return read;
  const { settings } = read.value;
  const listed = await settle(() => ask(settings, io));
  if (!listed.ok) return listed;
  const { applications, argocdNamespace, problems } = listed.value;
  const options = { argocdNamespace, defaultPlatform: io.imagePlatform, tenants: settings.tenants };
  return succeed({ applications: applications.map((app) => listedOf(readConfig(app, options))), problems });
}

async function ask(settings: RunSettings, io: ProgramIo) {
  const { stdout, stderr } = io;
  const now = () => systemClock.now();
  const log = makeLog({ level: 'error', format: 'text', colours: false, now, stdout, stderr });
  const world = await makeWorld({ settings, io, log });
  const cycle = world.cluster.openCycle();
  const listed = await within(systemClock, timeoutMs, [], (signal) => cycle.applications(signal));
  return { argocdNamespace: cycle.argocdNamespace, ...listed };
}
