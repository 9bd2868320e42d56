/** What Node and OpenSSL say when a connection fails -> our words, and what to do where the words make that plain. */

export interface FaultWords {
  readonly code: 'network' | 'tls' | 'plain-http';
  /** The fact, with the server named. */
  readonly message: string;
  /** Absent where it depends on who asks. */
  readonly advice?: string;
}

/** The parts of an error of Node's that tell what happened. */
export interface SystemError {
  readonly code: string;
  readonly message: string;
  readonly hostname?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
}

interface Row {
  /** Of `<code> <message>`. */
  readonly pattern: RegExp;
  readonly code: FaultWords['code'];
  readonly say: (server: string, error: SystemError) => string;
  readonly advice?: string;
}

const onTheWay = 'check network policies, firewalls and proxy settings on the way';

/** First match wins: the particular before the general. Source: libuv's, Node's and OpenSSL's lists of codes. */
const rows: readonly Row[] = [
  {
    pattern: /^ENOTFOUND|^EAI_NONAME|^EAI_NODATA/,
    code: 'network',
    say: (server) => `no such host: ${server}`,
    advice: 'check the spelling of the host name, and name resolution (DNS) from here',
  },
  {
    pattern: /^EAI_/,
    code: 'network',
    say: (server) => `the name ${server} could not be looked up`,
    advice: 'check that name resolution (DNS) works from here',
  },
  {
    pattern: /^ECONNREFUSED/,
    code: 'network',
    say: (server) => `nothing listens on ${server}`,
    advice: 'check host and port, and that the server runs',
  },
  {
    pattern: /^(?:EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL)/,
    code: 'network',
    say: (server) => `there is no route to ${server}`,
    advice: onTheWay,
  },
  {
    pattern: /^ETIMEDOUT/,
    code: 'network',
    say: (server) => `${server} takes no connection`,
    advice: onTheWay,
  },
  {
    pattern: /^(?:ECONNRESET|ECONNABORTED|EPIPE)/,
    code: 'network',
    say: (server) => `${server} closed the connection before its answer was there`,
    advice: 'check the log of the server, and proxies and firewalls on the way',
  },
  {
    pattern: /^(?:EMFILE|ENFILE)/,
    code: 'network',
    say: (server) => `no connection to ${server}: too many files are open`,
    advice: 'raise the limit of open files',
  },
  {
    pattern: /^HPE_/,
    code: 'network',
    say: (server) => `${server} answers with something that is not HTTP`,
    advice: 'check the port, and that the address is not one of TLS',
  },
  {
    pattern: /wrong.version.number|packet.length.too.long|http.request|record layer failure/i,
    code: 'plain-http',
    say: (server) => `${server} answers without TLS`,
  },
  {
    pattern: /^CERT_HAS_EXPIRED|^CRL_HAS_EXPIRED|alert.certificate.expired/i,
    code: 'tls',
    say: (server) => `the certificate of ${server}, or of its authority, has expired`,
    advice: 'renew it on the server, or set the clock of this machine right',
  },
  {
    pattern: /^CERT_NOT_YET_VALID/,
    code: 'tls',
    say: (server) => `the certificate of ${server} is not valid yet`,
    advice: 'set the clock of this machine, or of the one that signed it, right',
  },
  {
    pattern: /^CERT_REVOKED|alert.certificate.revoked/i,
    code: 'tls',
    say: (server) => `the certificate of ${server} is revoked`,
    advice: 'ask who runs the server for another one',
  },
  {
    pattern: /ALTNAME|^HOSTNAME_MISMATCH|unrecognized.name/i,
    code: 'tls',
    say: (server) => `the certificate of ${server} is for other names`,
    advice: 'write the address with a name that the certificate has, or have it issued for this one',
  },
  {
    pattern: /^DEPTH_ZERO_SELF_SIGNED_CERT/,
    code: 'tls',
    say: (server) => `the certificate of ${server} is signed by itself, and is not known here`,
  },
  {
    pattern: /^(?:UNABLE_TO_|SELF_SIGNED_CERT_IN_CHAIN|CERT_UNTRUSTED|INVALID_CA)|alert.unknown.ca/i,
    code: 'tls',
    say: (server) => `the certificate of ${server} is signed by an authority that is not known here`,
  },
  {
    pattern: /alert.(?:certificate.required|bad.certificate|handshake.failure.*certificate)/i,
    code: 'tls',
    say: (server) => `${server} wants a client certificate`,
    advice: 'give it another address or login: client certificates are not sent',
  },
  {
    pattern:
      /unsupported.protocol|protocol.version|handshake.failure|no.shared.cipher|insufficient.security/i,
    code: 'tls',
    say: (server) => `${server} speaks no version of TLS, or no cipher, that we do`,
    advice: 'switch TLS 1.2 or 1.3 on at the server',
  },
  {
    pattern: /^(?:ERR_TLS|ERR_SSL|CERT_|CRL_|EPROTO)/,
    code: 'tls',
    say: (server, { code }) => `the TLS connection with ${server} failed (${code})`,
    advice: 'check certificate and TLS settings of the server',
  },
];

/** Undefined for an error that is in no list. `asked`: the server, where the error does not name another, such as a proxy. */
export function faultWords(error: SystemError, asked: string): FaultWords | undefined {
  const text = `${error.code} ${error.message}`;
  const row = rows.find(({ pattern }) => pattern.test(text));
  if (row === undefined) return undefined;
  const { code, advice } = row;
  const message = row.say(serverOf(error, asked), error);
  return advice === undefined ? { code, message } : { code, message, advice };
}

/** `asked` is what people wrote; an address, such as a proxy's, stands beside it where it is another one. */
function serverOf({ hostname, address, port }: SystemError, asked: string): string {
  const named = [hostname, address].find((name): name is string => typeof name === 'string' && name !== '');
  if (named === undefined) return asked;
  const host = named.includes(':') ? `[${named}]` : named;
  const place = typeof port === 'number' ? `${host}:${port}` : host;
  if (asked === '') return place;
  return asked === host || asked === place || asked.startsWith(`${host}:`) ? asked : `${asked} (${place})`;
}
