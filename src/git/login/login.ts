/** A login as a header line, and the texts of it that must stay hidden. */
import type { Login } from '../../identity/credential.ts';
import type { GitAccess } from './credential.ts';

/** Headers that log in, in lower case. */
export function authorization(login: Login): Record<string, string> {
  switch (login.kind) {
    case 'none':
      return {};
    case 'basic':
      return { authorization: `Basic ${basicToken(login)}` };
    case 'bearer':
      return { authorization: `Bearer ${login.token}` };
  }
}

function basicToken(login: { readonly username: string; readonly password: string }): string {
  return Buffer.from(`${login.username}:${login.password}`).toString('base64');
}

/** Texts of the access that no message may show. */
export function secretTexts({ credential, proxy }: GitAccess): string[] {
  const proxyPassword = URL.parse(proxy)?.password ?? '';
  return [...credentialTexts(credential), proxyPassword].filter((text) => text !== '');
}

function credentialTexts(credential: GitAccess['credential']): string[] {
  switch (credential.kind) {
    case 'basic':
    case 'bearer':
      return loginTexts(credential);
    case 'azure-client':
      return [credential.client.clientSecret];
    case 'github-app':
    case 'google':
    case 'ssh-key':
    case 'azure-workload':
    case 'anonymous':
      return [];
  }
}

/** The same of a login, in every form in which it travels. */
export function loginTexts(login: Login): string[] {
  switch (login.kind) {
    case 'none':
      return [];
    case 'basic':
      return [login.password, basicToken(login), encodeURIComponent(login.password)].filter(
        (text) => text !== '',
      );
    case 'bearer':
      return [login.token];
  }
}
