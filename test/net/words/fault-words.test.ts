/** What people read where a connection fails. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { faultWords } from '../../../src/net/words/fault-words.ts';

function wordsFor(code: string, message = '', more: object = {}) {
  return faultWords({ code, message, ...more }, 'registry.test:5000');
}

describe('the usual errors of networks, TLS and DNS', () => {
  it.each([
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND registry.test', 'network', 'no such host: registry.test:5000'],
    [
      'EAI_AGAIN',
      'getaddrinfo EAI_AGAIN registry.test',
      'network',
      'the name registry.test:5000 could not be',
    ],
    ['ECONNREFUSED', 'connect ECONNREFUSED', 'network', 'nothing listens on registry.test:5000'],
    ['EHOSTUNREACH', 'connect EHOSTUNREACH', 'network', 'there is no route to registry.test:5000'],
    ['ENETUNREACH', 'connect ENETUNREACH', 'network', 'there is no route to registry.test:5000'],
    ['ETIMEDOUT', 'connect ETIMEDOUT', 'network', 'registry.test:5000 takes no connection'],
    ['ECONNRESET', 'socket hang up', 'network', 'registry.test:5000 closed the connection'],
    ['EPIPE', 'write EPIPE', 'network', 'registry.test:5000 closed the connection'],
    ['HPE_INVALID_CONSTANT', 'Parse Error', 'network', 'something that is not HTTP'],
    ['CERT_HAS_EXPIRED', 'certificate has expired', 'tls', 'has expired'],
    ['CERT_NOT_YET_VALID', 'certificate is not yet valid', 'tls', 'is not valid yet'],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      "Hostname/IP does not match certificate's altnames",
      'tls',
      'is for other names',
    ],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate', 'tls', 'is signed by itself'],
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'self-signed certificate in certificate chain',
      'tls',
      'an authority that is not known',
    ],
    [
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'unable to get local issuer certificate',
      'tls',
      'an authority that is not known',
    ],
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'unable to verify the first certificate',
      'tls',
      'an authority that is not known',
    ],
    [
      'EPROTO',
      'write EPROTO 407D:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps',
      'plain-http',
      'answers without TLS',
    ],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'packet length too long', 'plain-http', 'answers without TLS'],
    [
      'EPROTO',
      'write EPROTO 407D:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure',
      'tls',
      'no version of TLS',
    ],
    [
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'tlsv13 alert certificate required',
      'tls',
      'wants a client certificate',
    ],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'tlsv1 alert unknown ca', 'tls', 'an authority that is not known'],
  ] as const)('fault O-S2-7: says of %s (%s) that it is %s: %s', (code, raw, kind, words) => {
    const said = wordsFor(code, raw);

    expect(said?.code).toBe(kind);
    expect(said?.message).toContain(words);
    expect(said?.message).not.toMatch(/SSL routines|getaddrinfo|deps/);
  });

  it('fault O-S2-7: blames name resolution for nothing but failed look-ups', () => {
    const codes = ['ECONNREFUSED', 'EHOSTUNREACH', 'ETIMEDOUT', 'ECONNRESET', 'CERT_HAS_EXPIRED', 'EMFILE'];

    expect(codes.map((code) => wordsFor(code)?.advice).join()).not.toMatch(/name resolution|DNS/);
    expect(wordsFor('ENOTFOUND')?.advice).toMatch(/name resolution/);
  });

  it('fault O-S2-7: advises a new authority for no certificate that has expired or has another name', () => {
    expect(wordsFor('CERT_HAS_EXPIRED')?.advice).toMatch(/renew/);
    expect(wordsFor('ERR_TLS_CERT_ALTNAME_INVALID')?.advice).toMatch(/name/);
  });

  it('names the proxy where that is what cannot be reached', () => {
    const more = { address: '10.0.0.3', port: 3128 };

    expect(wordsFor('ECONNREFUSED', '', more)?.message).toBe(
      'nothing listens on registry.test:5000 (10.0.0.3:3128)',
    );
  });

  it('knows nothing of other errors', () => {
    expect(wordsFor('ERR_BODY_PARSE_FAILURE', 'odd')).toBeUndefined();
  });

  it('fault O-S2-7: knows what this version of Node says of a server without TLS', async () => {
    const server = createServer((_, response) => response.end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    const [error] = (await once(socket, 'error').catch((thrown: unknown) => [thrown])) as [
      NodeJS.ErrnoException,
    ];
    server.close();

    expect(faultWords({ code: error.code ?? '', message: error.message }, 'x')?.code).toBe('plain-http');
  });
});
