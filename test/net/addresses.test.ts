import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostOf, isInRange, isIpAddress, isLoopback } from '../../src/net/addresses.ts';

describe('addresses', () => {
  it.each([
    ['10.0.0.1', true],
    ['255.255.255.255', true],
    ['::', true],
    ['::1', true],
    ['1::', true],
    ['1:2:3:4:5:6:7:8', true],
    ['1:2:3:4:5:6:1.2.3.4', true],
    ['::FFFF:1.2.3.4', true],
    ['', false],
    ['10.0.0', false],
    ['10.0.0.1.', false],
    ['10.0.0.256', false],
    ['10.0.0.01', false],
    ['1.2.3.4::', false],
    [':1', false],
    ['1:2:3:4:5:6:7', false],
    ['1:2:3:4:5:6:7:8:9', false],
    ['1:2:3:4::5:6:7:8', false],
    ['1::2::3', false],
    [':::', false],
    ['12345::', false],
    ['fe80::1%eth0', false],
    ['host.example', false],
  ])('%j: %s', (text, is) => {
    expect(isIpAddress(text)).toBe(is);
  });

  const hostile = fc.stringMatching(/^[0-9a-f:./%x[\]-]{0,40}$/);

  it("are those of Node's own net, but for zones", () => {
    const generated = fc.oneof(hostile, fc.ipV4(), fc.ipV6());

    fc.assert(
      fc.property(generated, (text) => {
        fc.pre(!text.includes('%'));
        expect(isIpAddress(text)).toBe(isIP(text) !== 0);
      }),
    );
  });
});

describe('ranges', () => {
  it.each([
    ['10.0.0.0/8', '10.9.8.7', true],
    ['10.0.0.0/8', '11.9.8.7', false],
    ['0.0.0.0/0', '11.9.8.7', true],
    ['10.0.0.1/32', '10.0.0.1', true],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['::ffff:10.0.0.0/104', '10.0.0.1', true],
    ['fd00::/8', 'fd00::5', true],
    ['fd00::/8', 'fe00::5', false],
    ['::/0', '1.2.3.4', false],
    ['10.0.0.0/33', '10.0.0.1', false],
    ['10.0.0.0/', '10.0.0.1', false],
    ['10.0.0.0/8/8', '10.0.0.1', false],
    ['x/y', '10.0.0.1', false],
    ['10.0.0.0/8', 'host', false],
  ])('%s holds %s: %s', (range, address, is) => {
    expect(isInRange(range, address)).toBe(is);
  });

  it.each([
    { family: 'ipv4', address: fc.ipV4(), bits: 32 },
    { family: 'ipv6', address: fc.ipV6().filter((text) => !/^[0:]*:ffff:/i.test(text)), bits: 128 },
  ] as const)('hold what the block lists of Node hold: $family', ({ family, address, bits }) => {
    fc.assert(
      fc.property(address, address, fc.integer({ min: 1, max: bits }), (network, looked, length) => {
        const list = new BlockList();
        list.addSubnet(network, length, family);

        expect(isInRange(`${network}/${length}`, looked)).toBe(list.check(looked, family));
        expect(isInRange(`${network}/${length}`, network)).toBe(true);
      }),
    );
  });
});

describe('hosts of this machine', () => {
  it.each([
    ['http://localhost:1/', true],
    ['http://localhost./', true],
    ['http://127.9.9.9/', true],
    ['http://[::1]/', true],
    ['http://[::ffff:127.0.0.1]/', true],
    ['http://10.0.0.1/', false],
    ['http://localhost.example/', false],
  ])('%s: %s', (url, is) => {
    expect(isLoopback(hostOf(new URL(url)))).toBe(is);
  });
});
