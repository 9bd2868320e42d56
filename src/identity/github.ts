/** GitHub App -> installation token, which logs in as user `x-access-token`. */
import * as z from 'zod';
import type { GithubApp, IssuedLogin } from './credential.ts';
import type { TokenRequest } from './request.ts';
import { askAuthority, readSigningKey, signJwt } from './request.ts';

const installationSchema = z.object({ id: z.number() });
const tokenSchema = z.object({ token: z.string().min(1), expires_at: z.iso.datetime({ offset: true }) });

/** Asks GitHub for the installation too where the Secret does not name it. */
export async function githubAppToken(
  app: GithubApp,
  request: TokenRequest,
  nowMs: number,
): Promise<IssuedLogin> {
  const headers = githubHeaders(app, request, nowMs);
  const installation = app.installationId || (await findInstallation(app, request, headers));
  const url = `${app.apiUrl}/app/installations/${installation}/access_tokens`;
  const what = `token of GitHub App ${app.appId}`;
  const answer = await askAuthority(request, what, { method: 'POST', url, headers }, tokenSchema);
  return {
    login: { kind: 'basic', username: 'x-access-token', password: answer.token },
    expiresAtMs: Date.parse(answer.expires_at),
  };
}

/** Source: docs.github.com, "Generating a JSON Web Token (JWT) for a GitHub App". */
function githubHeaders(app: GithubApp, request: TokenRequest, nowMs: number): Record<string, string> {
  const now = Math.floor(nowMs / 1000);
  const key = readSigningKey(request, 'githubAppPrivateKey', app.privateKey);
  const claims = { iat: now - 60, exp: now + 540, iss: app.appId }; // a minute of clock drift; ten are the limit
  return {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${signJwt(claims, key)}`,
    'user-agent': 'tidewaiter',
  };
}

async function findInstallation(
  app: GithubApp,
  request: TokenRequest,
  headers: Record<string, string>,
): Promise<string> {
  const url = `${app.apiUrl}/repos/${request.repositoryPath}/installation`;
  const what = `installation of GitHub App ${app.appId} for ${request.repositoryPath}`;
  return String((await askAuthority(request, what, { method: 'GET', url, headers }, installationSchema)).id);
}
