/** Google service account key -> access token, which logs in as the account's e-mail address. */
import * as z from 'zod';
import type { IssuedLogin } from './credential.ts';
import type { TokenRequest } from './request.ts';
import { askAuthority, readSigningKey, signJwt, tokenFailed } from './request.ts';

const accountSchema = z.object({
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  token_uri: z.url({ protocol: /^https?$/ }).default('https://oauth2.googleapis.com/token'),
});
const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number() });

/** Source: developers.google.com, "Using OAuth 2.0 for Server to Server Applications". */
export async function googleToken(
  serviceAccountKey: string,
  request: TokenRequest,
  nowMs: number,
): Promise<IssuedLogin> {
  const account = readAccount(serviceAccountKey, request);
  const now = Math.floor(nowMs / 1000);
  const claims = {
    iss: account.client_email,
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    aud: account.token_uri,
    iat: now,
    exp: now + 3600,
  };
  const assertion = signJwt(claims, readSigningKey(request, 'gcpServiceAccountKey', account.private_key));
  const form = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const message = { method: 'POST', url: account.token_uri, headers, body: form.toString() } as const;
  const answer = await askAuthority(request, 'token of a Google service account', message, tokenSchema);
  return {
    login: { kind: 'basic', username: account.client_email, password: answer.access_token },
    expiresAtMs: nowMs + answer.expires_in * 1000,
  };
}

function readAccount(key: string, request: TokenRequest): z.infer<typeof accountSchema> {
  try {
    return accountSchema.parse(JSON.parse(key));
  } catch {
    const expected = 'expected a JSON key with client_email and private_key';
    throw tokenFailed(request, 'credentials', `field gcpServiceAccountKey: ${expected}`);
  }
}
