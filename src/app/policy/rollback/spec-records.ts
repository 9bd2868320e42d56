/** What live Applications record of the versions of an image in their specs. */
import { fail, type Outcome, succeed } from '../../../core/base/outcome.ts';
import { oncePerKey } from '../../../core/base/once.ts';
import { settle } from '../../../core/base/settle.ts';
import { appKey } from '../../../core/config/application.ts';
import { specVersion } from '../../../core/current.ts';
import { versionOf } from '../../../core/edit/decided-version.ts';
import { listPointer } from '../../../core/live-patch.ts';
import type { DeployedVersion, SpecRecord } from '../../../core/policy/rollback/spec-rollback.ts';
import type { ClusterCycle, SpecPast } from '../../../ports/cluster.ts';
import type { RollbackSubject } from './subject.ts';

export type SpecImage = Pick<RollbackSubject, 'config' | 'image'>;

/** Asks for each object once in a cycle. */
export class SpecRecords {
  readonly #cluster: Pick<ClusterCycle, 'specPast'>;
  readonly #signal: AbortSignal;
  readonly #read = oncePerKey<Outcome<SpecPast | null>>();

  constructor(cluster: Pick<ClusterCycle, 'specPast'>, signal: AbortSignal) {
    this.#cluster = cluster;
    this.#signal = signal;
  }

  /** Undefined: the API does not tell, or there is no such object any more. */
  async of(image: SpecImage): Promise<Outcome<SpecRecord | undefined>> {
    const { app } = image.config;
    const pointer = specPointer(image);
    const past = await this.#read(`${appKey(app)} ${pointer}`, () =>
      settle(async () => (await this.#cluster.specPast?.(app, pointer, this.#signal)) ?? null),
    );
    if (!past.ok) return fail(past.failure);
    if (past.value === null) return succeed(undefined);
    const { owner, deployed } = past.value;
    return succeed({ ...(owner === undefined ? {} : { owner }), deployed: versionsIn(deployed, image) });
  }
}

/** JSON pointer to the list of the spec that we write. */
export function specPointer({ config: { app, writeBack, sourceType } }: SpecImage): string {
  const sourceIndex = writeBack.ok ? writeBack.value.sourceIndex : 0;
  return listPointer({ app, sourceIndex }, sourceType === 'Kustomize');
}

function versionsIn(
  deployed: SpecPast['deployed'],
  { config, image }: SpecImage,
): readonly DeployedVersion[] {
  return deployed.flatMap(({ atMs, sources, by }) => {
    const found = specVersion({ ...config, app: { ...config.app, sources } }, image);
    const told = by === undefined ? {} : { by };
    return found === undefined ? [] : [{ version: versionOf(found), atMs, ...told }];
  });
}
