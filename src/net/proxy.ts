/** Which proxy a request goes through: HTTP_PROXY, HTTPS_PROXY and NO_PROXY as Go reads them. */
import { hostOf, isLoopback } from './addresses.ts';
import { makeProxyFor, type ProxyFor } from './proxy-rules.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the proxy variables, upper case before lower case. Absent result: no proxy is configured. Loopback hosts
 * never go through one. Source: golang.org/x/net/http/httpproxy.
 */
export function readProxies(environment: Environment): ProxyFor | undefined {
  const read = (name: string) => environment[name] || environment[name.toLowerCase()] || '';
  const [http, https] = [read('HTTP_PROXY'), read('HTTPS_PROXY')];
  if (http === '' && https === '') return undefined;
  const proxyFor = makeProxyFor({ http, https, exceptions: read('NO_PROXY').split(',') });
  return (url) => (isLoopback(hostOf(new URL(url))) ? '' : proxyFor(url));
}
