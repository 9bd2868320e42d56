import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failed } from '../../../src/core/base/outcome.ts';
import { argoComparableUrl, parseRemoteUrl, withoutUserinfo } from '../../../src/git/login/url.ts';

describe('repository URLs', () => {
  it.each([
    [
      'https://git.example.com/ops/deploy.git',
      'https',
      'https://git.example.com/ops/deploy.git',
      'git.example.com',
    ],
    ['http://127.0.0.1:8080/a/b', 'http', 'http://127.0.0.1:8080/a/b', '127.0.0.1'],
    [
      'https://bot:pa55@git.example.com/x.git?token=1#y',
      'https',
      'https://git.example.com/x.git',
      'git.example.com',
    ],
    ['git@git.example.com:ops/deploy.git', 'ssh', 'git.example.com:ops/deploy.git', 'git.example.com'],
    ['git.example.com:ops/deploy.git', 'ssh', 'git.example.com:ops/deploy.git', 'git.example.com'],
    ['ssh://git@git.example.com:2222/ops/x', 'ssh', 'ssh://git.example.com:2222/ops/x', 'git.example.com'],
    ['ssh://git:pa55@git.example.com/x', 'ssh', 'ssh://git.example.com/x', 'git.example.com'],
    ['file:///srv/git/x.git', 'local', 'file:///srv/git/x.git', ''],
    ['/srv/git/x.git', 'local', '/srv/git/x.git', ''],
  ])('%s is reached by %s and shown as %s', (written, transport, displayUrl, hostname) => {
    const remote = parseRemoteUrl(written);

    expect(remote).toMatchObject({ transport, displayUrl, hostname });
    expect(remote.url).not.toContain('pa55');
  });

  it('takes user and password out of an https URL', () => {
    expect(parseRemoteUrl('https://b%40t:p%3Aw@h.example/x')).toMatchObject({
      url: 'https://h.example/x',
      userinfo: { username: 'b@t', password: 'p:w' },
    });
  });

  it.each([
    'ext::sh -c true',
    '--upload-pack=x',
    'git://h.example/x',
    'relative/path',
    'file://host/share',
    'https://',
    '',
    'host:a\nb',
    'fd::3',
  ])('refuses %j', (written) => {
    expect(() => parseRemoteUrl(written)).toThrow(/expected https:\/\//);
  });

  it('refuses with a failure, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        try {
          expect(parseRemoteUrl(text).displayUrl).not.toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(Failed);
        }
      }),
    );
  });

  it('never shows user or password', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9]{8,12}$/);
    fc.assert(
      fc.property(part, part, (user, password) => {
        const url = `https://${user}:${password}@host.example/path`;
        expect(withoutUserinfo(`fatal: unable to access '${url}/': x`)).not.toContain(password);
        expect(parseRemoteUrl(url).displayUrl).toBe('https://host.example/path');
      }),
    );
  });
});

describe('URLs as Argo CD compares them (writeback.md 7.2)', () => {
  it.each([
    ['git@h.example:acme/x.git', 'ssh://git@h.example/acme/x', true],
    ['https://H.example/Acme/X', 'https://h.example/acme/x.git', true],
    [' https://h.example/x ', 'https://h.example/x', true],
    ['https://h/x.git/', 'https://h/x', false],
    ['https://h/x', 'git@h:x', false],
    ['https://h:443/x', 'https://h/x', false],
    ['http://h/x', 'https://h/x', false],
    ['https://h/x.git.git', 'https://h/x', false],
  ])('%s and %s: the same is %s', (one, other, same) => {
    expect(argoComparableUrl(one) === argoComparableUrl(other)).toBe(same);
  });
});
