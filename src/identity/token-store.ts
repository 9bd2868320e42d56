/** Short-lived tokens: asked for once, shared by all repositories of one credential, renewed before they end. */
import { createHash } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';
import { azureClientToken, azureWorkloadToken } from './azure.ts';
import type { GitCredential } from '../git/login/credential.ts';
import type { OuterEnvironment } from '../git/process/environment.ts';
import { githubAppToken } from './github.ts';
import { googleToken } from './google.ts';
import type { Login } from '../git/login/login.ts';
import type { TokenRequest } from './request.ts';

export interface IssuedLogin {
  readonly login: Login;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
}

export interface TokenStore {
  /** Throws `Failed` (git). */
  login(credential: GitCredential, request: TokenRequest): Promise<Login>;
}

const renewAheadMs = 5 * 60_000; // a push may still be running on it

/** Keeps tokens in memory only. */
export function makeTokenStore(clock: Clock, environment: OuterEnvironment): TokenStore {
  const issued = new Map<string, Promise<IssuedLogin>>();
  return {
    async login(credential, request) {
      const key = tokenKey(credential, request);
      const pending = issued.get(key);
      const known = await pending;
      if (known !== undefined && known.expiresAtMs - renewAheadMs > clock.now()) return known.login;
      const renewed = issued.get(key);
      if (renewed !== undefined && renewed !== pending) return (await renewed).login; // somebody was faster
      const asked = issueLogin(credential, request, clock, environment);
      issued.set(key, asked);
      try {
        return (await asked).login;
      } catch (error) {
        issued.delete(key);
        throw error;
      }
    },
  };
}

/** An app without a named installation gets another token for another repository. */
function tokenKey(credential: GitCredential, request: TokenRequest): string {
  const isPerRepository = credential.kind === 'github-app' && credential.app.installationId === '';
  const identity = JSON.stringify([credential, isPerRepository ? request.repositoryPath : '']);
  return createHash('sha256').update(identity).digest('hex');
}

async function issueLogin(
  credential: GitCredential,
  request: TokenRequest,
  clock: Clock,
  environment: OuterEnvironment,
): Promise<IssuedLogin> {
  switch (credential.kind) {
    case 'anonymous':
    case 'ssh-key':
      return { login: { kind: 'none' }, expiresAtMs: Number.POSITIVE_INFINITY };
    case 'basic':
    case 'bearer':
      return { login: credential, expiresAtMs: Number.POSITIVE_INFINITY };
    case 'github-app':
      return await githubAppToken(credential.app, request, clock.now());
    case 'google':
      return await googleToken(credential.serviceAccountKey, request, clock.now());
    case 'azure-workload':
      return await azureWorkloadToken(environment, request, clock.now());
    case 'azure-client':
      return await azureClientToken(credential.client, request, clock.now());
  }
}
