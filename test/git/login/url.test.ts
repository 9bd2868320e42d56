import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failed } from '../../../src/core/base/outcome.ts';
import { coversUrl, isSameUrl, readUrlScope } from '../../../src/git/login/url-scope.ts';
import { parseRemoteUrl } from '../../../src/git/login/url.ts';
import { withoutUserinfo } from '../../../src/net/words/foreign-words.ts';
import { generatedRuns } from '../../generated-runs.ts';

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
    // What git, the server or a proxy would decode into another host or folder.
    'https://h.example/acme/..%2fother/x',
    'https://h.example/acme/%252e%252e/other/x',
    'https://h.example/acme/..%5cother/x',
    'https://h.example/x%0ay',
    'ssh://evil.example%2Fx@git.example.com/acme/x',
    'ssh://-oProxyCommand=x@git.example.com/acme/x',
    'ssh://git@git.example.com%2f.evil.example/x',
    'ssh://git@h.example/acme/..%2fother/x',
    'git@h.example:../other/x',
    'git@h.example:~me/../other/x',
    // Not text that can be decoded.
    'https://us%zzer@h.example/x',
    'file:///srv/%zz',
    'https://u%0d%0aX:p@h.example/x',
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

function scopeOf(url: string) {
  const scope = readUrlScope(url);
  if (scope === undefined) throw new Error(`no URL: ${url}`);
  return scope;
}

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
    expect(isSameUrl(scopeOf(one), scopeOf(other))).toBe(same);
  });
});

describe('fault A1: a login goes to the place that it was written down for', () => {
  it.each([
    ['https://git.example.com', 'https://git.example.com/acme/x.git', true],
    ['https://git.example.com/acme/', 'https://git.example.com/acme/x', true],
    ['https://git.example.com/acme', 'https://git.example.com/acme-labs/x', true], // as Argo CD
    ['https://git.example.com/acme/', 'https://someone@git.example.com/acme/x', true],
    ['https://git.example.com/acme/', 'https://git.example.com/other/../acme/x', true],
    ['https://git.example.com', 'https://git.example.com@evil.example/x.git', false],
    ['https://git.example.com', 'https://git.example.com:443@evil.example/x.git', false],
    ['https://git.example.com', 'https://git.example.com.evil.example/x.git', false],
    ['https://git.example.com', 'https://git.example.com:8443/x.git', false],
    ['https://git.example.com', 'http://git.example.com/x.git', false],
    ['https://git.example.com', 'https://evil.example\\@git.example.com/x.git', false],
    ['https://git.example.com', 'https://evil.example/https://git.example.com/x', false],
    ['https://git.ex', 'https://git.example.com/x.git', false],
    ['https://', 'https://evil.example/x.git', false],
    ['', 'https://evil.example/x.git', false],
    ['http://h/acme/', 'http://h/acme/../other/x.git', false],
    ['http://h/acme/', 'http://h/acme/%2e%2e/other/x.git', false],
    ['http://h/acme/', 'http://h/acme/.%2E/other/x.git', false],
    ['http://h/acme/', 'http://h/acme\\..\\other/x.git', false],
    ['git@git.example.com', 'git@git.example.com:acme/x', true],
    ['git@git.example.com:', 'ssh://git@git.example.com/acme/x', true],
    ['git@git.example.com:acme/', 'git@git.example.com:acme/x', true],
    ['git@git.example.com', 'git@git.example.com.evil.example:acme/x', false],
    ['git@git.example.com', 'ssh://git@git.example.com@evil.example/x', false],
    ['git@git.example.com', 'ssh://git@git.example.com:2222/x', false],
    ['git@git.example.com', 'root@git.example.com:acme/x', false],
    ['ssh://git@git.example.com', 'ssh://git@git.example.community/x', false],
    ['git@git.example.com:acme/', 'git@git.example.com:acme/../other/x', false],
    ['ssh://git@git.example.com/acme/', 'ssh://git@git.example.com/acme/%2e%2e/other/x', false],
    ['https://git.example.com', 'git@git.example.com:acme/x', false],
  ])('template %j serves %j: %s', (template, repository, serves) => {
    const scope = readUrlScope(template);

    expect(scope !== undefined && coversUrl(scope, scopeOf(repository))).toBe(serves);
  });

  it('never another host than the one of the template, whatever the texts', () => {
    const piece = fc.constantFrom(
      'git.example.com',
      'evil.example',
      '@',
      ':',
      '443',
      '/',
      '\\\\',
      '.',
      '..',
      '%2e',
      '?',
      '#',
      'a',
    );
    const text = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));
    const scheme = fc.constantFrom('https://', 'http://', 'ssh://', 'ssh://git@', 'git@');
    const template = fc.constantFrom(
      'https://git.example.com',
      'http://git.example.com/a',
      'git@git.example.com',
    );
    fc.assert(
      fc.property(template, scheme, text, (secretUrl, start, rest) => {
        if (start === 'git@' && /^[^:]*:?$/.test(rest)) return; // no repository, but a fine template
        const [scope, wanted] = [readUrlScope(secretUrl), readUrlScope(start + rest)];
        if (scope === undefined || wanted === undefined || !coversUrl(scope, wanted)) return;
        expect(parseRemoteUrl(start + rest).hostname).toBe('git.example.com');
      }),
      { numRuns: generatedRuns(3000) },
    );
  });

  it('leaves a URL with a password of its own to that password', () => {
    const wanted = scopeOf('https://u:p@h.example/acme/x');

    expect(coversUrl(scopeOf('https://h.example/'), wanted)).toBe(false);
    expect(coversUrl(scopeOf('https://u:p@h.example/'), wanted)).toBe(true);
  });

  it.each([
    ['https://h.example/a/../b/./x', 'https://h.example/b/x'],
    ['git@h.example:a/../b/x', 'git@h.example:b/x'],
    ['ssh://git@h.example/a/%2e%2e/b/x', 'ssh://git@h.example/b/x'],
  ])('%s is what git is given too: %s', (written, url) => {
    expect(parseRemoteUrl(written).url).toBe(url);
  });
});
