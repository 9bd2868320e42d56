/**
 * All policies on, as on a day on which none of them withholds anything: what they cost is what they look at. `interval`
 * is left out, which spares questions, and `pin`, which takes the place of a choice.
 */
import type { ObjectSeed } from '../fakes/kube-api.ts';

export interface PolicySubject {
  readonly app: string;
  /** In order: alias, and repository below `host`. */
  readonly images: readonly { readonly alias: string; readonly repository: string }[];
}

const hourMs = 3_600_000;
/** More than a bench takes, and less than what memory forgets. */
const knownForMs = 48 * hourMs;

/** Short names. Of each image those that can differ, of the Application the others. */
export function policyAnnotations({ app, images }: PolicySubject): Readonly<Record<string, string>> {
  return {
    hold: 'false',
    'skip-tags': '9.9.9 # never released',
    rollback: 'respect',
    'min-age': '1h',
    window: 'allow "0 0 * * *" 24h Europe/Berlin; deny "0 0 29 2 *" 1h',
    group: app,
    quarantine: '15m',
    rollout: '100%',
    'max-commits-per-hour': '100',
    ...Object.fromEntries(
      images.map(({ alias, repository }) => [`${alias}.promote-from`, `argocd/${stagingOf(repository)}`]),
    ),
  };
}

export interface KnownRepository {
  readonly repository: string;
  readonly tags: readonly string[];
  /** Of all its tags. */
  readonly digest: string;
}

/** Applications that prove the newest version of each repository, and a memory that has known all of it for days. */
export function policyObjects(
  host: string,
  repositories: readonly KnownRepository[],
  apps: readonly string[],
  nowMs: number,
): readonly ObjectSeed[] {
  const sinceMs = nowMs - knownForMs;
  const since = Math.floor(sinceMs / 1000);
  const lines = [
    ...repositories.flatMap(({ repository, tags, digest }) =>
      tags.map(
        (tag) => `seen ${host}/${repository} ${tag} ${digest.slice(0, 'sha256:'.length + 32)} ${since}`,
      ),
    ),
    ...repositories.map(
      ({ repository, tags }) =>
        `soak argocd/${stagingOf(repository)} ${host}/${repository} ${tags.at(-1) ?? ''} ${since}`,
    ),
    ...apps.map((app) => `spent argocd/${app} 100 ${since}`),
  ];
  const memory: ObjectSeed = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'argocd-image-updater-memory-0', namespace: 'argocd' },
    data: { memory: `${lines.toSorted().join('\n')}\n` },
  };
  return [
    memory,
    ...repositories.map(({ repository, tags }) =>
      staging(host, repository, tags.at(-1) ?? '', sinceMs, nowMs),
    ),
  ];
}

function stagingOf(repository: string): string {
  return `staging-${repository.replaceAll('/', '-')}`;
}

function staging(host: string, repository: string, tag: string, sinceMs: number, nowMs: number): ObjectSeed {
  const at = new Date(sinceMs).toISOString();
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: stagingOf(repository), namespace: 'argocd' },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: 'staging' },
      source: { repoURL: 'https://git.example.test/staging.git', path: 'staging', targetRevision: 'main' },
    },
    status: {
      sourceType: 'Helm',
      summary: { images: [`${host}/${repository}:${tag}`] },
      health: { status: 'Healthy', lastTransitionTime: at },
      sync: { status: 'Synced' },
      reconciledAt: new Date(nowMs).toISOString(),
      operationState: { phase: 'Succeeded', startedAt: at, finishedAt: at },
    },
  };
}
