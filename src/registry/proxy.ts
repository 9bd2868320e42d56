/** Which proxy a request goes through: HTTP_PROXY, HTTPS_PROXY and NO_PROXY as Go reads them. */
import { BlockList, isIP } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy for a URL, "" for none. */
export type ProxyFor = (url: string) => string;

/**
 * Reads the proxy variables, upper case before lower case. Absent result: no proxy is configured. Loopback hosts
 * never go through one. NO_PROXY knows `*`, hosts with their subdomains, `.suffix`, addresses, CIDR ranges and
 * `:port`. Source: golang.org/x/net/http/httpproxy.
 */
export function readProxies(environment: Environment): ProxyFor | undefined {
  const read = (name: string) => environment[name] || environment[name.toLowerCase()] || '';
  const proxies = { http: withScheme(read('HTTP_PROXY')), https: withScheme(read('HTTPS_PROXY')) };
  if (proxies.http === '' && proxies.https === '') return undefined;
  const exceptions = read('NO_PROXY')
    .split(',')
    .map((item) => item.trim().toLowerCase())
    .filter((item) => item !== '');
  return (text) => {
    const url = new URL(text);
    const proxy = url.protocol === 'https:' ? proxies.https : proxies.http;
    return proxy === '' || isLoopback(hostOf(url)) || exceptions.some((item) => exempts(item, url))
      ? ''
      : proxy;
  };
}

function withScheme(proxy: string): string {
  return proxy === '' || proxy.includes('://') ? proxy : `http://${proxy}`;
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function exempts(item: string, url: URL): boolean {
  if (item === '*') return true;
  const host = hostOf(url);
  if (item.includes('/')) return isIP(host) !== 0 && inRange(item, host);
  const [, name = item, port] = /^(.*?)(?::(\d+))?$/.exec(isIP(item) === 6 ? `[${item}]` : item) ?? [];
  if (port !== undefined && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false;
  const bare = name.replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '');
  return bare.startsWith('.') ? host.endsWith(bare) : host === bare || host.endsWith(`.${bare}`);
}

function inRange(cidr: string, address: string): boolean {
  const [net = '', bits = ''] = cidr.split('/');
  const family = isIP(net);
  if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const range = new BlockList();
  range.addSubnet(net, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return range.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}
