/** Short-lived tokens: asked for once, shared by all repositories of one credential, renewed before they end. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../ports/clock.ts';
import { SharedWork } from '../net/flight.ts';
import type { Environment } from '../net/trust.ts';
import { azureClientToken, azureWorkloadToken } from './azure.ts';
import type { Credential, IssuedLogin, Login } from './credential.ts';
import { githubAppToken } from './github.ts';
import { googleToken } from './google.ts';
import type { TokenRequest } from './request.ts';

export interface TokenStore {
  /** Throws `Failed` (git). */
  login(credential: Credential, request: TokenRequest): Promise<Login>;
}

const renewAheadMs = 5 * 60_000; // a push may still be running on it
const maxTokens = 1_000;

/** Keeps tokens in memory only. */
export function makeTokenStore(clock: Clock, environment: Environment): TokenStore {
  const issued = new LRUCache<string, IssuedLogin>({ max: maxTokens });
  const asking = new SharedWork<IssuedLogin>('nothing');
  return {
    async login(credential, request) {
      const key = tokenKey(credential, request);
      const known = issued.get(key);
      if (known !== undefined && known.expiresAtMs - renewAheadMs > clock.now()) return known.login;
      const { login } = await asking.run(key, request.signal, async (signal) => {
        const renewed = await issueLogin(credential, { ...request, signal }, clock, environment);
        issued.set(key, renewed);
        return renewed;
      });
      return login;
    },
  };
}

/** An app without a named installation gets another token for another repository. */
function tokenKey(credential: Credential, request: TokenRequest): string {
  const isPerRepository = credential.kind === 'github-app' && credential.app.installationId === '';
  const identity = JSON.stringify([credential, isPerRepository ? request.repositoryPath : '']);
  return createHash('sha256').update(identity).digest('hex');
}

async function issueLogin(
  credential: Credential,
  request: TokenRequest,
  clock: Clock,
  environment: Environment,
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
