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
