/** Which of Argo CD's Secrets serves a repository, by Argo CD's own rules (writeback.md 7.2). */
import type { KeyedTexts, SecretReader } from '../../ports/cluster.ts';
import { repositoryIdentity } from '../../core/config/git-url.ts';
import type { RepositorySecret } from './repository-secret.ts';
import { fillFromTemplate, hasCredentials, readRepositorySecret } from './repository-secret.ts';
import { argoComparableUrl, withoutUserinfo } from './url.ts';

/** Which repository is wanted: its URL as the Application or its annotation has it, and `spec.project` verbatim. */
export interface WantedRepository {
  readonly repoURL: string;
  readonly project: string;
}

/**
 * The Secret for writing (`repository-write`, `repo-write-creds`) where one matches, else the one for reading.
 * A repository without credentials of its own is filled from the template with the longest matching URL.
 * undefined: nothing matches. Throws `Failed` (git `credentials`, or kube).
 */
export async function findRepositorySecret(
  secrets: SecretReader,
  wanted: WantedRepository,
): Promise<RepositorySecret | undefined> {
  const forWriting = matchSecrets(
    await secrets.argocdSecrets('repository-write'),
    await secrets.argocdSecrets('repo-write-creds'),
    wanted,
  );
  if (forWriting !== undefined && hasCredentials(forWriting)) return forWriting;
  return matchSecrets(
    await secrets.argocdSecrets('repository'),
    await secrets.argocdSecrets('repo-creds'),
    wanted,
  );
}

/**
 * Where nothing matches: which Secret may have been meant for the repository, and why it does not count; undefined if
 * there is none. Throws as `findRepositorySecret` does.
 */
export async function nearestMiss(
  secrets: SecretReader,
  { repoURL }: WantedRepository,
): Promise<string | undefined> {
  const url = argoComparableUrl(repoURL);
  for (const { namespace, name, values } of await secrets.argocdSecrets('repository')) {
    const written = values['url'] ?? '';
    if (repositoryIdentity(written) !== repositoryIdentity(repoURL)) continue;
    return argoComparableUrl(written) === url
      ? `secret ${namespace}/${name} is for project ${values['project'] ?? ''} only`
      : `secret ${namespace}/${name} has another spelling of it, ${withoutUserinfo(written)}`;
  }
  return undefined;
}

/** Pure half of `findRepositorySecret` for one pair of Secret types, both in list order. */
export function matchSecrets(
  repositories: readonly KeyedTexts[],
  templates: readonly KeyedTexts[],
  wanted: WantedRepository,
): RepositorySecret | undefined {
  const found = matchRepository(repositories, wanted);
  const repository = found === undefined ? undefined : readRepositorySecret(found);
  if (repository !== undefined && hasCredentials(repository)) return repository;
  const template = longestTemplate(templates, argoComparableUrl(wanted.repoURL));
  if (template === undefined) return repository;
  const credentials = readRepositorySecret(template);
  return repository === undefined ? unscoped(credentials) : fillFromTemplate(repository, credentials);
}

/** The project's own Secret wins at once; else the last one without project; another project's never. */
function matchRepository(
  repositories: readonly KeyedTexts[],
  wanted: WantedRepository,
): KeyedTexts | undefined {
  const url = argoComparableUrl(wanted.repoURL);
  let fallback: KeyedTexts | undefined;
  for (const secret of repositories) {
    if (argoComparableUrl(secret.values['url'] ?? '') !== url) continue;
    const project = secret.values['project'] ?? '';
    if (project === wanted.project && project !== '') return secret;
    if (project === '') fallback = secret;
  }
  return fallback;
}

/** Plain string prefix, not aware of segments; the first of equally long ones. */
function longestTemplate(templates: readonly KeyedTexts[], url: string): KeyedTexts | undefined {
  let longest: { readonly secret: KeyedTexts; readonly length: number } | undefined;
  for (const secret of templates) {
    const prefix = argoComparableUrl(secret.values['url'] ?? '');
    if (prefix === '' || !url.startsWith(prefix)) continue;
    if (longest === undefined || prefix.length > longest.length) longest = { secret, length: prefix.length };
  }
  return longest?.secret;
}

/** A template says how to log in, never that certificates or host keys need no check. */
function unscoped(template: RepositorySecret): RepositorySecret {
  return { ...template, insecure: false, insecureIgnoreHostKey: false };
}
