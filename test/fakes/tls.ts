/** Certificates for local servers, made by openssl: an own authority and what it signed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CertificateFiles {
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
  /** Certificate of the authority that signed it. */
  readonly ca: string;
  readonly certPath: string;
  readonly keyPath: string;
  readonly caPath: string;
}

export interface Certificates extends CertificateFiles {
  remove(): void;
}

/** A server certificate for 127.0.0.1, localhost and the given names, under a fresh authority. */
export function makeCertificates(...names: readonly string[]): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-tls-'));
  const path = (name: string) => join(folder, name);
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '30',
    '-subj',
    '/CN=test authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
  );
  openssl('req', ...newKey, '-subj', '/CN=test server', '-keyout', 'server.key', '-out', 'server.csr');
  const hosts = ['IP:127.0.0.1', ...['localhost', ...names].map((name) => `DNS:${name}`)];
  writeFileSync(path('names'), `subjectAltName=${hosts.join(',')}\n`);
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '30',
    '-extfile',
    'names',
    '-out',
    'server.crt',
  );
  return {
    cert: readFileSync(path('server.crt'), 'utf8'),
    key: readFileSync(path('server.key'), 'utf8'),
    ca: readFileSync(path('ca.crt'), 'utf8'),
    certPath: path('server.crt'),
    keyPath: path('server.key'),
    caPath: path('ca.crt'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
