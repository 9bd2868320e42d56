import { describe, expect, it } from 'vitest';
import { findRepositorySecret, matchSecrets } from '../../../src/git/login/argocd-repositories.ts';
import type { FakeSecrets } from '../builders.ts';
import { fakeSecrets, keyedTexts } from '../builders.ts';

type Values = Readonly<Record<string, string>>;

const url = 'https://h.example/acme/team/x.git';

function match(
  repositories: readonly Values[],
  templates: readonly Values[],
  project = 'shop',
  repoURL = url,
) {
  const texts = (kind: string, list: readonly Values[]) =>
    list.map((values, index) => keyedTexts(`argocd/${kind}-${index}`, values));
  return matchSecrets(texts('repository', repositories), texts('template', templates), { repoURL, project });
}

describe('Argo CD repository Secrets (writeback.md 7.2)', () => {
  it("prefers the project's own Secret wherever it stands", () => {
    const found = match(
      [
        { url, password: 'a' },
        { url, password: 'b', project: 'shop' },
        { url, password: 'c' },
      ],
      [],
    );

    expect(found).toMatchObject({ password: 'b', origin: 'secret argocd/repository-1' });
  });

  it('falls back to the last Secret without project', () => {
    expect(
      match(
        [
          { url, password: 'a' },
          { url, password: 'b' },
        ],
        [],
      ),
    ).toMatchObject({ password: 'b' });
  });

  it("never uses another project's Secret, and asks the templates as if it were not there", () => {
    const foreign = { url, password: 'a', project: 'other' };

    expect(match([foreign], [])).toBeUndefined();
    expect(match([foreign], [{ url: 'https://h.example/acme', password: 't' }])).toMatchObject({
      password: 't',
    });
  });

  it('lets a repository with credentials win over every template', () => {
    const found = match([{ url, sshPrivateKey: 'k' }], [{ url, password: 't' }]);

    expect(found).toMatchObject({ sshPrivateKey: 'k', password: '' });
  });

  it('fills a repository without credentials, and only what is empty', () => {
    const repository = { url, insecure: 'true', proxy: 'http://own:1' };
    const template = {
      url: 'https://h.example',
      username: 'bot',
      password: 't',
      proxy: 'http://tpl:1',
      insecure: 'false',
    };

    expect(match([repository], [template])).toMatchObject({
      username: 'bot',
      password: 't',
      proxy: 'http://own:1',
      insecure: true,
    });
  });

  it.each([
    [['https://h.example/acme', 'https://h.example/acme/team'], 1],
    [['https://h.example/acme/team', 'https://h.example/acme'], 0],
    [['https://h.example/ac', 'https://h.example/zz'], 0], // not aware of segments
    [['https://h.example/acme', 'https://h.example/acme.git'], 0], // equally long: the first
    [['git@h.example:acme'], undefined],
    [['https://h.example/acme/team/x/y'], undefined],
    [[''], undefined],
  ])('of the templates %j takes number %s', (urls, index) => {
    const found = match(
      [],
      urls.map((template) => ({ url: template, password: 'p' })),
    );

    expect(found?.origin).toBe(index === undefined ? undefined : `secret argocd/template-${index}`);
  });

  it('does not take a switched-off check from a template', () => {
    expect(match([], [{ url, password: 'p', insecure: 'true' }])).toMatchObject({ insecure: false });
  });

  it.each([
    ['a Google key alone', { gcpServiceAccountKey: '{}' }],
    ['a client certificate alone', { tlsClientCertData: 'c' }],
    ['workload identity alone', { useAzureWorkloadIdentity: 'true' }],
    ['a token alone', { bearerToken: 't' }],
  ])('takes %s for credentials', (_, values) => {
    expect(match([{ url, ...values }], [{ url, password: 'template' }])).toMatchObject({ password: '' });
  });

  it.each([
    ['insecure', 'yes', 'expected true or false'],
    ['githubAppID', '12a', 'expected a decimal number'],
  ])('names Secret and field of a bad %s', (field, value, expected) => {
    expect(() => match([{ url, password: 'p', [field]: value }], [])).toThrow(
      `secret argocd/repository-0: field ${field}: ${expected}`,
    );
  });

  it.each([
    ['the write Secret', { 'repository-write': [{ url, password: 'w' }] }, 'w'],
    ['the write template', { 'repo-write-creds': [{ url: 'https://h.example/', password: 'w' }] }, 'w'],
    [
      'the read Secret where no write Secret matches',
      { 'repository-write': [{ url: `${url}x`, password: 'w' }] },
      'r',
    ],
    ['the read Secret where the write Secret is empty', { 'repository-write': [{ url }] }, 'r'],
  ] satisfies [string, FakeSecrets['argocd'], string][])('writes with %s', async (_, argocd, password) => {
    const secrets = fakeSecrets({ argocd: { repository: [{ url, password: 'r' }], ...argocd } });

    expect(await findRepositorySecret(secrets, { repoURL: url, project: 'shop' })).toMatchObject({
      password,
    });
  });
});
