/** Sources of credentials and what a fetched one holds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSecretSource, splitUserPassword } from '../../../../src/core/config/keys/secret-source.ts';

const secret = { kind: 'secret', namespace: 'ns', name: 'name', field: 'field' };
const pullSecret = { kind: 'pullsecret', namespace: 'ns', name: 'name' };

describe('parseSecretSource', () => {
  it.each([
    ['K-01', 'secret:ns/name#field', secret],
    ['K-02', 'pullsecret:ns/name', pullSecret],
    ['K-03', 'env:FOO', { kind: 'env', name: 'FOO' }],
    ['K-03', 'ext:/a/b.sh', { kind: 'ext', path: '/a/b.sh' }],
    ['K-04', 'gcr.io=secret:ns/name#field', secret],
    ['K-04', 'gcr.io=pullsecret:ns/name', pullSecret],
    ['K-05', 'https://gcr.io=pullsecret:ns/name', pullSecret],
    ['K-05', 'gcr.io:443=pullsecret:ns/name', pullSecret],
    ['K-06', 'PullSecret:ns/name', pullSecret],
    ['K-06', 'SECRET:ns/name#field', secret],
    ['K-10', 'pullsecret:ns/name#f', { ...pullSecret, name: 'name#f' }],
    ['K-11 trimmed', ' secret:ns/name#field ', secret],
    ['K-12 trimmed', 'secret: ns/name#field', secret],
    ['K-14', 'ext:rel/path', { kind: 'ext', path: 'rel/path' }],
  ])('%s %s', (_, text, source) => {
    expect(parseSecretSource(text)).toEqual({ ok: true, value: source });
  });

  it.each([
    ['K-07', '=secret:ns/name#f'],
    ['K-07', 'gcr.io='],
    ['K-07', 'gcr.io=secrets:ns/n#f'],
    ['K-08', 'secret:ns/name#'],
    ['K-08', 'secret:ns/name'],
    ['K-08', 'secret:/name#f'],
    ['K-08', 'secret:ns/#f'],
    ['K-08', 'secret:'],
    ['K-08', 'secret:ns/name#a#b'],
    ['K-09', 'pullsecret:/name'],
    ['K-09', 'pullsecret:ns'],
    ['K-09', 'pullsecret:a/b/c'],
    ['K-13', 'env:A=B'],
    ['K-13', 'env:'],
    ['K-13', 'ext:/a:b'],
    ['K-13', 'foo/bar'],
    ['K-13', 'helm:x'],
    ['K-13', ''],
    ['a step in a URL path', 'pullsecret:ns/..'],
    ['a step in a URL path', 'secret:./name#f'],
  ])('%s "%s" is refused', (_, text) => {
    const source = parseSecretSource(text);

    expect(source).toMatchObject({ ok: false, failure: { kind: 'config' } });
    expect(!source.ok && source.failure.message).toMatch(
      /^credential source ".*": expected one of pullsecret:/,
    );
  });

  it('does not repeat what may be a password', () => {
    const source = parseSecretSource('admin:hunter2');

    expect(JSON.stringify(source)).not.toContain('hunter2');
  });

  it('takes any text without throwing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(typeof parseSecretSource(text).ok).toBe('boolean');
      }),
    );
  });
});

describe('splitUserPassword', () => {
  it.each([
    ['K-20', 'secret', 'u:p', 'u', 'p'],
    ['K-20', 'secret', 'u:p:q', 'u', 'p:q'],
    ['K-21', 'secret', 'u:', 'u', ''],
    ['K-21', 'secret', ':p', '', 'p'],
    ['K-21', 'secret', ':', '', ''],
    ['K-23, #21, 11-S7 line end cut', 'secret', 'u:p\n', 'u', 'p'],
    ['K-23, #21, 11-S7 line end cut', 'secret', 'u:p\r\n\n', 'u', 'p'],
    ['K-24', 'env', 'foo:bar', 'foo', 'bar'],
    ['K-24', 'env', 'u:p:q', 'u', 'p:q'],
    ['K-26, #21', 'ext', 'username:password\n', 'username', 'password'],
    ['blanks belong to the password', 'ext', 'u: p ', 'u', ' p '],
  ] as const)('%s %s %j', (_, kind, text, username, password) => {
    expect(splitUserPassword(text, kind)).toEqual({ ok: true, value: { username, password } });
  });

  it.each([
    ['a whole environment', 'HOME=/\nPATH=/bin:/usr/bin\nARGOCD_TOKEN=secretword'],
    ['a line break in the password', 'u:secret\nword'],
    ['a line break in the user', 'se\r\ncret:word'],
    ['a tab', 'u:secret\tword'],
    ['a NUL', 'u\0:secretword'],
    ['a control character of Latin-1', 'u:secret\u0085word'],
  ])('fault A10: %s is no login, and is not repeated', (_, text) => {
    for (const kind of ['secret', 'env', 'ext'] as const) {
      const credential = splitUserPassword(text, kind);

      expect(credential).toMatchObject({
        ok: false,
        failure: { message: expect.stringContaining('control character') },
      });
      expect(JSON.stringify(credential)).not.toMatch(/secret|ARGOCD_TOKEN/);
    }
  });

  it.each([
    ['K-22', 'secret', 'secretword'],
    ['K-22', 'secret', ''],
    ['K-25', 'env', ''],
    ['K-25', 'env', 'babayaga'],
    ['K-25', 'env', 'secretword:'],
    ['K-25', 'env', ':secretword'],
    ['K-25', 'env', ':'],
    ['K-27', 'ext', 'secretword'],
  ] as const)('%s %s %j is refused without repeating it', (_, kind, text) => {
    const credential = splitUserPassword(text, kind);

    expect(credential).toMatchObject({ ok: false, failure: { kind: 'config' } });
    expect(JSON.stringify(credential)).not.toMatch(/secretword|babayaga/);
  });
});
