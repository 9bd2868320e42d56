/** Which repository a Git URL means, whatever its spelling. */

/**
 * `host[:port]/path` without scheme, user and `.git`; host in lower case, the path keeps its case
 * (decisions.md 4). `git@h.example:acme/x.git` and `https://h.example/acme/x/` give
 * `h.example/acme/x`. A text that is no URL stands for itself.
 */
export function repositoryIdentity(url: string): string {
  const trimmed = url.trim();
  const { host, path } = splitUrl(trimmed) ?? { host: '', path: trimmed };
  const segments = path.split('/').filter((segment) => segment !== '');
  const last = segments.pop() ?? '';
  const name = last.endsWith('.git') ? last.slice(0, -'.git'.length) : last;
  return [host.toLowerCase(), ...segments, name].join('/');
}

/** True for everything with a scheme, the scp form, and absolute paths; which of them can be used is for the adapter to say. */
export function mayBeRepository(text: string): boolean {
  return text.includes('://') || text.startsWith('/') || splitUrl(text) !== undefined;
}

/** What a URL with a scheme names instead of a repository: a page of a web interface, a folder, a host. */
export function repositoryMistake(text: string): string | undefined {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  if (url === null) return undefined;
  const repository = pagePattern
    .exec(url.pathname)
    ?.slice(1)
    .find((part) => part !== undefined);
  const folder = url.pathname.search(/\.git\/\/?./);
  const path = repository ?? (folder < 0 ? url.pathname : url.pathname.slice(0, folder + '.git'.length));
  if (path.replaceAll('/', '') === '') return 'it names a host and no repository';
  const meant = `did you mean ${url.protocol}//${url.host}${path}?`;
  if (repository !== undefined) return `it is a page of a web interface; ${meant}`;
  if (folder >= 0) return `it names a folder in the repository; ${meant}`;
  return /[?&]ref=/.test(url.search) ? `a branch is no part of it, git-branch names it; ${meant}` : undefined;
}

/** Of GitLab; of GitHub and its like, where two names make the repository; of Gitea. */
const pagePattern =
  /^(?:(\/.+?)\/-\/.*|(\/[^/]+\/[^/]+)\/(?:tree|blob|raw|blame|edit|commits?)\/.+|(\/[^/]+\/[^/]+)\/src\/(?:branch|tag|commit)\/.+)$/;

/**
 * For messages: without user and password, which may hold any character. Where in doubt too much is cut:
 * `https://user:p/w@h.example/x` -> `https://h.example/x`.
 */
export function withoutLogin(url: string): string {
  return url.replace(/^(\s*[a-z][a-z0-9+.-]*:\/\/).*@/is, '$1');
}

function splitUrl(url: string): { readonly host: string; readonly path: string } | undefined {
  if (url.includes('://')) {
    const parsed = URL.parse(url);
    return parsed === null ? undefined : { host: parsed.host, path: parsed.pathname };
  }
  const [, host, path] = /^(?:[^@:/]+@)?(\[[^\]/]+\]|[^:/]+):(.*)$/s.exec(url) ?? []; // scp form: git@host:path
  return host === undefined || path === undefined ? undefined : { host, path };
}
