/** How git gets in: credentials as environment and private files, made for one open repository and then removed. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitAccess } from './credential.ts';
import { configEnvironment, proxyEnvironment } from './environment.ts';
import type { OuterEnvironment } from './environment.ts';
import { makeProxyFor } from './proxy.ts';
import { credentialsFailed } from './repository-secret.ts';
import type { Login, TokenStore } from './token.ts';
import { authoritiesFor, knownHosts } from './trust.ts';
import type { TrustSources } from './trust.ts';
import type { RemoteUrl } from './url.ts';
import type { HttpRoute, SendRequest } from './web-request.ts';

export interface EntranceOptions {
  readonly url: RemoteUrl;
  readonly access: GitAccess;
  readonly trust: TrustSources;
  readonly tokens: TokenStore;
  readonly send: SendRequest;
  readonly environment: OuterEnvironment;
  readonly makePrivateFolder: () => Promise<string>;
}

export interface Entrance {
  /** Variables for a command that talks to the server; asks for a token where one is needed. Throws `Failed` (git). */
  environment(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** Texts that must not appear in messages; complete once `environment` has been asked. */
  secrets(): readonly string[];
  /** Where git itself, with its headers, would be sent on to. */
  readonly route: (hostname: string) => Promise<HttpRoute>;
  /** Header line values for requests beside git, such as the look at a redirect. */
  headers(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

/** No file is written and nobody asked before the first use. */
export function makeEntrance(options: EntranceOptions): Entrance {
  const { access, url } = options;
  const secrets = new Set<string>(secretTexts(access));
  let files: Promise<PrivateFiles> | undefined;
  const route = async (hostname: string): Promise<HttpRoute> => await routeTo(options, hostname);
  const login = async (signal: AbortSignal): Promise<Login> => {
    const repositoryPath = new URL(url.url).pathname.replace(/^\/|\.git$/g, '');
    const { send } = options;
    const context = {
      send,
      routeTo: route,
      repositoryPath,
      displayUrl: url.displayUrl,
      source: access.source,
      signal,
    };
    const issued = await options.tokens.login(access.credential, context);
    for (const text of loginTexts(issued)) secrets.add(text);
    return issued;
  };
  return {
    async environment(signal) {
      if (url.transport === 'local') return {};
      files ??= writePrivateFiles(options);
      if (url.transport === 'ssh') return sshEnvironment(options, await files);
      return httpEnvironment(options, await files, await login(signal));
    },
    secrets: () => [...secrets],
    route,
    headers: async (signal) => authorization(await login(signal)),
    async close() {
      const folder = (await files)?.folder;
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
      files = undefined;
    },
  };
}

interface PrivateFiles {
  readonly folder: string;
  readonly authorities?: string;
  readonly certificate?: string;
  readonly certificateKey?: string;
  readonly sshKey?: string;
  readonly knownHosts?: string;
}

async function writePrivateFiles(options: EntranceOptions): Promise<PrivateFiles> {
  const { access, url, trust } = options;
  const folder = await options.makePrivateFolder();
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  if (url.transport === 'ssh') {
    const key = access.credential.kind === 'ssh-key' ? access.credential.privateKey : '';
    return {
      folder,
      sshKey: await write('key', `${key.replaceAll('\r\n', '\n').trimEnd()}\n`), // OpenSSH wants the last newline
      knownHosts: await write('known_hosts', access.insecure ? '' : await knownHosts(trust)),
    };
  }
  const authorities =
    url.transport === 'https' && !access.insecure ? await authoritiesFor(url.hostname, trust) : undefined;
  const client = access.clientCertificate;
  return {
    folder,
    ...(authorities === undefined ? {} : { authorities: await write('authorities.pem', authorities) }),
    ...(client === undefined
      ? {}
      : {
          certificate: await write('certificate.pem', client.certificate),
          certificateKey: await write('certificate-key.pem', client.key),
        }),
  };
}

function httpEnvironment(
  options: EntranceOptions,
  files: PrivateFiles,
  login: Login,
): Readonly<Record<string, string>> {
  const { access } = options;
  const settings: (readonly [string, string])[] = [];
  const header = authorization(login)['authorization'];
  // Given up front, which saves the 401 and two processes. A redirect could carry it to another host, so none is
  // followed; the setting is not scoped to the origin because simple-git refuses keys with some host names in them.
  if (header !== undefined) settings.push(['http.extraHeader', `Authorization: ${header}`]);
  if (header !== undefined) settings.push(['http.followRedirects', 'false']);
  if (access.insecure) settings.push(['http.sslVerify', 'false']);
  if (access.proxy !== '') settings.push(['http.proxy', access.proxy]);
  if (files.authorities !== undefined) settings.push(['http.sslCAInfo', files.authorities]);
  if (files.certificate !== undefined) settings.push(['http.sslCert', files.certificate]);
  if (files.certificateKey !== undefined) settings.push(['http.sslKey', files.certificateKey]);
  return {
    ...configEnvironment(settings),
    ...(access.proxy === '' ? {} : { no_proxy: access.noProxy }),
  };
}

function authorization(login: Login): Record<string, string> {
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

function sshEnvironment(options: EntranceOptions, files: PrivateFiles): Readonly<Record<string, string>> {
  const { access } = options;
  const settings = [
    `IdentityFile=${quoteForSsh(files.sshKey ?? '')}`,
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'BatchMode=yes',
    'ConnectTimeout=15',
    'ServerAliveInterval=10',
    'ServerAliveCountMax=3',
    `StrictHostKeyChecking=${access.insecure ? 'no' : 'yes'}`,
    `UserKnownHostsFile=${quoteForSsh(access.insecure ? '/dev/null' : (files.knownHosts ?? ''))}`,
    'GlobalKnownHostsFile=/dev/null',
  ];
  const proxy = access.proxy === '' ? undefined : socksProxy(options);
  if (proxy !== undefined) settings.push(`ProxyCommand=connect-proxy -S ${proxy.host} -5 %h %p`);
  const command = ['ssh', ...settings.map((setting) => `-o ${quoteForShell(setting)}`)].join(' ');
  return {
    GIT_SSH_COMMAND: command,
    GIT_SSH_VARIANT: 'ssh', // git need not find out
    ...(proxy === undefined ? {} : { SOCKS5_USER: proxy.username, SOCKS5_PASSWD: proxy.password }),
  };
}

/** As 0.18: a SOCKS5 proxy, by the program connect-proxy, with user and password in its environment. */
function socksProxy({ access, url }: EntranceOptions): { host: string; username: string; password: string } {
  const proxy = URL.parse(access.proxy);
  if (proxy === null || !/^[\w.:[\]-]+$/.test(proxy.host)) {
    throw credentialsFailed(
      `${access.source}: field proxy: expected a URL such as socks5://proxy:1080`,
      url.displayUrl,
    );
  }
  const [username, password] = [decodeURIComponent(proxy.username), decodeURIComponent(proxy.password)];
  return { host: proxy.host, username, password };
}

function quoteForSsh(path: string): string {
  return `"${path}"`;
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

async function routeTo(options: EntranceOptions, hostname: string): Promise<HttpRoute> {
  const { access, trust, url } = options;
  const authorities = access.insecure ? undefined : await authoritiesFor(hostname, trust);
  const client = hostname === url.hostname ? access.clientCertificate : undefined; // for the git server only
  return {
    insecure: access.insecure,
    ...(authorities === undefined ? {} : { authorities: [authorities] }),
    ...(client === undefined ? {} : { clientCertificate: client }),
    proxyFor: makeProxyFor(access, proxyEnvironment(options.environment)),
  };
}

function secretTexts({ credential, proxy }: GitAccess): string[] {
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

function loginTexts(login: Login): string[] {
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
