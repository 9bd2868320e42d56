/** The environment of git processes, built from nothing: what the machine's user has set has no say in it. */

/** What the caller knows of its own environment; nothing else of it reaches git. */
export type OuterEnvironment = Readonly<Record<string, string | undefined>>;

const inherited = ['PATH', 'TMPDIR', 'GNUPGHOME', 'SSL_CERT_DIR'] as const;

/** Upper case name -> the spelling that curl reads; curl ignores HTTP_PROXY because a CGI client could set it. */
const proxyVariables = {
  HTTP_PROXY: 'http_proxy',
  HTTPS_PROXY: 'https_proxy',
  ALL_PROXY: 'all_proxy',
} as const;

/** Proxy settings in lower case, as curl and the token requests read them. */
export function proxyEnvironment(outer: OuterEnvironment): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [upper, lower] of [...Object.entries(proxyVariables), ['NO_PROXY', 'no_proxy'] as const]) {
    const value = outer[lower] ?? outer[upper];
    if (value !== undefined && value !== '') found[lower] = value;
  }
  return found;
}

/** Variables for every git process. `home` is a private, empty folder. */
export function gitEnvironment(outer: OuterEnvironment, home: string): Record<string, string> {
  const environment: Record<string, string> = {
    ...proxyEnvironment(outer),
    HOME: home,
    LC_ALL: 'C', // messages are parsed
    GIT_ALLOW_PROTOCOL: 'http:https:ssh:file', // an annotation must not name a remote helper such as ext::
    GIT_CONFIG_GLOBAL: '/dev/null', // or a file of ours with the login
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_LITERAL_PATHSPECS: '1', // target paths are never patterns
    GIT_TERMINAL_PROMPT: '0',
  };
  for (const name of inherited) {
    const value = outer[name];
    if (value !== undefined && value !== '') environment[name] = value;
  }
  if (environment['SSL_CERT_DIR'] !== undefined) environment['GIT_SSL_CAPATH'] = environment['SSL_CERT_DIR'];
  return environment;
}
