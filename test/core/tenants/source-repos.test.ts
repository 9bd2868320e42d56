/** `sourceRepos` against Argo CD's own judgement. */
import { describe, expect, it } from 'vitest';
import { makeSourceJudge, normalizeGitUrl } from '../../../src/core/tenants/source-repos.ts';

describe('a repository URL is compared', () => {
  it.each([
    ['https://GitHub.com/Acme/Shop.git', 'https://github.com/acme/shop'],
    ['  https://github.com/acme/shop  ', 'https://github.com/acme/shop'],
    ['https://github.com/acme/shop.git/', 'https://github.com/acme/shop.git/'],
    ['https://github.com/acme/shop/', 'https://github.com/acme/shop/'],
    ['https://github.com:443/acme/shop', 'https://github.com:443/acme/shop'],
    ['git@github.com:acme/shop.git', 'git@github.com/acme/shop'],
    ['ssh://git@github.com/acme/shop', 'git@github.com/acme/shop'],
    ['ssh://git@github.com:22/acme/shop.git', 'git@github.com:22/acme/shop'],
    ['github.com:acme/shop', 'github.com:acme/shop'],
    ['ssh://github.com/acme/shop', 'github.com/acme/shop'],
    ['https://user:pass@github.com/x', 'https://user:pass@github.com/x'],
    ['https://user@github.com/x', 'https://user@github.com/x'],
    ['https://github.com@evil.example/x', 'https://github.com@evil.example/x'],
    ['https://h/a b', 'https://h/a%20b'],
    ['https://h/ä', 'https://h/%C3%A4'],
    ['https://h/%73ecret', 'https://h/%73ecret'],
    ['https://h/x?a=B', 'https://h/x?a=b'],
    ['https://h/x?', 'https://h/x?'],
    ['https://h/x#y z', 'https://h/x#y%20z'],
    ['https://*.example.com/**', 'https://*.example.com/**'],
    ['https://h/{a,b}/*', 'https://h/%7Ba,b%7D/%2A'],
    ['*@github.com:acme/*', '%2A@github.com/acme/*'],
    ['file:///srv/x.git', 'file:///srv/x'],
    ['/srv/x.git', '/srv/x'],
    ['*', '*'],
    ['', ''],
    ['https://h/%zz', ''],
    ['https://h:port/x', ''],
    ['https://{a,b}/x', ''],
    ['https://a b/x', ''],
    ['https://a\\b@h/x', ''],
    ['a:b/c', 'a:b/c'],
    ['1:b', ''],
    [':x', ''],
    ['https://h/\u0001', ''],
  ])('fault A10: %j as %j', (written, normalized) => {
    expect(normalizeGitUrl(written)).toBe(normalized);
  });
});

describe('sourceRepos', () => {
  const shop = 'https://github.com/acme/shop';

  it.each<readonly [readonly string[], string, boolean]>([
    [['*'], shop, true],
    [['*'], 'git@github.com:acme/shop.git', true],
    [[], shop, false],
    [[shop], shop, true],
    [[shop], `${shop}.git`, true],
    [[`${shop}.git`], 'https://GITHUB.com/acme/shop', true],
    [[shop], 'git@github.com:acme/shop.git', false],
    [[shop], `${shop}/`, false],
    [[shop], `${shop}2`, false],
    [['https://github.com/acme/*'], shop, true],
    [['https://github.com/acme/*'], `${shop}/sub`, false],
    [['https://github.com/*'], shop, false],
    [['https://github.com/**'], shop, true],
    [['https://github.com/*/*'], shop, true],
    [['https://*/**'], shop, true],
    [['*/shop'], shop, false],
    [['**/shop'], shop, true],
    [['https://github.com/acme/sho?'], shop, true],
    [['https://github.com/acme/s[gh]op'], shop, true],
    [['https://github.com/acme/s[!h]op'], shop, false],
    [['https://github.com/acme/s[a-z]op'], shop, true],
    [['https://github.com/acme/s[z-a]op'], shop, false],
    [['https://github.com/acme/s[]op'], shop, false],
    [['https://github.com/{acme,other}/shop'], shop, false],
    [['https://github.com/acme/?{hop,x}'], shop, true],
    [['https://github.com/acme/**'], 'https://github.com@evil.example/acme/shop', false],
    [['https://github.com**'], 'https://github.com@evil.example/acme/shop', true],
    [['git@github.com:acme/*'], 'git@github.com:acme/shop.git', true],
    [['git@github.com:acme/*'], 'ssh://git@github.com/acme/shop', true],
    [['git@github.com:acme/*'], 'git@evil.example:acme/shop', false],
    [['*', '!https://github.com/acme/*'], shop, false],
    [['!https://github.com/acme/*', '*'], shop, false],
    [['*', '!https://github.com/other/*'], shop, true],
    [['!https://github.com/other/*'], shop, true],
    [['!*'], shop, true], // a star stops at slashes
    [['!**'], shop, false],
    [[`!${shop}.git`, '*'], shop, false],
    [['!git@github.com:acme/shop', '*'], 'git@github.com:acme/shop.git', false],
    // what git is given has no such steps, the text that is compared has
    [['https://github.com/acme/**'], 'https://github.com/acme/../other/shop', false],
    [['https://github.com/acme/**'], 'https://github.com/acme/%2E%2e/other/shop', false],
    [['https://github.com/acme/**'], 'https://github.com/acme/.', false],
    [['git@github.com:acme/**'], 'git@github.com:acme/../other/shop', false],
    [['git@github.com:**'], 'git@github.com:../other/shop', false],
    [['https://github.com/acme/**'], 'https://github.com/acme\\..\\other', false],
    [['https://github.com/acme/*'], 'https://github.com/acme/.github', true],
    [['https://{x}/'], 'https://{y}/', false],
    [['*'], 'https://{y}/', false],
  ])('fault A10: %j judge %s: %s', (sourceRepos, url, isPermitted) => {
    expect(makeSourceJudge(sourceRepos)(url)).toBe(isPermitted);
  });

  it('are judged in time that is linear in the URL', () => {
    const judge = makeSourceJudge([`https://h/${'**a'.repeat(300)}b`, `https://h/${'*a'.repeat(300)}b`]);

    expect(judge(`https://h/${'a'.repeat(2000)}`)).toBe(false);
  });
});
