/** Since when an Application has been seen healthy with each version of a repository: the lines `soak`. */
import type { Application } from '../../config/application.ts';
import { readState } from '../../config/state/application-state.ts';
import { versionText } from '../../image/image.ts';
import type { Judgement } from '../judgement.ts';
import type { LineOf } from '../memory/line.ts';
import { linesOf, type Memory } from '../memory/memory.ts';
import { imagesOf } from './version.ts';

/** Images of one repository at one Application. */
export interface Place {
  /** `namespace/name`. */
  readonly app: string;
  /** Canonical, with its registry. */
  readonly repository: string;
}

/**
 * To be called once a cycle for every place that proofs are wanted of, before they are. One look at an Application that
 * is not healthy, or not there, and the time of all its versions begins anew; so does that of a version which comes back.
 */
export function observe(
  application: Application | undefined,
  { app, repository }: Place,
  memory: Memory,
  nowMs: number,
): Pick<Judgement, 'remember' | 'forget'> {
  const known = linesOf(memory, 'soak', [app, repository]);
  const versions = new Set(healthyVersions(application, repository));
  const fresh = [...versions].filter((version) => !known.some((line) => line.version === version));
  return {
    remember: fresh.map(
      (version): LineOf<'soak'> => ({ word: 'soak', app, repository, version, atMs: nowMs }),
    ),
    forget: known.filter(({ version }) => !versions.has(version)),
  };
}

function healthyVersions(application: Application | undefined, repository: string): readonly string[] {
  if (application?.state === undefined) return [];
  const { health, isDeleting } = readState(application.state);
  if (health !== 'Healthy' || isDeleting) return [];
  return imagesOf(application.status?.images ?? [], repository).map(versionText);
}
