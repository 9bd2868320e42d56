/** IP addresses, ranges of them, and the hosts of URLs. */
import { BlockList, isIP } from 'node:net';

export type Family = 'ipv4' | 'ipv6';

/** The family of an IP address without brackets and port; undefined: the text is none. A zone may follow. */
export function familyOf(text: string): Family | undefined {
  const version = isIP(text);
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6';
}

/** Whether a text is an IPv4 or IPv6 address; without brackets, port and zone. */
export function isIpAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%');
}

/**
 * Whether an address lies in a range such as `10.0.0.0/8` or `fd00::/8`; a malformed range holds nothing. An IPv4
 * address that IPv6 wraps (`::ffff:10.0.0.1`) is that IPv4 address. Source: Go net.IPNet.Contains.
 */
export function isInRange(cidr: string, address: string): boolean {
  const list = new BlockList();
  if (!addRange(list, cidr) || !isListed(list, address)) return false;
  return familyOf(address) === 'ipv6' || cidr.includes('.'); // Node counts IPv4 among all of IPv6
}

/** False, and nothing is added, for a malformed range. */
export function addRange(list: BlockList, cidr: string): boolean {
  const [network = '', length = '', ...rest] = cidr.split('/');
  const family = isIpAddress(network) ? familyOf(network) : undefined;
  if (family === undefined || rest.length > 0 || !/^\d{1,3}$/.test(length)) return false;
  const wrapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(network)?.[1];
  if (wrapped !== undefined && Number(length) >= 96)
    return addRange(list, `${wrapped}/${Number(length) - 96}`);
  if (Number(length) > (family === 'ipv4' ? 32 : 128)) return false;
  list.addSubnet(network, Number(length), family);
  return true;
}

export function isListed(list: BlockList, address: string): boolean {
  const family = familyOf(address);
  return family !== undefined && list.check(address.replace(/%.*$/, ''), family);
}

/** The host of a URL without the brackets of an IPv6 address and the dot at a name's end. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** Whether a host, as `hostOf` gives it, is this machine: `localhost`, or a loopback address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || isInRange('127.0.0.0/8', host);
}
