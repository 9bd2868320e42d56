/** Repository URLs: which transport they name, how they are told to people, and when two of them are one. */
import { withoutLogin } from '../../core/config/git-url.ts';
import { Failed } from '../../core/base/outcome.ts';

export type GitTransport = 'http' | 'https' | 'ssh' | 'local';

export interface RemoteUrl {
  readonly transport: GitTransport;
  /** What git is given: never with a password, and for http(s) without user. */
  readonly url: string;
  /** Scheme, host and path for people: without user, password, query or fragment. */
  readonly displayUrl: string;
  /** Host name without port; "" for local paths. */
  readonly hostname: string;
  /** User and password that were written into an http(s) URL. */
  readonly userinfo?: { readonly username: string; readonly password: string };
}

const scpForm = /^(?:(?<user>[^/:@\s]+)@)?(?<host>\[[0-9a-fA-F:]+\]|[^/:@\s]+):(?<path>(?!\/\/)\S.*)$/;

/**
 * Reads an http(s), ssh or file URL, the scp form `user@host:path`, or an absolute path.
 * Throws `Failed` (git, `unsupported`) for everything else, such as `ext::` or a relative path.
 */
export function parseRemoteUrl(written: string): RemoteUrl {
  const text = written.trim();
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (text.startsWith('-') || /[\u0000-\u001f\u007f]/.test(text)) throw unsupported(text);
  if (text.startsWith('/')) return localRemote(text);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return standardRemote(text);
  const scp = scpForm.exec(text)?.groups;
  if (scp?.['host'] === undefined || scp['path'] === undefined || text.includes('::'))
    throw unsupported(text);
  return scpRemote(text, scp['host'], scp['path']);
}

function standardRemote(text: string): RemoteUrl {
  if (!URL.canParse(text)) throw unsupported(text);
  const url = new URL(text);
  switch (url.protocol) {
    case 'http:':
    case 'https:':
      return httpRemote(url);
    case 'ssh:':
      return sshRemote(url);
    case 'file:':
      if (url.hostname !== '') throw unsupported(text);
      return localRemote(decodeURIComponent(url.pathname), text);
    default:
      throw unsupported(text);
  }
}

function httpRemote(url: URL): RemoteUrl {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  bare.hash = '';
  const shown = `${url.protocol}//${url.host}${url.pathname}`;
  const remote: RemoteUrl = {
    transport: url.protocol === 'http:' ? 'http' : 'https',
    url: bare.href,
    displayUrl: shown,
    hostname: url.hostname,
  };
  if (url.username === '' && url.password === '') return remote;
  const userinfo = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  return { ...remote, userinfo };
}

function sshRemote(url: URL): RemoteUrl {
  const bare = new URL(url);
  bare.password = '';
  const host = url.port === '22' ? url.hostname : url.host;
  return {
    transport: 'ssh',
    url: bare.href,
    displayUrl: `ssh://${host}${url.pathname}`,
    hostname: url.hostname,
  };
}

function scpRemote(text: string, host: string, path: string): RemoteUrl {
  return {
    transport: 'ssh',
    url: text,
    displayUrl: `${host}:${path}`,
    hostname: host,
  };
}

function localRemote(path: string, url = path): RemoteUrl {
  return { transport: 'local', url, displayUrl: url, hostname: '' };
}

function unsupported(text: string): Failed {
  const repo = withoutLogin(text).slice(0, 200);
  const message = `repository URL "${repo}": expected https://, http://, ssh://, file://, user@host:path or an absolute path`;
  return new Failed({ kind: 'git', code: 'unsupported', message, repo });
}

/** Text with the user and password of every URL in it cut out. */
export function withoutUserinfo(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^/\s@]*@/gi, '$1');
}

const argoSshForm = /^(ssh:\/\/)?([^/:]*?)@[^@]+$/;

/**
 * The form in which Argo CD compares repository URLs: lower case, one `.git` cut, ssh and scp forms alike.
 * A trailing slash, a default port and the scheme (http, https, ssh) stay different. Source: writeback.md 7.2.
 */
export function argoComparableUrl(written: string): string {
  let url = written.trim().toLowerCase();
  if (argoSshForm.test(url) && !url.startsWith('ssh://')) url = `ssh://${url.replace(':', '/')}`;
  return url.replace(/\.git$/, '').replace(/^ssh:\/\//, '');
}
