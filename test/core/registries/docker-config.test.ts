/** Credentials out of Docker config JSON. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDockerCredential } from '../../../src/core/registries/docker-config.ts';

const auth = (text: string) => Buffer.from(text).toString('base64');
const hub = { apiUrl: 'https://registry-1.docker.io', prefix: 'docker.io' };
const ghcr = { apiUrl: 'https://ghcr.io', prefix: 'ghcr.io' };

function at(apiUrl: string, prefix = '') {
  return { apiUrl, prefix };
}

/** The user that is found among entries whose user is the key itself, or what is wrong. */
function userFor(
  endpoint: { apiUrl: string; prefix: string },
  repository: string,
  keys: readonly string[],
): string {
  const auths = Object.fromEntries(keys.map((key) => [key, { username: key, password: 'p' }]));
  const found = findDockerCredential(JSON.stringify({ auths }), '.dockerconfigjson', endpoint, repository);
  return found.ok ? found.value.username : 'none';
}

describe('which entry', () => {
  it.each([
    ['J-01', hub, 'https://registry-1.docker.io/v2/'],
    ['J-02', hub, 'registry-1.docker.io'],
    ['J-02', hub, 'http://registry-1.docker.io/'],
    ['J-03', at('https://registry-1.docker.io/'), 'https://registry-1.docker.io'],
    ['J-04, #8', hub, 'https://index.docker.io/v1/'],
    ['J-04, #8', hub, 'index.docker.io/v1'],
    ['J-04, #8', hub, 'docker.io'],
    ['J-04, #8', hub, 'https://docker.io/v2/'],
    ['J-06', ghcr, 'ghcr.io'],
    ['J-06', ghcr, 'https://ghcr.io'],
    ['J-06', ghcr, 'https://ghcr.io/org'],
    ['J-06', ghcr, 'ghcr.io/org/repo'],
    ['J-07', ghcr, 'http://ghcr.io'],
    ['J-07', ghcr, 'GHCR.io'],
    ['J-11', at('https://reg.example.com/proxy'), 'reg.example.com'],
    ['J-11', at('https://reg.example.com/proxy'), 'reg.example.com/proxy/org'],
    ['J-12', at('https://1.dkr.ecr.us-east-1.amazonaws.com'), '*.dkr.ecr.us-east-1.amazonaws.com'],
    ['wildcard with port', at('https://a.corp.example:5000'), '*.corp.example:5000'],
    ['own port of the scheme', at('https://ghcr.io'), 'ghcr.io:443'],
    ['own port of the scheme', at('http://reg:80'), 'http://reg'],
    ['prefix of the endpoint', at('https://10.0.0.1:8443', 'harbor.corp/team'), 'harbor.corp'],
  ])('%s: %j takes %s', (_, endpoint, key) => {
    expect(userFor(endpoint, 'org/repo', [key])).toBe(key);
  });

  it.each([
    ['J-05', at('https://gcr.io'), 'https://registry-1.docker.io/v2/'],
    ['J-08, 11-S5', ghcr, 'ghcr.io.evil.example'],
    ['#23', ghcr, 'evil-ghcr.io'],
    ['J-09', at('https://reg.example.com'), 'reg.example.com:5000'],
    ['J-10', at('https://reg.example.com:5000'), 'reg.example.com'],
    ['wildcard over two labels', at('https://a.b.corp.example'), '*.corp.example'],
    ['fault A16: a sibling path', ghcr, 'ghcr.io/other'],
    ['fault A16: a path below', ghcr, 'https://ghcr.io/v2/org/repo/sub'],
    ['fault A16: a path that begins alike', ghcr, 'ghcr.io/or'],
    ['wildcard with another path', at('https://a.corp.example'), '*.corp.example/other'],
    ['wildcard with another port', at('https://a.corp.example:5000'), '*.corp.example'],
    ['malformed wildcard', at('https://a.corp.example'), '[.corp.example'],
    ['Docker Hub for its mirror', at('https://mirror.corp', 'docker.io'), 'https://index.docker.io/v1/'],
    ['empty key', ghcr, ''],
  ])('%s: %j does not take %s', (_, endpoint, key) => {
    expect(userFor(endpoint, 'org/repo', [key])).toBe('none');
  });

  it.each([
    ['longest path', ['ghcr.io', 'ghcr.io/org', 'ghcr.io/org/repo'], 'ghcr.io/org/repo'],
    ['at a boundary', ['ghcr.io', 'ghcr.io/or', 'ghcr.io/org/rep'], 'ghcr.io'],
    ['exact host before pattern', ['*.io/org/repo', 'ghcr.io'], 'ghcr.io'],
  ])('%s of %j: %s', (_, keys, user) => {
    expect(userFor(ghcr, 'org/repo', keys)).toBe(user);
    expect(userFor(ghcr, 'org/repo', keys.toReversed())).toBe(user);
  });
});

function credential(entry: unknown, others: object = {}) {
  const config = JSON.stringify({ auths: { ...others, 'ghcr.io': entry } });
  return findDockerCredential(config, '.dockerconfigjson', ghcr, 'org/repo');
}

describe('what an entry holds', () => {
  it.each([
    ['auth', { auth: auth('u:p') }, { username: 'u', password: 'p' }],
    [
      'auth before username',
      { auth: auth('u:p'), username: 'x', password: 'y' },
      { username: 'u', password: 'p' },
    ],
    ['J-13', { username: 'u', password: 'p' }, { username: 'u', password: 'p' }],
    ['J-14 without padding', { auth: auth('u:pp').replace(/=+$/, '') }, { username: 'u', password: 'pp' }],
    ['J-15', { auth: auth(':p') }, { username: '', password: 'p' }],
    ['J-15', { auth: auth('u:') }, { username: 'u', password: '' }],
    ['J-15', { auth: auth('u:p:q') }, { username: 'u', password: 'p:q' }],
    ['J-15 line end cut', { auth: auth('u:p\n') }, { username: 'u', password: 'p' }],
    [
      'line breaks in base64',
      { auth: `${auth('user:pass').slice(0, 4)}\r\n${auth('user:pass').slice(4)}` },
      { username: 'user', password: 'pass' },
    ],
    ['identity token', { identitytoken: 't' }, { username: '', password: '', identityToken: 't' }],
    [
      'identity token with auth',
      { auth: auth('<token>:'), identitytoken: 't' },
      { username: '<token>', password: '', identityToken: 't' },
    ],
  ])('%s', (_, entry, value) => {
    expect(credential(entry)).toEqual({ ok: true, value });
  });

  it.each([
    ['J-14', { auth: '' }],
    ['J-14', { auth: '%%%' }],
    ['J-14', { auth: auth('secretword') }],
    ['J-16', 'secretword'],
    ['J-16', null],
    ['wrong type', { auth: 5 }],
    ['nothing', {}],
  ])('%s: %j is refused without repeating it', (_, entry) => {
    const found = credential(entry);

    expect(found).toMatchObject({
      ok: false,
      failure: { kind: 'config', message: expect.stringContaining('entry "ghcr.io"') },
    });
    expect(JSON.stringify(found)).not.toContain('secretword');
  });

  it('passes over malformed entries', () => {
    const found = credential(
      { username: 'u', password: 'p' },
      { 'ghcr.io/org': 5, 'https://ghcr.io/org/repo': { auth: '%' } },
    );

    expect(found).toEqual({ ok: true, value: { username: 'u', password: 'p' } });
  });
});

describe('the file', () => {
  it.each([
    ['J-16 auths is a list', '{"auths":[]}'],
    ['J-16 no auths', '{}'],
    ['J-16 registries at the top', '{"ghcr.io":{"auth":"dTpw"}}'],
    ['J-16 not JSON', 'secretword'],
    ['empty', ''],
    ['null', 'null'],
  ])('%s is refused', (_, text) => {
    const found = findDockerCredential(text, '.dockerconfigjson', ghcr, 'a');

    expect(found).toMatchObject({ ok: false });
    expect(JSON.stringify(found)).not.toContain('secretword');
  });

  it('.dockercfg has its entries at the top', () => {
    const found = findDockerCredential('{"ghcr.io":{"auth":"dTpw"}}', '.dockercfg', ghcr, 'a');

    expect(found).toEqual({ ok: true, value: { username: 'u', password: 'p' } });
  });

  it('takes any text and any keys without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.string(), fc.anything(), (text, key, value) => {
        const config = JSON.stringify({ auths: { [key]: value } }, (_, part) =>
          typeof part === 'bigint' ? 0 : part,
        );
        for (const json of [text, config]) {
          expect(typeof findDockerCredential(json, '.dockerconfigjson', ghcr, 'org/repo').ok).toBe('boolean');
        }
      }),
    );
  });
});
