/** Which addresses a server that we ask may send us on to: no farther inside than it is itself. */
import { BlockList } from 'node:net';
import { addRange, hostOf, isIpAddress, isListed } from './addresses.ts';

/** Addresses of a host name; rejects where it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export type AddressKind = 'public' | 'private' | 'loopback' | 'link-local' | 'metadata' | 'reserved';

/** Kinds of addresses that may be connected to. */
export type Reach = ReadonlySet<AddressKind>;

/**
 * The first that holds an address counts. Source: IANA's special-purpose address registries, without those for
 * documentation, which lead nowhere.
 */
const v4Ranges: readonly (readonly [Exclude<AddressKind, 'public'>, readonly string[]])[] = [
  // Services of clouds that answer with credentials, or take configuration, behind addresses that look like others.
  ['metadata', ['168.63.129.16/32', '100.100.100.200/32', '192.0.0.192/32']],
  ['loopback', ['127.0.0.0/8', '0.0.0.0/8']],
  ['link-local', ['169.254.0.0/16']],
  // 100.64.0.0/10 is shared address space, which many clusters use for their own.
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']],
  [
    'reserved',
    [
      '192.0.0.0/24', // protocol assignments
      '192.88.99.0/24', // relays of 6to4
      '198.18.0.0/15', // benchmarks
      '224.0.0.0/4', // multicast
      '240.0.0.0/4', // broadcast and the rest
    ],
  ],
];

const v6Ranges: typeof v4Ranges = [
  ['metadata', ['fd00:ec2::254/128', 'fd20:ce::254/128', 'fd00:c1::a9fe:a9fe/128']],
  ['loopback', ['::/127']],
  ['link-local', ['fe80::/10']],
  ['private', ['fc00::/7', 'fec0::/10', '64:ff9b:1::/48']],
  [
    'reserved',
    [
      '100::/63', // discard, dummy
      '2001::/23', // Teredo, ORCHID, benchmarks
      '5f00::/16', // segment routing
      'ff00::/8',
    ],
  ],
];

/** Prefixes behind which IPv6 carries an IPv4 address: compatible, mapped, translated, NAT64. */
const carriers = ['::', '::ffff:', '::ffff:0:', '64:ff9b::'] as const;

/** The IPv6 ranges of addresses that carry one of an IPv4 range. */
function carried(range: string): readonly string[] {
  const [network = '', length = ''] = range.split('/');
  const bytes = network.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  const sixToFour = `2002:${bytes.slice(0, 2).join('')}:${bytes.slice(2).join('')}::`;
  return [
    ...carriers.map((prefix) => `${prefix}${network}/${96 + Number(length)}`),
    `${sixToFour}/${16 + Number(length)}`,
  ];
}

const lists: readonly (readonly [AddressKind, BlockList])[] = [
  ...v6Ranges.slice(0, 2), // `::` and `::1` are not what they carry
  ...v4Ranges.map(([kind, ranges]) => [kind, [...ranges, ...ranges.flatMap(carried)]] as const),
  ...v6Ranges.slice(2),
].map(([kind, ranges]) => [kind, listOf(ranges)]);

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    if (!addRange(list, range)) throw new Error(`no range: ${range}`);
  }
  return list;
}

/** What an IP address is, also where IPv6 carries an IPv4 one. A text that is none leads nowhere good. */
export function addressKind(address: string): AddressKind {
  const bare = address.replace(/%.*$/, '');
  if (!isIpAddress(bare)) return 'reserved';
  return lists.find(([, list]) => isListed(list, bare))?.[0] ?? 'public';
}

/**
 * Where a server at such an address may send us: to public addresses, to its own kind, and one that runs on this
 * machine to private ones too.
 */
export function reachFrom(kind: AddressKind): Reach {
  return new Set<AddressKind>(['public', kind, ...(kind === 'loopback' ? (['private'] as const) : [])]);
}

/** A chain of servers reaches what each of them does. */
export function narrow(reach: Reach | undefined, next: Reach): Reach {
  return reach === undefined ? next : new Set([...next].filter((kind) => reach.has(kind)));
}

export const unreachableCode = 'ERR_ADDRESS_REFUSED';

/** An address lies beyond the reach; the message goes on after "refused: ". */
export class Unreachable extends Error {
  readonly code = unreachableCode;

  constructor(kind: AddressKind) {
    super(`it is a ${kind} address`);
  }
}

/** Throws `Unreachable` for a host whose kind needs no look-up: addresses, and names of this machine. */
export function checkHost(url: URL, reach: Reach): void {
  const kind = namedKind(hostOf(url));
  if (kind !== undefined && !reach.has(kind)) throw new Unreachable(kind);
}

function namedKind(host: string): AddressKind | undefined {
  if (isIpAddress(host)) return addressKind(host);
  return host === 'localhost' || host.endsWith('.localhost') ? 'loopback' : undefined;
}

/** The addresses of a host that may be connected to. Rejects with `Unreachable` where there are only others. */
export async function resolveWithin(
  host: string,
  reach: Reach,
  resolve: Resolve,
): Promise<readonly string[]> {
  const addresses = await resolve(host);
  const within = addresses.filter((address) => reach.has(addressKind(address)));
  const [first] = addresses;
  if (within.length === 0 && first !== undefined) throw new Unreachable(addressKind(first));
  return within;
}

/** The reach of a server behind a proxy, as far as names tell: one that does not resolve here counts as public. */
export async function reachOfHost(url: URL, resolve: Resolve): Promise<Reach> {
  const host = hostOf(url);
  const kind = namedKind(host);
  if (kind !== undefined) return reachFrom(kind);
  const kinds = new Set((await resolve(host).catch(() => [])).map(addressKind));
  const [only = 'public'] = kinds;
  return reachFrom(kinds.size === 1 ? only : 'public');
}
