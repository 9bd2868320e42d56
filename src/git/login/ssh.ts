/** How OpenSSH is told which key to use and whom to believe. */
import { quoteForShell } from '../../core/base/shell-word.ts';
import type { GitAccess } from './credential.ts';
import { credentialsFailed } from './repository-secret.ts';
import type { RemoteUrl } from './url.ts';

export interface SshFiles {
  readonly sshKey?: string;
  readonly knownHosts?: string;
}

/** Variables that make git use this key for this server, and believe only the known host keys. Throws `Failed`. */
export function sshEnvironment(
  url: RemoteUrl,
  access: GitAccess,
  files: SshFiles,
): Readonly<Record<string, string>> {
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
  const proxy = access.proxy === '' ? undefined : socksProxy(url, access);
  if (proxy !== undefined) settings.push(`ProxyCommand=connect-proxy -S ${proxy.host} -5 %h %p`);
  const command = ['ssh', ...settings.map((setting) => `-o ${quoteForShell(setting)}`)].join(' ');
  return {
    GIT_SSH_COMMAND: command,
    GIT_SSH_VARIANT: 'ssh', // git need not find out
    ...(proxy === undefined ? {} : { SOCKS5_USER: proxy.username, SOCKS5_PASSWD: proxy.password }),
  };
}

/** As 0.18: a SOCKS5 proxy, by the program connect-proxy, with user and password in its environment. */
function socksProxy(url: RemoteUrl, access: GitAccess): { host: string; username: string; password: string } {
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
