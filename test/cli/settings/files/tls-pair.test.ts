/** Certificate and key, and what is wrong with them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadPossiblePair, type TlsPair } from '../../../../src/cli/settings/files/tls-pair.ts';
import { makeCertificates } from '../../../fakes/tls.ts';
import { temporaryFolder } from '../../start-program.ts';

const [one, other] = [makeCertificates(), makeCertificates()];
afterAll(() => {
  one.remove();
  other.remove();
});
const nowMs = Date.parse(new Date().toISOString());
const dayMs = 86_400_000;

function folderOf(cert: string | null, key: string | null): string {
  const folder = temporaryFolder();
  if (cert !== null) writeFileSync(join(folder, 'tls.crt'), cert);
  if (key !== null) writeFileSync(join(folder, 'tls.key'), key);
  return folder;
}

const load = (folder: string, atMs: number, before?: TlsPair) => loadPossiblePair(folder, atMs, before);

describe('certificate and key', () => {
  it('are read with the chain behind the certificate', async () => {
    const cert = one.cert + one.ca;

    expect(await load(folderOf(cert, one.key), nowMs)).toEqual({
      ok: true,
      value: { value: { cert, key: one.key }, warnings: [] },
    });
  });

  it.each<[string, string | null, string | null, RegExp]>([
    ['no certificate', null, one.key, /tls\.crt: there is no certificate$/],
    ['an empty certificate', ' \n', one.key, /tls\.crt: there is no certificate$/],
    ['no key', one.cert, null, /tls\.key: there is no key$/],
    ['a certificate that is none', 'nonsense', one.key, /tls\.crt: it is no certificate in PEM$/],
    ['a certificate that is cut', one.cert.slice(0, 200), one.key, /tls\.crt: it is no certificate in PEM$/],
    [
      'a key that is none',
      one.cert,
      'nonsense',
      /tls\.key: it is no private key in PEM without a passphrase$/,
    ],
    ['a certificate in place of the key', one.cert, one.cert, /tls\.key: it is no private key/],
    ['the key of another certificate', one.cert, other.key, /tls\.key: it is not the key of \S+tls\.crt$/],
    ['a file that is too large', one.cert + '#'.repeat(1 << 20), one.key, /tls\.crt: larger than/],
  ])('are refused: %s', async (_, cert, key, reason) => {
    const loaded = await load(folderOf(cert, key), nowMs);

    expect(loaded).toMatchObject({
      ok: false,
      failure: { message: expect.stringMatching(reason) as string },
    });
    expect(JSON.stringify(loaded)).not.toContain(one.key.split('\n')[1]);
  });

  it.each([
    [40 * dayMs, /tls\.crt: the certificate has expired on /],
    [-40 * dayMs, /tls\.crt: the certificate is not valid before /],
  ])('are warned of out of their time: %s ms from now', async (ms, warning) => {
    const loaded = await load(folderOf(one.cert, one.key), nowMs + ms);

    expect(loaded).toMatchObject({
      ok: true,
      value: { warnings: [expect.stringMatching(warning) as string] },
    });
  });

  it.each([
    [null, null],
    ['', ' \n'],
  ])('may be made later: %j and %j are none', async (cert, key) => {
    const none = { ok: true, value: { value: undefined, warnings: [] } };

    expect(await load(folderOf(cert, key), nowMs)).toEqual(none);
    expect(await load('/none', nowMs)).toEqual(none);
  });

  it('are missed once they were in force: nobody is answered without TLS again', async () => {
    const { cert, key } = one;

    expect(await load(folderOf(null, null), nowMs, { cert, key })).toMatchObject({
      ok: false,
      failure: { message: expect.stringMatching(/tls\.crt: there is no certificate$/) as string },
    });
  });
});
