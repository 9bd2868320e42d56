/** Who shares a group with an image, as a cycle would have it: by annotation, flag or what administrators set. */
import { AdministrationReader } from '../../app/policy/facts/administration.ts';
import { readAllPolicies } from '../../app/policy/facts/read-all.ts';
import { rostersOf } from '../../app/policy/together/rosters.ts';
import { concluded } from '../../core/base/pieces.ts';
import { readConfig, type ReadConfigOptions } from '../../core/config/annotations.ts';
import { appKey } from '../../core/config/application.ts';
import type { PolicyKey } from '../../core/config/keys/policy-keys.ts';
import { systemClock } from '../process/clock.ts';
import type { Desk } from './desk.ts';
import type { Found } from './find-target.ts';

export interface MatesReading {
  readonly reading: ReadConfigOptions;
  /** Values of `--default-<key>`. */
  readonly flags: ReadonlyMap<PolicyKey, string>;
}

/** Their names, `argocd/shop web`. */
export async function groupMates(
  { cluster, namespace, zones, nowMs, signal }: Desk,
  { app, target }: Found,
  { reading, flags }: MatesReading,
): Promise<readonly string[]> {
  const { applications } = await cluster.openCycle().applications(signal);
  const configs = applications.map((each) => readConfig(each, reading));
  const reader = new AdministrationReader({ zones, clock: systemClock, flags });
  const administration = await reader.read(() => cluster.openCycle().secrets, namespace);
  const { byApp } = concluded(readAllPolicies(configs, administration, { zones, nowMs, cycleMs: 0 }));
  const config = configs.find((each) => appKey(each.app) === appKey(app));
  const index = config?.images.find(({ alias }) => alias === target.alias)?.index;
  const isIt = (seat: { readonly app: string; readonly index: number }): boolean =>
    seat.app === appKey(app) && seat.index === index;
  return rostersOf(configs, (key) => byApp.get(key) ?? new Map())
    .filter(({ members }) => members.some(({ image }) => isIt(image)))
    .flatMap(({ members }) => members.filter(({ image }) => !isIt(image)).map(({ name }) => name));
}
