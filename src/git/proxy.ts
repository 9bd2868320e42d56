/** Which proxy a host is reached through: a Secret's `proxy` and `noProxy`, else the environment's variables. */

export interface ProxySettings {
  /** URL for every scheme, from a Secret; "" if it names none. */
  readonly proxy: string;
  /** Comma-separated hosts, `.suffixes` or `*`, with optional port. */
  readonly noProxy: string;
}

/** `environment` has the variables in lower case (`proxyEnvironment`). Result "": no proxy. */
export function makeProxyFor(
  settings: ProxySettings,
  environment: Readonly<Record<string, string>>,
): (url: string) => string {
  const noProxy = settings.proxy === '' ? (environment['no_proxy'] ?? '') : settings.noProxy;
  const exceptions = noProxy
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((item) => item !== '');
  return (text) => {
    const url = new URL(text);
    if (exceptions.some((item) => exempts(item, url))) return '';
    if (settings.proxy !== '') return settings.proxy;
    const proxy = environment[`${url.protocol.slice(0, -1)}_proxy`] ?? environment['all_proxy'] ?? '';
    return proxy === '' || proxy.includes('://') ? proxy : `http://${proxy}`;
  };
}

function exempts(item: string, url: URL): boolean {
  if (item === '*') return true;
  const [, name = item, port] = /^(.*?)(?::(\d+))?$/.exec(item) ?? [];
  if (port !== undefined && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false;
  const suffix = name.replace(/^\*?\./, '');
  return url.hostname === suffix || url.hostname.endsWith(`.${suffix}`);
}
