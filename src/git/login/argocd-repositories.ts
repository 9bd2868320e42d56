/** Which of Argo CD's Secrets serves a repository, by Argo CD's own rules (writeback.md 7.2). */
import type { KeyedTexts, SecretReader } from '../../ports/cluster.ts';
import { repositoryIdentity } from '../../core/base/git-url.ts';
import type { RepositorySecret } from './repository-secret.ts';
import { fillFromTemplate, hasCredentials, readRepositorySecret } from './repository-secret.ts';
import { withoutUserinfo } from '../../net/words/foreign-words.ts';
import { coversUrl, isSameUrl, readUrlScope, type UrlScope } from './url-scope.ts';

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
  const url = readUrlScope(repoURL);
  for (const { namespace, name, values } of await secrets.argocdSecrets('repository')) {
    const written = values['url'] ?? '';
    if (repositoryIdentity(written) !== repositoryIdentity(repoURL)) continue;
    return isSame(readUrlScope(written), url)
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
  const url = readUrlScope(wanted.repoURL);
  if (url === undefined) return undefined;
  const found = matchRepository(repositories, url, wanted.project);
  const repository = found === undefined ? undefined : readRepositorySecret(found);
  if (repository !== undefined && hasCredentials(repository)) return repository;
  const template = longestTemplate(templates, url);
  if (template === undefined) return repository;
  const credentials = readRepositorySecret(template);
  return repository === undefined ? unscoped(credentials) : fillFromTemplate(repository, credentials);
}

/** The project's own Secret wins at once; else the last one without project; another project's never. */
function matchRepository(
  repositories: readonly KeyedTexts[],
  url: UrlScope,
  wantedProject: string,
): KeyedTexts | undefined {
  let fallback: KeyedTexts | undefined;
  for (const secret of repositories) {
    if (!isSame(readUrlScope(secret.values['url'] ?? ''), url)) continue;
    const project = secret.values['project'] ?? '';
    if (project === wantedProject && project !== '') return secret;
    if (project === '') fallback = secret;
  }
  return fallback;
}

function isSame(secret: UrlScope | undefined, url: UrlScope | undefined): boolean {
  return secret !== undefined && url !== undefined && isSameUrl(secret, url);
}

/** The first of equally long ones. */
function longestTemplate(templates: readonly KeyedTexts[], url: UrlScope): KeyedTexts | undefined {
  let longest: { readonly secret: KeyedTexts; readonly length: number } | undefined;
  for (const secret of templates) {
    const scope = readUrlScope(secret.values['url'] ?? '');
    if (scope === undefined || !coversUrl(scope, url)) continue;
    const { length } = scope.path;
    if (longest === undefined || length > longest.length) longest = { secret, length };
  }
  return longest?.secret;
}

/** A template says how to log in, never that certificates or host keys need no check. */
function unscoped(template: RepositorySecret): RepositorySecret {
  return { ...template, insecure: false, insecureIgnoreHostKey: false };
}
