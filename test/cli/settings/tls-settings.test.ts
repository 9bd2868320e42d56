/** Flags of TLS, under the names of 1.x -> how ports speak it. */
import { describe, expect, it } from 'vitest';
import { readTls } from '../../../src/cli/settings/tls-settings.ts';
import { readPages } from '../../../src/cli/settings/page-settings.ts';

const defaults = {
  'tls-folder': '/tls',
  'disable-tls': false,
  'metrics-secure': true,
  tlsminversion: '1.3',
  tlsmaxversion: '1.3',
  tlsciphers: '',
};
const newest = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';

describe('TLS', () => {
  it.each<[Partial<typeof defaults>, object]>([
    [
      {},
      {
        folder: '/tls',
        minVersion: 'TLSv1.3',
        maxVersion: 'TLSv1.3',
        webhooks: 'possible',
        metrics: 'possible',
      },
    ],
    [{ tlsminversion: '1.2' }, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' }],
    [
      { tlsminversion: '1.2', tlsmaxversion: '1.2' },
      { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' },
    ],
    [{ 'disable-tls': true }, { webhooks: 'off', metrics: 'possible' }],
    [{ 'metrics-secure': false }, { webhooks: 'possible', metrics: 'off' }],
    [
      { tlsciphers: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256:TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256' },
      { ciphers: `${newest}:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305` },
    ],
    [{ tlsciphers: ' ECDHE-RSA-AES256-GCM-SHA384 :' }, { ciphers: `${newest}:ECDHE-RSA-AES256-GCM-SHA384` }],
    [{ tlsciphers: 'TLS_AES_256_GCM_SHA384' }, { ciphers: 'TLS_AES_256_GCM_SHA384' }],
  ])('%j', (values, expected) => {
    expect(readTls({ ...defaults, ...values }, false)).toMatchObject({
      ok: true,
      value: { tls: expected, warnings: [] },
    });
  });

  it('is demanded of metrics where the flag is given', () => {
    expect(readTls(defaults, true)).toMatchObject({ value: { tls: { metrics: 'demanded' } } });
    expect(readTls({ ...defaults, 'metrics-secure': false }, true)).toMatchObject({
      value: { tls: { metrics: 'off' } },
    });
  });

  it('is 1.2 at the lowest, whoever asks for less', () => {
    const read = readTls({ ...defaults, tlsminversion: '1.1' }, false);

    expect(read).toMatchObject({
      value: {
        tls: { minVersion: 'TLSv1.2' },
        warnings: ['--tlsminversion 1.1: TLS 1.1 is not spoken any more, 1.2 is the lowest'],
      },
    });
  });

  it.each<[Partial<typeof defaults>, string]>([
    [{ tlsminversion: '1.4' }, '--tlsminversion "1.4": expected 1.2 or 1.3'],
    [{ tlsminversion: '' }, '--tlsminversion "": expected 1.2 or 1.3'],
    [{ tlsmaxversion: 'TLS1.3' }, '--tlsmaxversion "TLS1.3": expected 1.2 or 1.3'],
    [{ tlsminversion: '1.1', tlsmaxversion: '1.1' }, '--tlsmaxversion 1.1: TLS 1.1 is not spoken any more'],
    [{ tlsmaxversion: '1.2' }, '--tlsminversion 1.3 is above --tlsmaxversion 1.2'],
    [
      { tlsciphers: 'RC4' },
      '--tlsciphers "RC4": unknown or without forward secrecy; expected, with : between, any of TLS_AES',
    ],
    [{ tlsciphers: 'TLS_RSA_WITH_AES_128_CBC_SHA' }, 'unknown or without forward secrecy'],
    [
      { tlsminversion: '1.2', tlsmaxversion: '1.2', tlsciphers: 'TLS_AES_128_GCM_SHA256' },
      '--tlsciphers names none of TLS 1.2',
    ],
  ])('%j: refused', (values, reason) => {
    const read = readTls({ ...defaults, ...values }, false);

    expect(read).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining(reason) as string },
    });
  });
});

describe('the addresses of pages', () => {
  const pages = {
    'health-port': 8080,
    'health-probe-bind-address': '0',
    'metrics-port': 8081,
    'metrics-bind-address': '0',
    'status-token-file': '',
    'refresh-token-file': '',
    'enable-http2': false,
  };

  it.each([
    [{}, [{ port: 8081 }]],
    [{ 'metrics-bind-address': ':8443' }, [{ port: 8081 }, { port: 8443, isSecure: true }]],
    [{ 'metrics-bind-address': ':8081' }, [{ port: 8081, isSecure: true }]],
    [
      { 'metrics-port': 0, 'metrics-bind-address': '[::1]:8443' },
      [{ host: '::1', port: 8443, isSecure: true }],
    ],
  ])('speak TLS where 1.x does, and not at the ports of 0.18: %j', (values, metrics) => {
    expect(readPages({ ...pages, ...values }, new Map(), false)).toMatchObject({
      value: { health: [{ port: 8080 }], metrics },
    });
  });
});
