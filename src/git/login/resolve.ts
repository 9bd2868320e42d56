/** From `git`, `git:repocreds` or `git:secret:<ns>/<name>` to the way in: finds the Secret and reads it. */
import type { KeyedTexts, SecretReader } from '../../ports/cluster.ts';
import type { GitCredentialSource } from '../../core/config/annotations.ts';
import type { WantedRepository } from './argocd-repositories.ts';
import { findRepositorySecret, nearestMiss } from './argocd-repositories.ts';
import type { GitAccess } from './credential.ts';
import { accessWithoutSecret, accessWithSecret } from './credential.ts';
import type { RepositorySecret } from './repository-secret.ts';
import { credentialsFailed, readRepositorySecret } from './repository-secret.ts';
import type { RemoteUrl } from './url.ts';
import { isSameHost, readUrlScope } from './url-scope.ts';

/** Throws `Failed` (git `credentials`, or kube). Local repositories need, and get, no credentials. */
export async function resolveAccess(
  secrets: SecretReader,
  url: RemoteUrl,
  wanted: WantedRepository & { readonly credentials: GitCredentialSource },
): Promise<GitAccess> {
  if (url.transport === 'local') return accessWithoutSecret(url, 'local repositories take no credentials');
  switch (wanted.credentials.kind) {
    case 'secret':
      return await namedAccess(secrets, url, wanted.credentials);
    case 'repocreds':
      return await argocdAccess(secrets, url, wanted);
  }
}

async function argocdAccess(
  secrets: SecretReader,
  url: RemoteUrl,
  wanted: WantedRepository,
): Promise<GitAccess> {
  const secret = await findRepositorySecret(secrets, wanted);
  if (secret !== undefined) return accessWithSecret(url, secret);
  const project = wanted.project === '' ? '' : ` in project ${wanted.project}`;
  const miss = await nearestMiss(secrets, wanted);
  const hint = miss === undefined ? '' : `; ${miss}`;
  const none = `no Argo CD repository secret matches ${url.displayUrl}${project}${hint}`;
  if (url.transport === 'ssh') throw credentialsFailed(`${none}, and SSH needs a key`, url.displayUrl);
  return accessWithoutSecret(
    url,
    url.userinfo === undefined ? `none were sent: ${none}` : 'those of the URL',
  );
}

async function namedAccess(
  secrets: SecretReader,
  url: RemoteUrl,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<GitAccess> {
  const found = await secrets.secret(namespace, name);
  if (found === null)
    throw credentialsFailed(
      `credentials from git:secret:${namespace}/${name}: there is no such Secret`,
      url.displayUrl,
    );
  refuseForeignSecret(found, url);
  const secret = githubAppFirst(readRepositorySecret(found));
  const missing = missingField(url, secret);
  if (missing !== '')
    throw credentialsFailed(`${secret.origin}: field ${missing} is missing`, url.displayUrl);
  return accessWithSecret(url, secret);
}

/**
 * Whoever may write the annotation may name any Secret that we can read: what was written down for another host, or for
 * a cluster, is not sent to this one.
 */
function refuseForeignSecret({ namespace, name, labels, values }: KeyedTexts, url: RemoteUrl): void {
  const origin = `secret ${namespace}/${name}`;
  if (labels[secretTypeLabel] === 'cluster')
    throw credentialsFailed(
      `${origin}: it is the Secret of a cluster (label ${secretTypeLabel}: cluster), expected one for a repository`,
      url.displayUrl,
    );
  const written = (values['url'] ?? '').trim();
  if (written === '') return;
  const scope =
    readUrlScope(written) ?? (written.includes('://') ? undefined : readUrlScope(`https://${written}`));
  const wanted = readUrlScope(url.url);
  if (scope !== undefined && wanted !== undefined && isSameHost(scope, wanted)) return;
  const host = scope === undefined ? 'no host that can be read' : new URL(scope.origin).host;
  throw credentialsFailed(
    `${origin}: its field url names ${host}, so it is not used for ${url.displayUrl}`,
    url.displayUrl,
  );
}

const secretTypeLabel = 'argocd.argoproj.io/secret-type';

/** In a named Secret `githubAppID` decides for the app, whatever else is there (writeback.md 7.1). */
function githubAppFirst(secret: RepositorySecret): RepositorySecret {
  return secret.githubAppID === '' ? secret : { ...secret, password: '' };
}

/** What a named Secret lacks: it was named to log in with, so going on anonymously would hide the mistake. */
function missingField(url: RemoteUrl, secret: RepositorySecret): string {
  if (url.transport === 'ssh') return secret.sshPrivateKey === '' ? 'sshPrivateKey' : '';
  if (secret.githubAppID !== '') return secret.githubAppPrivateKey === '' ? 'githubAppPrivateKey' : '';
  if (secret.password !== '') return '';
  const hasOther =
    secret.bearerToken !== '' ||
    secret.gcpServiceAccountKey !== '' ||
    secret.tlsClientCertData !== '' ||
    secret.azureServicePrincipalClientSecret !== '' ||
    secret.useAzureWorkloadIdentity;
  if (hasOther) return '';
  return secret.username === '' ? 'username' : 'password';
}
