/** Which repository a Git URL means. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayBeRepository, repositoryIdentity, withoutLogin } from '../../../src/core/base/git-url.ts';

describe('withoutLogin', () => {
  it.each([
    ['https://user:secret@h.example/x.git', 'https://h.example/x.git'],
    ['https://user:s/cr@et@h.example/x', 'https://h.example/x'],
    ['https://user:s cr\net@h.example/x', 'https://h.example/x'],
    ['ssh://git@h.example:22/x', 'ssh://h.example:22/x'],
    ['https://h.example/x', 'https://h.example/x'],
    ['git@h.example:acme/x', 'git@h.example:acme/x'],
  ])('%j is told as %s', (url, told) => {
    expect(withoutLogin(url)).toBe(told);
  });
});

describe('mayBeRepository', () => {
  it.each([
    ['https://h.example/x', true],
    ['git@h.example:acme/x', true],
    ['/srv/git/x', true],
    ['my repo', false],
    ['', false],
  ])('%j: %s', (text, may) => {
    expect(mayBeRepository(text)).toBe(may);
  });
});

describe('repositoryIdentity', () => {
  it.each([
    ['https://h.example/acme/x', 'h.example/acme/x'],
    ['https://H.Example/acme/x.git', 'h.example/acme/x'],
    ['https://user:secret@h.example/acme/x.git/', 'h.example/acme/x'],
    ['https://h.example:443/acme//x', 'h.example/acme/x'],
    ['http://h.example:8080/acme/x', 'h.example:8080/acme/x'],
    ['git@h.example:acme/x.git', 'h.example/acme/x'],
    ['h.example:acme/x', 'h.example/acme/x'],
    ['ssh://git@H.example/acme/x', 'h.example/acme/x'],
    ['ssh://git@h.example:2222/acme/x.git', 'h.example:2222/acme/x'],
    ['https://h.example/Acme/X.git', 'h.example/Acme/X'],
    ['file:///srv/git/x.git', '/srv/git/x'],
    ['/srv/git/x.git', '/srv/git/x'],
    [' https://h.example/x ', 'h.example/x'],
  ])('%s is %s', (url, identity) => {
    expect(repositoryIdentity(url)).toBe(identity);
  });

  it('takes any text without throwing', () => {
    fc.assert(fc.property(fc.string(), (url) => typeof repositoryIdentity(url) === 'string'));
  });
});
