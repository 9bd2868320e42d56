import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeProxyFor } from '../../src/net/proxy-rules.ts';

const proxies = { http: 'plain:1', https: 'https://secure:2' };

describe('proxies', () => {
  it.each([
    ['http://x.example/', 'http://plain:1'],
    ['https://x.example/', 'https://secure:2'],
  ])('for %s: %s', (url, proxy) => {
    expect(makeProxyFor({ ...proxies, exceptions: [] })(url)).toBe(proxy);
  });

  it('of one scheme leave the other alone', () => {
    expect(makeProxyFor({ http: 'plain:1', https: '', exceptions: [] })('https://x/')).toBe('');
  });

  it.each([
    { exception: '*', url: 'https://a/', exempts: true },
    { exception: ' CORP ', url: 'https://r.corp/', exempts: true },
    { exception: 'corp', url: 'https://corp./', exempts: true },
    { exception: 'corp', url: 'https://notcorp/', exempts: false },
    { exception: '.dev', url: 'https://a.dev/', exempts: true },
    { exception: '.dev', url: 'https://dev/', exempts: false },
    { exception: '*.dev', url: 'https://a.dev/', exempts: true },
    { exception: 'a:8443', url: 'https://a/', exempts: false },
    { exception: 'a:8443', url: 'https://a:8443/', exempts: true },
    { exception: 'a:443', url: 'https://a/', exempts: true },
    { exception: 'a:80', url: 'http://a/', exempts: true },
    { exception: '10.0.0.0/8', url: 'https://10.9.8.7/', exempts: true },
    { exception: '10.0.0.0/8', url: 'https://11.9.8.7/', exempts: false },
    { exception: 'x/y', url: 'https://x/', exempts: false },
    { exception: '1/99', url: 'https://1.2.3.4/', exempts: false },
    { exception: 'fd00::/8', url: 'https://[fd00::5]/', exempts: true },
    { exception: 'fd00::5', url: 'https://[fd00::5]/', exempts: true },
    { exception: '[fd00::5]:8443', url: 'https://[fd00::5]:8443/', exempts: true },
    { exception: '', url: 'https://a/', exempts: false },
  ])('exception "$exception" for $url: $exempts', ({ exception, url, exempts }) => {
    expect(makeProxyFor({ ...proxies, exceptions: [exception] })(url) === '').toBe(exempts);
  });

  it('are chosen for any exceptions', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (exceptions) => {
        expect(['', 'http://plain:1']).toContain(makeProxyFor({ ...proxies, exceptions })('http://a.b/'));
      }),
    );
  });
});
