/** Which proxy a URL is reached through, from proxies per scheme and a list of exceptions. */
import { hostOf, isInRange, isIpAddress } from './addresses.ts';

/** The proxy for a URL, "" for none. */
export type ProxyFor = (url: string) => string;

export interface ProxyRules {
  /** URL or `host:port`, "" for none. */
  readonly http: string;
  readonly https: string;
  /** Items as in NO_PROXY. */
  readonly exceptions: readonly string[];
}

/**
 * Exceptions are `*`, hosts with their subdomains, `.suffix` or `*.suffix` (subdomains alone), addresses, CIDR ranges
 * and each of the hosts with `:port`. Source: golang.org/x/net/http/httpproxy.
 */
export function makeProxyFor(rules: ProxyRules): ProxyFor {
  const proxies = { http: withScheme(rules.http), https: withScheme(rules.https) };
  const exceptions = rules.exceptions.map((item) => item.trim().toLowerCase()).filter((item) => item !== '');
  return (text) => {
    const url = new URL(text);
    const proxy = url.protocol === 'https:' ? proxies.https : proxies.http;
    return proxy === '' || exceptions.some((item) => exempts(item, url)) ? '' : proxy;
  };
}

function withScheme(proxy: string): string {
  return proxy === '' || proxy.includes('://') ? proxy : `http://${proxy}`;
}

function exempts(item: string, url: URL): boolean {
  if (item === '*') return true;
  const host = hostOf(url);
  if (item.includes('/')) return isInRange(item, host);
  const [, name = item, port] = /^(.*?)(?::(\d+))?$/.exec(isIpAddress(item) ? `[${item}]` : item) ?? [];
  if (port !== undefined && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false;
  const bare = name.replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '');
  return bare.startsWith('.') ? host.endsWith(bare) : host === bare || host.endsWith(`.${bare}`);
}
