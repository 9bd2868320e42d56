/** How git gets in: credentials as environment and private files, made for one open repository and then removed. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitAccess } from './credential.ts';
import type { OuterEnvironment } from '../process/environment.ts';
import { proxyEnvironment } from '../process/environment.ts';
import { authorization, loginTexts, secretTexts } from './login.ts';
import { readProxies } from './proxy.ts';
import { sshEnvironment } from './ssh.ts';
import type { Login } from '../../identity/credential.ts';
import type { HttpRoute, SendRequest } from '../../net/side-request.ts';
import type { TokenStore } from '../../identity/token-store.ts';
import type { TrustSources } from './trust.ts';
import { argocdAuthorities, authoritiesFor, knownHosts } from './trust.ts';
import { credentialsFailed } from './repository-secret.ts';
import type { RemoteUrl } from './url.ts';
import { UnreadableCertificates } from '../../net/trust.ts';

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
  /** The way to a host for requests beside git. */
  readonly route: (hostname: string) => Promise<HttpRoute>;
  /** Headers that log in such requests. */
  headers(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

/** No file is written and nobody asked before the first use. */
export function makeEntrance(options: EntranceOptions): Entrance {
  const { access, url } = options;
  const secrets = new Set<string>(secretTexts(access));
  const privateFiles = makePrivateFiles(options);
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
      if (url.transport === 'ssh') return sshEnvironment(url, access, await privateFiles.write());
      const settings = httpSettings(access, await privateFiles.write(), await login(signal));
      return {
        ...(settings.length === 0 ? {} : { GIT_CONFIG_GLOBAL: await privateFiles.configure(settings) }),
        ...(access.proxy === '' ? {} : { no_proxy: access.noProxy }),
      };
    },
    secrets: () => [...secrets],
    route,
    headers: async (signal) => authorization(await login(signal)),
    close: async () => await privateFiles.remove(),
  };
}

interface PrivateFiles {
  readonly authorities?: string;
  readonly certificate?: string;
  readonly certificateKey?: string;
  readonly sshKey?: string;
  readonly knownHosts?: string;
}

/** Written once, on the first `write` that succeeds; the folder is made only if there is a file for it. */
function makePrivateFiles(options: EntranceOptions) {
  let folder: string | undefined;
  let files: PrivateFiles | undefined;
  const store = async (name: string, text: string): Promise<string> => {
    folder ??= await options.makePrivateFolder();
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  return {
    async write(): Promise<PrivateFiles> {
      files ??=
        options.url.transport === 'ssh' ? await sshFiles(options, store) : await httpFiles(options, store);
      return files;
    },
    /**
     * A configuration file of git with these settings. Not in variables, which git allows as well: simple-git prints
     * the environment of its processes where DEBUG is set.
     */
    configure: async (settings: readonly string[]): Promise<string> =>
      await store('config', `[http]\n${settings.map((setting) => `\t${setting}\n`).join('')}`),
    async remove(): Promise<void> {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

type Store = (name: string, text: string) => Promise<string>;

async function sshFiles({ access, trust }: EntranceOptions, store: Store): Promise<PrivateFiles> {
  const key = access.credential.kind === 'ssh-key' ? access.credential.privateKey : '';
  return {
    sshKey: await store('key', `${key.replaceAll('\r\n', '\n').trimEnd()}\n`), // OpenSSH wants the last newline
    knownHosts: await store('known_hosts', access.insecure ? '' : await knownHosts(trust)),
  };
}

async function httpFiles({ access, url, trust }: EntranceOptions, store: Store): Promise<PrivateFiles> {
  const isChecked = url.transport === 'https' && !access.insecure;
  const authorities = isChecked ? await bundleFor(url, trust) : undefined;
  const client = access.clientCertificate;
  return {
    ...(authorities === undefined ? {} : { authorities: await store('authorities.pem', authorities) }),
    ...(client === undefined
      ? {}
      : {
          certificate: await store('certificate.pem', client.certificate),
          certificateKey: await store('certificate-key.pem', client.key),
        }),
  };
}

async function bundleFor(url: RemoteUrl, trust: TrustSources): Promise<string | undefined> {
  try {
    return await authoritiesFor(url.hostname, trust);
  } catch (error) {
    if (error instanceof UnreadableCertificates) throw credentialsFailed(error.message, url.displayUrl);
    throw error;
  }
}

/** `key = value` lines of git's section `http`. */
function httpSettings(access: GitAccess, files: PrivateFiles, login: Login): readonly string[] {
  const settings: string[] = [];
  const add = (key: string, value: string): void => {
    settings.push(`${key} = "${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
  };
  const header = authorization(login)['authorization'];
  if (header !== undefined) {
    add('extraHeader', `Authorization: ${header}`); // given up front, which saves the 401 and two processes
    add('followRedirects', 'false'); // git would take the header along to another host
  }
  if (access.insecure) add('sslVerify', 'false');
  if (access.proxy !== '') add('proxy', access.proxy);
  if (files.authorities !== undefined) add('sslCAInfo', files.authorities);
  if (files.certificate !== undefined) add('sslCert', files.certificate);
  if (files.certificateKey !== undefined) add('sslKey', files.certificateKey);
  return settings;
}

async function routeTo(options: EntranceOptions, hostname: string): Promise<HttpRoute> {
  const { access, trust, url } = options;
  const ofHost = access.insecure ? undefined : await argocdAuthorities(hostname, trust);
  const client = hostname === url.hostname ? access.clientCertificate : undefined; // for the git server only
  const tls = {
    insecure: access.insecure,
    ...(ofHost === undefined
      ? {}
      : { added: { pem: ofHost, from: `Argo CD's certificates of ${hostname}` } }),
    ...(client === undefined ? {} : { clientCertificate: client }),
  };
  return { tls, proxyFor: readProxies(access, proxyEnvironment(options.environment)) };
}
