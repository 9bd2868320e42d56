/** What we log in with, chosen from the fields of a Secret by the kind of URL. */
import { createHash } from 'node:crypto';
import type { Credential } from '../../identity/credential.ts';
import { privateKeyProblem } from './private-key.ts';
import type { RepositorySecret } from './repository-secret.ts';
import { credentialsFailed } from './repository-secret.ts';
import type { RemoteUrl } from './url.ts';

/** Everything that decides how a repository is reached. */
export interface GitAccess {
  readonly credential: Credential;
  /** True only where the Secret says that certificates or host keys are not to be checked. */
  readonly insecure: boolean;
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
  readonly proxy: string;
  readonly noProxy: string;
  /** For messages: which Secret, or that none matches. */
  readonly source: string;
}

/** No Secret: user and password of the URL if it has any. `source` says why there is none. */
export function accessWithoutSecret(url: RemoteUrl, source: string): GitAccess {
  const credential: Credential =
    url.userinfo === undefined ? { kind: 'anonymous' } : { kind: 'basic', ...withDefaultUser(url.userinfo) };
  return { credential, insecure: false, proxy: '', noProxy: '', source };
}

/** How to reach the URL with this Secret. Throws `Failed` (git, `credentials`) for one that cannot be used. */
export function accessWithSecret(url: RemoteUrl, secret: RepositorySecret): GitAccess {
  const { tlsClientCertData: certificate, tlsClientCertKey: key, origin } = secret;
  if ((certificate === '') !== (key === '')) {
    const missing = certificate === '' ? 'tlsClientCertData' : 'tlsClientCertKey';
    throw credentialsFailed(`${origin}: field ${missing} is missing`, url.displayUrl);
  }
  const credential = url.transport === 'ssh' ? sshCredential(url, secret) : httpCredential(url, secret);
  return {
    credential,
    insecure: secret.insecure || secret.insecureIgnoreHostKey,
    ...(certificate === '' ? {} : { clientCertificate: { certificate, key } }),
    proxy: secret.proxy,
    noProxy: secret.noProxy,
    source: credential.kind === 'anonymous' && certificate === '' ? `${origin} holds none` : origin,
  };
}

function sshCredential(url: RemoteUrl, secret: RepositorySecret): Credential {
  const { sshPrivateKey: privateKey, origin } = secret;
  const problem = privateKey === '' ? 'is missing' : privateKeyProblem(privateKey);
  if (problem !== undefined)
    throw credentialsFailed(`${origin}: field sshPrivateKey ${problem}`, url.displayUrl);
  return { kind: 'ssh-key', privateKey };
}

/** The first mechanism that applies, in the order of 0.18; what it ignores follows. */
function httpCredential(url: RemoteUrl, secret: RepositorySecret): Credential {
  if (secret.password !== '') return { kind: 'basic', ...withDefaultUser(secret) };
  if (secret.githubAppPrivateKey !== '' && secret.githubAppID !== '') return githubApp(secret);
  if (secret.gcpServiceAccountKey !== '')
    return { kind: 'google', serviceAccountKey: secret.gcpServiceAccountKey };
  if (secret.bearerToken !== '') return { kind: 'bearer', token: bearerToken(url, secret) };
  if (secret.azureServicePrincipalClientSecret !== '') return azureClient(secret);
  if (secret.useAzureWorkloadIdentity) return { kind: 'azure-workload' };
  return accessWithoutSecret(url, secret.origin).credential;
}

/** Servers that go by a token alone still want a user; GitHub's name for it is taken by the others too. */
function withDefaultUser(login: { readonly username: string; readonly password: string }) {
  return { username: login.username || 'x-access-token', password: login.password };
}

function githubApp(secret: RepositorySecret): Credential {
  const app = {
    appId: secret.githubAppID,
    installationId: secret.githubAppInstallationID,
    privateKey: secret.githubAppPrivateKey,
    apiUrl: secret.githubAppEnterpriseBaseUrl.trim().replace(/\/+$/, '') || 'https://api.github.com',
  };
  return { kind: 'github-app', app };
}

function azureClient(secret: RepositorySecret): Credential {
  const client = {
    clientId: secret.azureServicePrincipalClientId,
    tenantId: secret.azureServicePrincipalTenantId,
    clientSecret: secret.azureServicePrincipalClientSecret,
    authority: secret.azureActiveDirectoryEndpoint,
  };
  return { kind: 'azure-client', client };
}

function bearerToken(url: RemoteUrl, secret: RepositorySecret): string {
  const token = secret.bearerToken.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token; // it becomes a header line
  throw credentialsFailed(
    `${secret.origin}: field bearerToken holds characters no token has`,
    url.displayUrl,
  );
}

/**
 * Text that is equal for equal access and gives no secret away. Whoever shares it shares a mirror, a login and the way
 * to the server, so it is of everything but the name of the source, and too long to be met by chance or by search.
 */
export function accessIdentity(access: GitAccess): string {
  const text = identityText(access);
  return text === plainAccess ? 'anonymous' : createHash('sha256').update(text).digest('hex');
}

function identityText(access: GitAccess): string {
  const parts = Object.entries(access).filter(([name]) => name !== 'source');
  return JSON.stringify(parts.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

const plainAccess = identityText({
  credential: { kind: 'anonymous' },
  insecure: false,
  proxy: '',
  noProxy: '',
  source: '',
});
