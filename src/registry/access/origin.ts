/** Which hosts a registry may send us to: rules for token realms and redirects. */
import { hostOf, isInRange, isIpAddress } from '../../net/ip-address.ts';
import { type Purpose, registryFailed } from './error.ts';

/** Addresses of a host name; rejects where it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export type AddressKind = 'public' | 'private' | 'loopback' | 'link-local';

const internalRanges = {
  loopback: ['127.0.0.0/8', '0.0.0.0/8', '::/127'],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  // 100.64.0.0/10 is shared address space, where some clouds keep their metadata service.
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
} as const;

/** What an IP address is, also where IPv6 wraps an IPv4 one. */
export function addressKind(address: string): AddressKind {
  for (const kind of ['loopback', 'link-local', 'private'] as const) {
    if (internalRanges[kind].some((range) => isInRange(range, address))) return kind;
  }
  return 'public';
}

/** A name that does not resolve here (as behind a proxy) counts as public. */
async function hostKinds(url: URL, resolve: Resolve): Promise<ReadonlySet<AddressKind>> {
  const host = hostOf(url);
  if (isIpAddress(host)) return new Set([addressKind(host)]);
  if (host === 'localhost' || host.endsWith('.localhost')) return new Set(['loopback']);
  const addresses = await resolve(host).catch(() => []);
  return new Set(addresses.map(addressKind));
}

/** A private address is open to registries on private or loopback ones, the others only to their own kind. */
function mayLeadTo(kind: AddressKind, registry: ReadonlySet<AddressKind>): boolean {
  return kind === 'public' || registry.has(kind) || (kind === 'private' && registry.has('loopback'));
}

/**
 * The realm of a Bearer challenge as a URL that credentials may be sent to: https (http only for a registry that
 * is http itself), an internal address only if the registry is on such a one too. Throws `Failed` "refused" otherwise.
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
  const kinds = [...(await hostKinds(url, resolve))].filter((kind) => kind !== 'public');
  if (kinds.length === 0) return url;
  const registryKinds = await hostKinds(registry, resolve);
  const forbidden = kinds.find((kind) => !mayLeadTo(kind, registryKinds));
  if (forbidden !== undefined) throw refuse(`it is a ${forbidden} address`);
  return url;
}

/** Where a redirect leads: never from https to http, nor to a link-local address. Throws `Failed` "refused". */
export function checkRedirect(from: URL, location: string, purpose: Purpose): URL {
  const url = URL.parse(location, from.href);
  if (url === null) throw registryFailed(purpose, 'malformed', 'the redirect leads to no URL');
  const refuse = (reason: string) =>
    registryFailed(purpose, 'refused', `the redirect to ${url.protocol}//${url.host} is refused: ${reason}`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('only https is allowed');
  if (from.protocol === 'https:' && url.protocol === 'http:') throw refuse('it leaves https');
  if (url.username !== '' || url.password !== '') throw refuse('it holds a user name');
  if (url.host !== from.host && isLinkLocal(url)) throw refuse('it is a link-local address');
  return url;
}

function isLinkLocal(url: URL): boolean {
  return isIpAddress(hostOf(url)) && addressKind(hostOf(url)) === 'link-local';
}
