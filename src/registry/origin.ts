/** Which hosts a registry may send us to: rules for token realms and redirects. */
import { BlockList, isIP } from 'node:net';
import { type Purpose, registryFailed } from './error.ts';

/** Addresses of a host name; rejects where it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const internalAddresses = makeInternalAddresses();

/** True for loopback, private and link-local addresses, also where IPv6 wraps an IPv4 one. */
export function isInternalAddress(address: string): boolean {
  return internalAddresses.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function makeInternalAddresses(): BlockList {
  const ranges = new BlockList();
  ranges.addSubnet('0.0.0.0', 8, 'ipv4');
  ranges.addSubnet('10.0.0.0', 8, 'ipv4');
  ranges.addSubnet('100.64.0.0', 10, 'ipv4'); // shared address space; some clouds keep their metadata service there
  ranges.addSubnet('127.0.0.0', 8, 'ipv4');
  ranges.addSubnet('169.254.0.0', 16, 'ipv4');
  ranges.addSubnet('172.16.0.0', 12, 'ipv4');
  ranges.addSubnet('192.168.0.0', 16, 'ipv4');
  ranges.addSubnet('::', 127, 'ipv6'); // unspecified and loopback
  ranges.addSubnet('fc00::', 7, 'ipv6');
  ranges.addSubnet('fe80::', 10, 'ipv6');
  return ranges;
}

/**
 * True if a URL's host is, or resolves to, an internal address. A name that does not resolve here (as behind a
 * proxy) counts as outside.
 */
export async function isInternalHost(url: URL, resolve: Resolve): Promise<boolean> {
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) !== 0) return isInternalAddress(host);
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  const addresses = await resolve(host).catch(() => []);
  return addresses.some(isInternalAddress);
}

/**
 * The realm of a Bearer challenge as a URL that credentials may be sent to: https (http only for a registry that
 * is http itself), an internal address only if the registry is on one. Throws `Failed` "refused" otherwise.
 */
export async function checkRealm(
  realm: string,
  registry: URL,
  resolve: Resolve,
  purpose: Purpose,
): Promise<URL> {
  const url = URL.parse(realm);
  if (url === null) throw registryFailed(purpose, 'malformed', 'the token realm is not a URL');
  const refuse = (reason: string) =>
    registryFailed(purpose, 'refused', `the token realm ${url.protocol}//${url.host} is refused: ${reason}`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('only https is allowed');
  if (url.protocol === 'http:' && registry.protocol === 'https:')
    throw refuse('the registry itself is https');
  if (url.username !== '' || url.password !== '') throw refuse('it holds a user name');
  if (url.host === registry.host) return url;
  if ((await isInternalHost(url, resolve)) && !(await isInternalHost(registry, resolve))) {
    throw refuse('it is an internal address');
  }
  return url;
}

/** Where a redirect leads: never from https to http. Throws `Failed` "refused". */
export function checkRedirect(from: URL, location: string, purpose: Purpose): URL {
  const url = URL.parse(location, from.href);
  if (url === null) throw registryFailed(purpose, 'malformed', 'the redirect leads to no URL');
  const refuse = (reason: string) =>
    registryFailed(purpose, 'refused', `the redirect to ${url.protocol}//${url.host} is refused: ${reason}`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('only https is allowed');
  if (from.protocol === 'https:' && url.protocol === 'http:') throw refuse('it leaves https');
  if (url.username !== '' || url.password !== '') throw refuse('it holds a user name');
  return url;
}
