/** Which addresses are inside, in whatever form they are written. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AddressKind,
  addressKind,
  narrow,
  reachFrom,
  reachOfHost,
  resolveWithin,
  Unreachable,
} from '../../src/net/reach.ts';

describe('fault A9: kinds of addresses', () => {
  it.each<readonly [string, AddressKind]>([
    ['8.8.8.8', 'public'],
    ['2606:4700::1111', 'public'],
    ['172.32.0.1', 'public'],
    ['64:ff9b::8.8.8.8', 'public'],
    ['10.0.0.1', 'private'],
    ['100.64.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['fd12::1', 'private'],
    ['fec0::1', 'private'],
    ['64:ff9b:1::a00:1', 'private'],
    ['127.9.9.9', 'loopback'],
    ['0.0.0.0', 'loopback'],
    ['::', 'loopback'],
    ['::1', 'loopback'],
    ['169.254.1.1', 'link-local'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['168.63.129.16', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['192.0.0.192', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['192.0.0.8', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['198.19.255.255', 'reserved'],
    ['224.0.0.1', 'reserved'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['2001:0:a00:1::1', 'reserved'],
    ['ff02::1', 'reserved'],
    ['host.example', 'reserved'],
    ['', 'reserved'],
  ])('%s: %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });

  const octets = (address: string): readonly number[] => address.split('.').map(Number);
  const groups = (address: string): readonly [string, string] => {
    const [a = 0, b = 0, c = 0, d = 0] = octets(address);
    return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
  };

  it('of an IPv4 address that IPv6 carries are those of the IPv4 address', () => {
    const inside = fc.constantFrom(
      '10.1.2.3',
      '127.0.0.1',
      '169.254.169.254',
      '168.63.129.16',
      '224.1.1.1',
      '8.8.4.4',
    );
    const forms = fc.constantFrom(
      (address: string) => `::ffff:${address}`,
      (address: string) => `::ffff:${groups(address).join(':')}`,
      (address: string) => `::${address}`,
      (address: string) => `::ffff:0:${address}`,
      (address: string) => `64:ff9b::${address}`,
      (address: string) => `64:FF9B::${groups(address).join(':')}`,
      (address: string) => `2002:${groups(address).join(':')}::1`,
      (address: string) => `2002:${groups(address).join(':')}:ffff:1:2:3:4`,
    );

    fc.assert(
      fc.property(inside, forms, (address, form) => {
        expect([form(address), addressKind(form(address))]).toEqual([form(address), addressKind(address)]);
      }),
    );
  });
});

describe('fault A9: reach', () => {
  it('of a server goes to public addresses and its own kind', () => {
    expect([...reachFrom('public')]).toEqual(['public']);
    expect([...reachFrom('private')]).toEqual(['public', 'private']);
    expect([...reachFrom('loopback')]).toEqual(['public', 'loopback', 'private']);
  });

  it('of a chain of servers is what each of them reaches', () => {
    expect([...narrow(reachFrom('public'), reachFrom('private'))]).toEqual(['public']);
    expect([...narrow(reachFrom('private'), reachFrom('loopback'))]).toEqual(['public', 'private']);
  });

  it.each<{ readonly addresses: readonly string[]; readonly reach: readonly AddressKind[] }>([
    { addresses: ['10.0.0.1', '10.0.0.2'], reach: ['public', 'private'] },
    { addresses: ['10.0.0.1', '8.8.8.8'], reach: ['public'] },
    { addresses: [], reach: ['public'] },
  ])('of a name with the addresses $addresses is $reach', async ({ addresses, reach }) => {
    const resolve = async () => {
      if (addresses.length === 0) throw new Error('ENOTFOUND');
      return addresses;
    };

    expect([...(await reachOfHost(new URL('https://registry.example'), resolve))]).toEqual(reach);
  });

  it('leaves of several addresses those that are within', async () => {
    const resolve = async () => ['10.0.0.1', '8.8.8.8', '169.254.169.254'];

    expect(await resolveWithin('x', reachFrom('public'), resolve)).toEqual(['8.8.8.8']);
    await expect(resolveWithin('x', new Set(), resolve)).rejects.toThrow(Unreachable);
  });
});
