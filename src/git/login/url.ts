/** Repository URLs: which transport they name, how they are told to people, and when two of them are one. */
import { posix } from 'node:path';
import { withoutLogin } from '../../core/base/git-url.ts';
import { Failed } from '../../core/base/outcome.ts';

export type GitTransport = 'http' | 'https' | 'ssh' | 'local';

export interface RemoteUrl {
  readonly transport: GitTransport;
  /** What git is given: never with a password, for http(s) without user, and without dot segments. */
  readonly url: string;
  /** Scheme, host and path for people: without user, password, query or fragment. */
  readonly displayUrl: string;
  /** Host name without port; "" for local paths. */
  readonly hostname: string;
  /** What credentials are chosen by, taken from the very text that git is given. */
  readonly reach: { readonly origin: string; readonly path: string };
  /** User and password that were written into an http(s) URL. */
  readonly userinfo?: { readonly username: string; readonly password: string };
}

const scpForm = /^(?:(?<user>[^/:@\s]+)@)?(?<host>\[[0-9a-fA-F:]+\]|[^/:@\s]+):(?<path>(?!\/\/)\S.*)$/;

// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const controlCharacters = /[\u0000-\u001f\u007f]/;

/**
 * Reads an http(s), ssh or file URL, the scp form `user@host:path`, or an absolute path.
 * Throws `Failed` (git, `unsupported`) for everything else, such as `ext::` or a relative path.
 */
export function parseRemoteUrl(written: string): RemoteUrl {
  const text = written.trim();
  if (text.startsWith('-') || controlCharacters.test(text)) throw unsupported(text);
  if (text.startsWith('/')) return localRemote(text);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return standardRemote(text);
  const scp = scpForm.exec(text)?.groups;
  if (scp?.['host'] === undefined || scp['path'] === undefined || text.includes('::'))
    throw unsupported(text);
  return scpRemote(text, scp['user'] ?? '', scp['host'], scp['path']);
}

function standardRemote(text: string): RemoteUrl {
  if (!URL.canParse(text)) throw unsupported(text);
  const url = new URL(text);
  switch (url.protocol) {
    case 'http:':
    case 'https:':
      return httpRemote(text, url);
    case 'ssh:':
      return sshRemote(text, url);
    case 'file:':
      if (url.hostname !== '') throw unsupported(text);
      return localRemote(decoded(url.pathname, text), text);
    default:
      throw unsupported(text);
  }
}

function httpRemote(text: string, url: URL): RemoteUrl {
  refuseHiddenSteps(text, url.pathname);
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
    reach: { origin: `${url.protocol}//${url.hostname}${writtenPort(text)}`, path: url.pathname },
  };
  if (url.username === '' && url.password === '') return remote;
  const userinfo = { username: decoded(url.username, text), password: decoded(url.password, text) };
  if (controlCharacters.test(userinfo.username + userinfo.password)) throw unsupported(text);
  return { ...remote, userinfo };
}

function sshRemote(text: string, url: URL): RemoteUrl {
  refuseHiddenSteps(text, url.pathname);
  const user = decoded(url.username, text);
  // git decodes the whole text before it looks for the host, so nothing encoded may end the user or the host.
  if (/[/:?#\\\s]/.test(user) || user.startsWith('-') || url.hostname.includes('%')) throw unsupported(text);
  const bare = new URL(url);
  bare.password = '';
  const host = url.port === '22' ? url.hostname : url.host;
  return {
    transport: 'ssh',
    url: bare.href,
    displayUrl: `ssh://${host}${url.pathname}`,
    hostname: url.hostname,
    reach: { origin: `ssh://${user}@${url.host}`, path: url.pathname },
  };
}

/** A path below the home folder of the user, or an absolute one; compared as Argo CD does, behind one slash. */
function scpRemote(text: string, user: string, host: string, written: string): RemoteUrl {
  const hasSteps = written.split('/').some((segment) => segment === '.' || segment === '..');
  const path = hasSteps ? posix.normalize(written) : written;
  if (hasSteps && (written.startsWith('~') || path.startsWith('..'))) throw unsupported(text);
  const login = user === '' ? '' : `${user}@`;
  return {
    transport: 'ssh',
    url: `${login}${host}:${path}`,
    displayUrl: `${host}:${path}`,
    hostname: host,
    reach: { origin: `ssh://${login}${host}`, path: `/${path}` },
  };
}

function localRemote(path: string, url = path): RemoteUrl {
  return {
    transport: 'local',
    url,
    displayUrl: url,
    hostname: '',
    reach: { origin: 'file://', path },
  };
}

/**
 * A server decodes the path once more than we do, and a proxy before it perhaps too: a `..` that shows itself only then
 * would leave the folder that credentials are for.
 */
function refuseHiddenSteps(text: string, pathname: string): void {
  let path = pathname;
  for (let layer = 0; layer < maxLayers; layer += 1) {
    if (controlCharacters.test(path) || path.split(/[/\\]/).some((segment) => /^\.{1,2}$/.test(segment)))
      throw unsupported(text);
    const inner = decoded(path, text);
    if (inner === path) return;
    path = inner;
  }
  throw unsupported(text);
}

const maxLayers = 4; // of percent encoding

function decoded(text: string, url: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unsupported(url);
  }
}

/** WHATWG's parser drops a default port; for Argo CD it makes another URL. */
function writtenPort(text: string): string {
  return /^[a-z]+:[/\\]+[^/\\?#]*(:\d+)(?:[/\\?#]|$)/i.exec(text)?.[1] ?? '';
}

function unsupported(text: string): Failed {
  const repo = withoutLogin(text).slice(0, 200);
  const message = `repository URL "${repo}": expected https://, http://, ssh://, file://, user@host:path or an absolute path, without encoded or leading dot segments`;
  return new Failed({ kind: 'git', code: 'unsupported', message, repo });
}
