/** What a command writes with: the adapters of `run`, and its settings. */
import type { CycleOptions, World } from '../../app/world.ts';
import type { ReadConfigOptions } from '../../core/config/annotations.ts';
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import type { GivenFlags } from '../flags/flag-values.ts';
import { makeLog } from '../log/log.ts';
import { systemClock } from '../process/clock.ts';
import { loadRegistries } from '../settings/files/registries-conf.ts';
import { loadTemplates } from '../settings/files/settings-files.ts';
import type { RunSettings } from '../settings/run-settings.ts';
import { readRunSettings } from '../settings/settings.ts';
import { wantedOfCycles } from '../world/cycle-options.ts';
import { manifestsOf } from '../world/manifests.ts';
import { makeWorld } from '../world/world.ts';
import type { Desk } from './desk.ts';

export interface Writing {
  readonly world: World;
  readonly options: CycleOptions;
  readonly reading: ReadConfigOptions;
  /** Values of `--default-<key>`. */
  readonly flags: RunSettings['policies']['defaults'];
  readonly close: () => Promise<void>;
}

export async function openWriting(
  given: GivenFlags,
  { io, by = 'somebody', cluster }: Desk,
): Promise<Outcome<Writing>> {
  const once = new Map([...given].filter(([flag]) => flag !== 'dry-run'));
  const read = readRunSettings(once.set('once', ['true']), io.environment, io.temporaryFolder);
  if (!read.ok) return read;
  const { settings } = read.value;
  const templates = await loadTemplates(settings.git);
  if (!templates.ok) return templates;
  const registries = await loadRegistries(settings.registriesConf, manifestsOf(settings));
  if (!registries.ok) return registries;
  const { stderr } = io;
  const now = () => systemClock.now();
  const log = makeLog({ level: 'warning', format: 'text', colours: false, now, stdout: stderr, stderr });
  const made = await settle(() => makeWorld({ settings, io, log }));
  if (!made.ok) return made;
  const world = { ...made.value, cluster };
  const endpoints = registries.value.value;
  // what a person wants waits for no policy
  const { policies: _, ...wanted } = wantedOfCycles(settings, io);
  const options = { ...wanted, endpoints, ...templates.value.value };
  return succeed({
    world,
    options: { ...options, onBehalfOf: by },
    reading: {
      argocdNamespace: cluster.openCycle().argocdNamespace,
      defaultPlatform: io.imagePlatform,
      tenants: settings.tenants,
    },
    flags: settings.policies.defaults,
    close: async () => {
      world.registry.close();
      await world.git.close();
      await world.files.close();
    },
  });
}
