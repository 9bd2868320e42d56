/** IP addresses and ranges of them as numbers. */

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** Whether a text is an IPv4 or IPv6 address; without brackets, port and zone. */
export function isIpAddress(text: string): boolean {
  return parseAddress(text) !== undefined;
}

/**
 * Whether an address lies in a range such as `10.0.0.0/8` or `fd00::/8`; a malformed range holds nothing. An IPv4
 * address that IPv6 wraps (`::ffff:10.0.0.1`) is that IPv4 address. Source: Go net.IPNet.Contains.
 */
export function isInRange(cidr: string, address: string): boolean {
  const [first = '', length = '', ...rest] = cidr.split('/');
  const network = parseAddress(first);
  if (network === undefined || rest.length > 0 || !/^\d{1,3}$/.test(length)) return false;
  if (Number(length) > network.bits) return false;
  const free = BigInt(network.bits - Number(length));
  const [from, inside] = [unwrap(network), parseAddress(address)];
  if (inside === undefined) return false;
  const looked = unwrap(inside);
  return looked.bits === from.bits && looked.value >> free === from.value >> free;
}

/** The host of a URL without the brackets of an IPv6 address and the dot at a name's end. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** Whether a host, as `hostOf` gives it, is this machine: `localhost`, or a loopback address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || isInRange('127.0.0.0/8', host);
}

const wrapped = 0xffffn; // the bits above an IPv4 address that IPv6 wraps. Source: RFC 4291 2.5.5.2

function unwrap(address: Address): Address {
  if (address.bits === 32 || address.value >> 32n !== wrapped) return address;
  return { bits: 32, value: address.value & 0xffff_ffffn };
}

function parseAddress(text: string): Address | undefined {
  const parsed = text.includes(':') ? parseV6(text) : parseV4(text);
  return parsed === undefined ? undefined : { bits: text.includes(':') ? 128 : 32, value: parsed };
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.', 5);
  if (parts.length !== 4 || !parts.every(isOctet)) return undefined;
  return join(parts.map(BigInt), 8n);
}

function isOctet(part: string): boolean {
  return /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255;
}

const longestV6 = 45; // ABCD:ABCD:ABCD:ABCD:ABCD:ABCD:192.168.158.190

function parseV6(text: string): bigint | undefined {
  if (text.length > longestV6) return undefined;
  const halves = text.split('::');
  const [head, tail] = halves.map((half, i) => groupsOf(half, i === halves.length - 1));
  if (halves.length > 2 || head === undefined || (halves.length === 2 && tail === undefined))
    return undefined;
  const known = head.length + (tail?.length ?? 0);
  if (tail === undefined ? known !== 8 : known > 7) return undefined;
  return join([...head, ...Array<bigint>(8 - known).fill(0n), ...(tail ?? [])], 16n);
}

/** The numbers between colons; at the end may stand an IPv4 address, which is two of them. */
function groupsOf(text: string, isLast: boolean): readonly bigint[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const v4 = isLast ? parseV4(parts.at(-1) ?? '') : undefined;
  if (v4 !== undefined) parts.pop();
  if (!parts.every((part) => /^[\da-f]{1,4}$/i.test(part))) return undefined;
  return [
    ...parts.map((part) => BigInt(`0x${part}`)),
    ...(v4 === undefined ? [] : [v4 >> 16n, v4 & wrapped]),
  ];
}

function join(parts: readonly bigint[], bits: bigint): bigint {
  return parts.reduce((value, part) => (value << bits) | part, 0n);
}
