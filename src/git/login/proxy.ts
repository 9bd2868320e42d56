/** Which proxy a host is reached through: a Secret's `proxy` and `noProxy`, else the environment's variables. */
import { makeProxyFor, type ProxyFor } from '../../net/proxy-rules.ts';

export interface ProxySettings {
  /** URL for every scheme, from a Secret; "" if it names none. */
  readonly proxy: string;
  /** Comma-separated hosts, `.suffixes` or `*`, with optional port. */
  readonly noProxy: string;
}

/** `environment` has the variables in lower case (`proxyEnvironment`). */
export function readProxies(
  { proxy, noProxy }: ProxySettings,
  environment: Readonly<Record<string, string>>,
): ProxyFor {
  if (proxy !== '') return makeProxyFor({ http: proxy, https: proxy, exceptions: exceptionsOf(noProxy) });
  const forAll = environment['all_proxy'] ?? '';
  return makeProxyFor({
    http: environment['http_proxy'] ?? forAll,
    https: environment['https_proxy'] ?? forAll,
    exceptions: exceptionsOf(environment['no_proxy'] ?? ''),
  });
}

/** As curl, and so git itself, reads them: parted by white space too, and `.suffix` is also the host `suffix`. */
function exceptionsOf(noProxy: string): readonly string[] {
  return noProxy.split(/[,\s]+/).map((item) => item.replace(/^\*?\./, ''));
}
