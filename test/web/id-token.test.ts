import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkIdToken, type KeyOf } from '../../src/web/webhook/id-token.ts';
import { confusedToken, encoded, makeIssuer, signedToken } from './tokens.ts';

const issuer = makeIssuer('key-1');
const stranger = makeIssuer('key-1');
const nowMs = Date.UTC(2026, 2, 1, 12);
const now = nowMs / 1000;
const expected = {
  issuers: ['https://accounts.google.com', 'accounts.google.com'],
  audience: 'https://updater.example.com/webhook',
  emails: ['push@acme.iam.gserviceaccount.com', 'second@acme.iam.gserviceaccount.com'],
};
const claims = {
  iss: 'https://accounts.google.com',
  aud: expected.audience,
  exp: now + 3600,
  iat: now,
  email: 'push@acme.iam.gserviceaccount.com',
  email_verified: true,
  sub: '1',
};
const keyOf: KeyOf = async (id) => (id === issuer.id ? issuer.publicKey : undefined);
const check = (token: string, keys = keyOf) => checkIdToken(token, expected, keys, nowMs);
const without = (name: keyof typeof claims) => ({ ...claims, [name]: undefined });

describe('an ID token', () => {
  it.each<[string, object]>([
    ['as Google makes it', claims],
    ['of the issuer without a scheme', { ...claims, iss: 'accounts.google.com' }],
    ['of another account that may send', { ...claims, email: expected.emails[1] }],
    ['of an account in capitals', { ...claims, email: 'Push@Acme.iam.gserviceaccount.com' }],
    ['for several audiences', { ...claims, aud: ['other', expected.audience] }],
    ['that has just expired, by another clock', { ...claims, exp: now - 59 }],
    ['of a clock that goes ahead', { ...claims, iat: now + 59 }],
    ['without the time it was made at', without('iat')],
  ])('is good %s', async (_, said) => {
    expect(await check(signedToken(issuer, said))).toEqual({ kind: 'proven' });
  });

  it.each<[string, object, string]>([
    [
      'of another issuer',
      { ...claims, iss: 'https://accounts.google.com.evil.example' },
      'it is of another issuer',
    ],
    ['without issuer', without('iss'), 'it lacks issuer'],
    ['for another audience', { ...claims, aud: 'https://other.example.com/' }, 'it is for another audience'],
    ['for a longer audience', { ...claims, aud: `${expected.audience}/more` }, 'it is for another audience'],
    ['for no audience', { ...claims, aud: [] }, 'it is for another audience'],
    ['without audience', without('aud'), 'it lacks issuer, audience'],
    [
      'of another account',
      { ...claims, email: 'eve@evil.iam.gserviceaccount.com' },
      'it is of another account',
    ],
    ['of an address that is not verified', { ...claims, email_verified: false }, 'a verified e-mail address'],
    ['of an address verified in words', { ...claims, email_verified: 'true' }, 'a verified e-mail address'],
    ['without an address', without('email'), 'a verified e-mail address'],
    ['that has expired', { ...claims, exp: now - 61 }, 'it has expired'],
    ['without an end', without('exp'), 'it lacks issuer, audience, end'],
    ['with an end in words', { ...claims, exp: String(now + 60) }, 'it lacks issuer, audience, end'],
    ['made in the future', { ...claims, iat: now + 61 }, 'it is not valid yet'],
    ['valid from later on', { ...claims, nbf: now + 61 }, 'it is not valid yet'],
  ])('is wrong %s', async (_, said, reason) => {
    const verdict = await check(signedToken(issuer, said));

    expect(verdict).toEqual({ kind: 'wrong', reason: expect.stringContaining(reason) as string });
  });

  const good = signedToken(issuer, claims);
  const [head = '', payload = '', signature = ''] = good.split('.');
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ofElliptic = (alg: string): string => {
    const content = `${encoded({ alg, kid: 'key-1' })}.${payload}`;
    return `${content}.${sign('sha256', Buffer.from(content), elliptic.privateKey).toString('base64url')}`;
  };

  it.each<[string, string, string]>([
    ['forged: signed by a key of the same name', signedToken(stranger, claims), 'its signature is wrong'],
    [
      'forged: other claims under a good signature',
      `${head}.${encoded({ ...claims, email: 'a@b' })}.${signature}`,
      'its signature is wrong',
    ],
    ['of a key that nobody knows', signedToken({ ...issuer, id: 'key-9' }, claims), 'no key of the issuer'],
    ['without the name of a key', signedToken(issuer, claims, { kid: undefined }), 'not signed with RS256'],
    [
      'with an endless name of a key',
      signedToken(issuer, claims, { kid: 'k'.repeat(201) }),
      'not signed with RS256',
    ],
    [
      'with extensions that nobody knows',
      signedToken(issuer, claims, { crit: ['exp'] }),
      'not signed with RS256',
    ],
    ['of alg none', `${encoded({ alg: 'none', kid: 'key-1' })}.${payload}.`, 'it is no signed token'],
    [
      'of alg none, with a signature',
      `${encoded({ alg: 'none', kid: 'key-1' })}.${payload}.${signature}`,
      'not signed with RS256',
    ],
    ['of alg None', signedToken(issuer, claims, { alg: 'None' }), 'not signed with RS256'],
    ['of alg HS256, signed with the public key', confusedToken(issuer, claims), 'not signed with RS256'],
    ['of alg RS512', signedToken(issuer, claims, { alg: 'RS512' }), 'not signed with RS256'],
    ['of alg PS256', signedToken(issuer, claims, { alg: 'PS256' }), 'not signed with RS256'],
    ['of alg ES256', ofElliptic('ES256'), 'not signed with RS256'],
    ['of an elliptic key that says RS256', ofElliptic('RS256'), 'its signature is wrong'],
    [
      'that brings its own key',
      signedToken(stranger, claims, { jwk: stranger.entry, kid: 'key-1' }),
      'its signature is wrong',
    ],
    ['with an empty signature', `${head}.${payload}.`, 'it is no signed token'],
    ['with a cut signature', good.slice(0, -4), 'its signature is wrong'],
    ['with four parts', `${good}.x`, 'it is no signed token'],
    ['of nothing', '', 'it is no signed token'],
    ['of dots', '...', 'it is no signed token'],
    ['of bytes that are no text of base64url', `${head}=.${payload}.${signature}`, 'not signed with RS256'],
  ])('is wrong %s', async (_, token, reason) => {
    const verdict = await check(token);

    expect(verdict).toEqual({ kind: 'wrong', reason: expect.stringContaining(reason) as string });
  });

  it('is wrong where the issuer has published a key of another kind', async () => {
    expect(await check(ofElliptic('RS256'), async () => elliptic.publicKey)).toMatchObject({ kind: 'wrong' });
  });

  it('is not judged where the keys cannot be had', async () => {
    expect(await check(good, async () => 'no answer')).toEqual({ kind: 'unknown', reason: 'no answer' });
  });

  it('property: is good with no byte changed, and whatever the text is, there is a verdict', async () => {
    const changed = fc
      .tuple(fc.nat(good.length - 1), fc.constantFrom(...'ABCxyz019-_.='.split('')))
      .map(([at, char]) => good.slice(0, at) + char + good.slice(at + 1))
      // the last characters of a part hold bits that mean nothing
      .filter((token) => token !== good && !isSameBytes(token, good));
    await fc.assert(
      fc.asyncProperty(fc.oneof(changed, fc.string(), fc.string().map(encoded)), async (token) => {
        expect((await check(token)).kind).toBe('wrong');
      }),
    );
  });
});

function isSameBytes(one: string, other: string): boolean {
  const bytes = (token: string) =>
    token.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'));
  const [oneParts, otherParts] = [one.split('.').slice(0, 2), other.split('.').slice(0, 2)];
  return oneParts.join('.') === otherParts.join('.') && bytes(one).join() === bytes(other).join();
}
