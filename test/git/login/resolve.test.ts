import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessIdentity } from '../../../src/git/login/credential.ts';
import { privateKeyProblem } from '../../../src/git/login/private-key.ts';
import { resolveAccess } from '../../../src/git/login/resolve.ts';
import { parseRemoteUrl } from '../../../src/git/login/url.ts';
import { makeKey } from '../../fakes/sshd.ts';
import { failureOf, fakeSecrets, temporaryFolder } from '../builders.ts';

const { privateKey } = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

function named(values: Readonly<Record<string, string>>, repoURL = 'https://h.example/x') {
  const secrets = fakeSecrets({ secrets: { 'ns/creds': values } });
  const credentials = { kind: 'secret', namespace: 'ns', name: 'creds' } as const;
  return resolveAccess(secrets, parseRemoteUrl(repoURL), { repoURL, credentials, project: 'shop' });
}

function fromArgocd(values: Readonly<Record<string, string>> | undefined, repoURL = 'https://h.example/x') {
  const argocd = values === undefined ? {} : { repository: [{ url: repoURL, ...values }] };
  const wanted = { repoURL, credentials: { kind: 'repocreds' } as const, project: 'shop' };
  return resolveAccess(fakeSecrets({ argocd }), parseRemoteUrl(repoURL), wanted);
}

describe('credentials of a named Secret (writeback.md 7.1)', () => {
  const app = { githubAppID: '1', githubAppInstallationID: '2', githubAppPrivateKey: 'k' };

  it.each([
    [
      'user and password',
      { username: 'u', password: 'p\n' },
      { kind: 'basic', username: 'u', password: 'p' },
    ],
    ['a password alone', { password: 'p' }, { kind: 'basic', username: 'x-access-token', password: 'p' }],
    ['a token', { bearerToken: 't' }, { kind: 'bearer', token: 't' }],
    [
      'a GitHub App, even beside a password',
      { ...app, username: 'u', password: 'p' },
      {
        kind: 'github-app',
        app: { appId: '1', installationId: '2', privateKey: 'k', apiUrl: 'https://api.github.com' },
      },
    ],
    ['a client certificate', { tlsClientCertData: 'c', tlsClientCertKey: 'k' }, { kind: 'anonymous' }],
    ['Google', { gcpServiceAccountKey: '{}' }, { kind: 'google', serviceAccountKey: '{}' }],
    ['Azure', { useAzureWorkloadIdentity: 'true' }, { kind: 'azure-workload' }],
  ])('logs in with %s', async (_, values, credential) => {
    expect(await named(values)).toMatchObject({ credential, insecure: false });
  });

  it('takes the same over http', async () => {
    expect(await named({ password: 'p' }, 'http://h.example/x')).toMatchObject({
      credential: { kind: 'basic' },
    });
  });

  it.each([
    ['username', {}, 'https://h.example/x'],
    ['password', { username: 'u' }, 'https://h.example/x'],
    ['githubAppPrivateKey', { githubAppID: '1', password: 'p' }, 'https://h.example/x'],
    ['sshPrivateKey', { username: 'u', password: 'p' }, 'git@h.example:x'],
    ['tlsClientCertKey', { password: 'p', tlsClientCertData: 'c' }, 'https://h.example/x'],
  ])('names the missing field %s', async (field, values, repoURL) => {
    const failure = await failureOf(named(values, repoURL));

    expect(failure).toMatchObject({
      code: 'credentials',
      message: `secret ns/creds: field ${field} is missing`,
    });
  });

  it('says that there is no such Secret', async () => {
    const credentials = { kind: 'secret', namespace: 'ns', name: 'none' } as const;
    const url = parseRemoteUrl('https://h.example/x');
    const wanted = { repoURL: url.url, credentials, project: '' };

    expect(await failureOf(resolveAccess(fakeSecrets(), url, wanted))).toMatchObject({
      code: 'credentials',
      message: 'credentials from git:secret:ns/none: there is no such Secret',
    });
  });

  it('refuses an encrypted key', async () => {
    const path = await makeKey(join(await temporaryFolder(), 'key'), 'passphrase');
    const sshPrivateKey = await readFile(path, 'utf8');

    const failure = await failureOf(named({ sshPrivateKey }, 'git@h.example:x'));

    expect(failure.message).toBe(
      'secret ns/creds: field sshPrivateKey is encrypted with a passphrase; give it unencrypted',
    );
  });
});

describe('credentials of Argo CD', () => {
  it('goes without where nothing matches, and says so', async () => {
    expect(await fromArgocd(undefined)).toMatchObject({
      credential: { kind: 'anonymous' },
      source: 'none were sent: no Argo CD repository secret matches https://h.example/x in project shop',
    });
  });

  it.each([
    ['in another project', { project: 'infra' }, 'is for project infra only'],
    ['with a slash', { url: 'https://h.example/x/' }, 'another spelling of it, https://h.example/x/'],
    ['for SSH', { url: 'git@h.example:x.git' }, 'another spelling of it, git@h.example:x.git'],
    ['with a login', { url: 'http://u:s3cret@h.example/x' }, 'another spelling of it, http://h.example/x'],
  ])('names the Secret that was meant, %s', async (_, values, why) => {
    const { source } = await fromArgocd({ password: 'p', ...values });

    expect(source).toMatch(/ in project shop; secret argocd\/\S+ /);
    expect(source).toContain(why);
    expect(source).not.toContain('s3cret');
  });

  it('goes without where the Secret that matches holds none, and says so', async () => {
    const { credential, source } = await fromArgocd({ proxy: 'http://proxy.example' });

    expect(credential).toEqual({ kind: 'anonymous' });
    expect(source).toMatch(/^secret \S+ holds none$/);
  });

  it('prefers a password to everything else', async () => {
    const values = {
      username: 'u',
      password: 'p',
      bearerToken: 't',
      githubAppID: '1',
      githubAppPrivateKey: 'k',
    };

    expect(await fromArgocd(values)).toMatchObject({ credential: { kind: 'basic' } });
  });

  it('uses user and password of the URL where no Secret has any', async () => {
    expect(await fromArgocd(undefined, 'https://u:p@h.example/x')).toMatchObject({
      credential: { kind: 'basic', username: 'u', password: 'p' },
      source: 'those of the URL',
    });
  });

  it('wants a key for SSH', async () => {
    expect((await failureOf(fromArgocd(undefined, 'git@h.example:x'))).message).toContain('SSH needs a key');
  });

  it.each([
    ['insecure', true],
    ['insecureIgnoreHostKey', true],
    ['forceHttpBasicAuth', false],
  ])('field %s: unchecked is %s', async (field, insecure) => {
    expect(await fromArgocd({ password: 'p', [field]: 'true' })).toMatchObject({ insecure });
  });

  it('refuses a token that would break its header line', async () => {
    expect((await failureOf(fromArgocd({ bearerToken: 'a\r\nX: y' }))).message).toContain('bearerToken');
  });
});

describe('private keys', () => {
  it.each([
    ['PKCS #8', privateKey, undefined],
    ['encrypted PKCS #8', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END', 'encrypted'],
    ['encrypted PKCS #1', '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n-----END', 'encrypted'],
    ['a public key', 'ssh-ed25519 AAAA', 'holds no private key'],
    ['nothing', '', 'holds no private key'],
  ])('%s', (_, key, problem) => {
    const found = privateKeyProblem(key);

    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });

  it('judges any text without failing', () => {
    fc.assert(
      fc.property(fc.string(), fc.base64String(), (label, body) => {
        privateKeyProblem(`-----BEGIN ${label}PRIVATE KEY-----\n${body}\n-----END`);
        privateKeyProblem(`-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END`);
      }),
    );
  });
});

describe('fault A10: a Secret that was not meant for this host', () => {
  const use = async (
    values: Readonly<Record<string, string>>,
    labels: Readonly<Record<string, string>>,
    repoURL: string,
  ) => {
    const secrets = fakeSecrets({ secrets: { 'ns/creds': values }, labels: { 'ns/creds': labels } });
    const credentials = { kind: 'secret', namespace: 'ns', name: 'creds' } as const;
    return await resolveAccess(secrets, parseRemoteUrl(repoURL), { repoURL, credentials, project: '' });
  };
  const login = { username: 'u', password: 'p' };

  it.each([
    ['https://git.example.com/acme', 'https://evil.example/x', 'git.example.com'],
    ['https://git.example.com/acme', 'https://git.example.com:8443/x', 'git.example.com'],
    ['https://git.example.com@evil.example/x', 'https://git.example.com/x', 'evil.example'],
    ['git@git.example.com:acme', 'https://evil.example/x', 'git.example.com'],
    ['git.example.com', 'https://evil.example/x', 'git.example.com'],
    ['https:// bad', 'https://evil.example/x', 'no host that can be read'],
  ])('of url %s is refused for %s', async (url, repoURL, host) => {
    expect(await failureOf(use({ ...login, url }, {}, repoURL))).toMatchObject({
      code: 'credentials',
      message: `secret ns/creds: its field url names ${host}, so it is not used for ${parseRemoteUrl(repoURL).displayUrl}`,
    });
  });

  it.each(['https://git.example.com', 'git.example.com/acme', 'git@git.example.com:acme', ' ', ''])(
    'of url %j is used for its own host, or where it names none',
    async (url) => {
      expect(await use({ ...login, url }, {}, 'https://git.example.com/acme/x')).toMatchObject({
        credential: { kind: 'basic' },
      });
    },
  );

  it('is refused where it is the Secret of a cluster', async () => {
    const labels = { 'argocd.argoproj.io/secret-type': 'cluster' };

    expect(await failureOf(use(login, labels, 'https://evil.example/x'))).toMatchObject({
      code: 'credentials',
      message: expect.stringContaining('it is the Secret of a cluster') as string,
    });
  });

  it.each([
    ['password', 'a\nb'],
    ['password', 'a\u0000b'],
    ['username', 'a\r\nX-Injected: 1'],
    ['proxy', 'http://proxy\n[core]'],
    ['noProxy', 'a\tb'],
    ['githubAppEnterpriseBaseUrl', 'https://h\n'.repeat(2)],
  ])('fault A10: with control characters in %s is refused', async (field, text) => {
    const failure = await failureOf(named({ ...login, [field]: text }));

    expect(failure).toMatchObject({
      code: 'credentials',
      message: `secret ns/creds: field ${field}: expected one line without control characters`,
    });
  });
});

describe('the identity of an access', () => {
  it('fault A3: is of everything that decides how the server is reached', async () => {
    const certificate = { tlsClientCertData: 'c', tlsClientCertKey: 'k' };
    const accesses = [
      {},
      certificate,
      { ...certificate, tlsClientCertKey: 'k2' },
      { ...certificate, insecure: 'true' },
      { ...certificate, proxy: 'http://b' },
      { insecure: 'true' },
      { proxy: 'http://a' },
      { proxy: 'http://a', noProxy: 'x' },
      { password: 'p' },
      { password: 'p', insecure: 'true' },
      { password: 'p', ...certificate },
    ];
    const identities = await Promise.all(
      accesses.map(async (values) => accessIdentity(await fromArgocd({ project: 'shop', ...values }))),
    );

    expect(new Set(identities).size).toBe(accesses.length);
    expect(identities[0]).toBe('anonymous');
    expect(accessIdentity(await fromArgocd(undefined))).toBe('anonymous');
  });

  it('differs by credential, and holds nothing of it', async () => {
    const one = accessIdentity(await named({ username: 'u', password: 'hunter2-one' }));
    const other = accessIdentity(await named({ username: 'u', password: 'hunter2-two' }));

    expect(one).not.toBe(other);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
  });
});
