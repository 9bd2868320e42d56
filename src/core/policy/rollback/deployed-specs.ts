/** What an Application was deployed with before, as `status.history` of the object records it. */
import { isRecord } from '../../base/json.ts';
import { parseInstant } from '../../version/instant.ts';
import { type ApplicationSource, readApplication } from '../../config/application.ts';

export interface DeployedSpec {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly sources: readonly ApplicationSource[];
  /** Who asked for it; absent: Argo CD by itself, or nobody knows. */
  readonly by?: string;
}

const maxDeployments = 20; // Argo CD keeps ten
const maxNameLength = 100;

/** Oldest first; entries that cannot be read are left out, and so are those without a time. */
export function deployedSpecs(object: unknown): readonly DeployedSpec[] {
  const { metadata, status } = isRecord(object) ? object : {};
  const history = isRecord(status) ? status['history'] : undefined;
  if (!Array.isArray(history)) return [];
  return history.slice(-maxDeployments).flatMap((entry: unknown) => readEntry(metadata, entry) ?? []);
}

/** An entry has the sources that the spec had then, in the same fields. */
function readEntry(metadata: unknown, entry: unknown): DeployedSpec | undefined {
  if (!isRecord(entry)) return undefined;
  const { deployedAt, source, sources, initiatedBy } = entry;
  const instant = typeof deployedAt === 'string' ? parseInstant(deployedAt) : undefined;
  const read = readApplication({ metadata, spec: { source, sources } });
  if (instant === undefined || !read.ok) return undefined;
  const by = personIn(initiatedBy);
  return {
    atMs: instant.seconds * 1000,
    sources: read.value.sources,
    ...(by === undefined ? {} : { by }),
  };
}

function personIn(initiatedBy: unknown): string | undefined {
  if (!isRecord(initiatedBy) || initiatedBy['automated'] === true) return undefined;
  const name = initiatedBy['username'];
  return typeof name === 'string' && name !== '' ? name.slice(0, maxNameLength) : undefined;
}
