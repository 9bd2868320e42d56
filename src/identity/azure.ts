/** Microsoft Entra -> access token for Azure DevOps, from a workload's own identity or from a client secret. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Environment } from '../net/trust.ts';
import type { AzureClient, IssuedLogin } from './credential.ts';
import type { TokenRequest } from './request.ts';
import { askAuthority, tokenFailed } from './request.ts';

const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number() });

const azureDevOps = '499b84ac-1321-427f-aa17-267ca6975798/.default'; // its fixed application id
const publicAuthority = 'https://login.microsoftonline.com';

/** Reads what the workload identity webhook has set: AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE. */
export async function azureWorkloadToken(
  environment: Environment,
  request: TokenRequest,
  nowMs: number,
): Promise<IssuedLogin> {
  const read = (name: string): string => {
    const value = environment[name] ?? '';
    if (value !== '') return value;
    throw tokenFailed(
      request,
      'credentials',
      `useAzureWorkloadIdentity needs the environment variable ${name}`,
    );
  };
  const file = read('AZURE_FEDERATED_TOKEN_FILE');
  const assertion = await readFile(file, 'utf8').catch((error: Error & { code?: string }) => {
    throw tokenFailed(request, 'credentials', `AZURE_FEDERATED_TOKEN_FILE cannot be read: ${error.code}`);
  });
  const form = {
    client_id: read('AZURE_CLIENT_ID'),
    client_assertion: assertion.trim(),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  };
  const authority = environment['AZURE_AUTHORITY_HOST'] ?? '';
  return await askEntra(authority, read('AZURE_TENANT_ID'), form, request, nowMs);
}

export async function azureClientToken(
  client: AzureClient,
  request: TokenRequest,
  nowMs: number,
): Promise<IssuedLogin> {
  const form = { client_id: client.clientId, client_secret: client.clientSecret };
  return await askEntra(client.authority, client.tenantId, form, request, nowMs);
}

/** Source: learn.microsoft.com, "OAuth 2.0 client credentials flow". */
async function askEntra(
  authority: string,
  tenant: string,
  identity: Readonly<Record<string, string>>,
  request: TokenRequest,
  nowMs: number,
): Promise<IssuedLogin> {
  const base = (authority || publicAuthority).replace(/\/+$/, '');
  const body = new URLSearchParams({ ...identity, grant_type: 'client_credentials', scope: azureDevOps });
  const message = {
    method: 'POST',
    url: `${base}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
  } as const;
  const answer = await askAuthority(request, 'token for Azure DevOps', message, tokenSchema);
  return {
    login: { kind: 'bearer', token: answer.access_token },
    expiresAtMs: nowMs + answer.expires_in * 1000,
  };
}
