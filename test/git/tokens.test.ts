import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeBareRepository } from '../fakes/bare-repository.ts';
import { makeRealClock } from '../fakes/clock.ts';
import { startGithubApp } from '../fakes/github-app.ts';
import { aGit, failureOf, fakeSecrets, never, openRepository, serveRepository } from './builders.ts';

const token = 'ghs_t0ken';
const forge = { username: 'x-access-token', password: token };

async function arrange(auth: { username: string; password: string } | { bearerToken: string } = forge) {
  const served = await serveRepository({ a: '1' }, { auth }, 'ops/deploy.git');
  const { root, server } = served;
  await makeBareRepository(join(root, 'ops', 'other.git'), { a: '1' });
  const authority = await startGithubApp({ token, installations: { 'ops/deploy': 42 } });
  onTestFinished(async () => await authority.close());
  const secrets = (values: Readonly<Record<string, string>>) => ({
    secrets: fakeSecrets({ argocd: { 'repo-creds': [{ url: server.url, ...values }] } }),
  });
  const app = {
    githubAppID: authority.appId,
    githubAppInstallationID: '42',
    githubAppPrivateKey: authority.privateKey,
    githubAppEnterpriseBaseUrl: `${authority.url}/`,
  };
  return { ...served, authority, secrets, app };
}

describe('a GitHub App', () => {
  it('logs in with one token for many repositories and cycles', async () => {
    const { server, cache, url, authority, secrets, app } = await arrange();
    const git = aGit(cache);

    for (const repoURL of [url, url, `${server.url}/ops/other.git`]) {
      const repository = await openRepository(git, repoURL, secrets(app));
      expect((await repository.heads(never)).defaultBranch).toBe('main');
      await repository.close();
    }

    expect(authority.requests).toEqual(['POST /app/installations/42/access_tokens']);
  });

  it('asks once for repositories that are opened at the same time', async () => {
    const { server, cache, url, authority, secrets, app } = await arrange();
    const git = aGit(cache);
    const urls = [url, `${server.url}/ops/other.git`];
    const open = urls.map(async (repoURL) => await openRepository(git, repoURL, secrets(app)));

    const heads = await Promise.all(
      (await Promise.all(open)).map(async (repository) => await repository.heads(never)),
    );

    expect(heads.map(({ defaultBranch }) => defaultBranch)).toEqual(['main', 'main']);
    expect(authority.requests).toHaveLength(1);
  });

  it('asks for the installation where the Secret names none', async () => {
    const { cache, url, authority, secrets, app } = await arrange();
    const repository = await openRepository(
      aGit(cache),
      url,
      secrets({ ...app, githubAppInstallationID: '' }),
    );

    expect((await repository.heads(never)).defaultBranch).toBe('main');
    expect(authority.requests[0]).toBe('GET /repos/ops/deploy/installation');
  });

  it('asks again five minutes before the token ends', async () => {
    const { cache, url, authority, secrets, app } = await arrange();
    let aheadMs = 0;
    const clock = { ...makeRealClock(), now: () => Date.now() + aheadMs };
    const repository = await openRepository(aGit(cache, { clock }), url, secrets(app));
    await repository.heads(never);
    authority.requests.length = 0;

    aheadMs = 54 * 60_000;
    await repository.heads(never);
    const before = [...authority.requests];
    aheadMs = 55.5 * 60_000;
    const late = repository.heads(never);

    expect(before).toEqual([]);
    expect(await failureOf(late)).toMatchObject({ code: 'authentication' }); // this JWT is from the future
    expect(authority.requests).toHaveLength(1);
  });

  it.each([
    ['a key that is none', { githubAppPrivateKey: 'nonsense' }, 'credentials', 'field githubAppPrivateKey'],
    ['an App that GitHub does not know', { githubAppID: '1' }, 'authentication', 'status 401'],
    ['an installation that is gone', { githubAppInstallationID: '43' }, 'authentication', 'status 404'],
  ])('names %s', async (_, values, code, text) => {
    const { cache, url, secrets, app } = await arrange();
    const repository = await openRepository(aGit(cache), url, secrets({ ...app, ...values }));

    const failure = await failureOf(repository.heads(never));

    expect(failure).toMatchObject({ code });
    expect(failure.message).toContain(text);
    expect(failure.message).toContain('secret argocd/repo-creds-0');
  });

  it('tries again after a failure', async () => {
    const { cache, url, authority, secrets, app } = await arrange();
    const repository = await openRepository(aGit(cache), url, secrets(app));
    authority.failWith(503);

    expect(await failureOf(repository.heads(never))).toMatchObject({ code: 'network' });
    expect(await failureOf(repository.heads(never))).toMatchObject({ code: 'network' });
    expect(authority.requests).toHaveLength(2);
  });
});

describe('a Google service account', () => {
  it('logs in with its address and a token', async () => {
    const { cache, url, authority, secrets } = await arrange({ username: 'sa@x.example', password: token });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = {
      client_email: 'sa@x.example',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      token_uri: `${authority.url}/token`,
    };
    const repository = await openRepository(
      aGit(cache),
      url,
      secrets({ gcpServiceAccountKey: JSON.stringify(key) }),
    );

    expect((await repository.heads(never)).defaultBranch).toBe('main');
    expect(authority.forms[0]?.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
  });

  it('has a readable key', async () => {
    const { cache, url, secrets } = await arrange();
    const repository = await openRepository(aGit(cache), url, secrets({ gcpServiceAccountKey: '{"a":1}' }));

    expect((await failureOf(repository.heads(never))).message).toContain('field gcpServiceAccountKey');
  });
});

describe('Azure', () => {
  it('logs in with the identity of the workload', async () => {
    const { root, cache, url, authority, secrets } = await arrange({ bearerToken: token });
    await writeFile(join(root, 'federated'), 'federated-jwt\n');
    const environment = {
      PATH: process.env['PATH'],
      AZURE_CLIENT_ID: 'client',
      AZURE_TENANT_ID: 'tenant',
      AZURE_FEDERATED_TOKEN_FILE: join(root, 'federated'),
      AZURE_AUTHORITY_HOST: `${authority.url}/`,
    };
    const options = secrets({ useAzureWorkloadIdentity: 'true' });
    const repository = await openRepository(aGit(cache, { environment }), url, options);

    expect((await repository.heads(never)).defaultBranch).toBe('main');
    expect(authority.requests).toEqual(['POST /tenant/oauth2/v2.0/token']);
    expect(authority.forms[0]?.get('client_assertion')).toBe('federated-jwt');
  });

  it('names the variable that is missing', async () => {
    const { cache, url, secrets } = await arrange();
    const repository = await openRepository(aGit(cache), url, secrets({ useAzureWorkloadIdentity: 'true' }));

    expect(await failureOf(repository.heads(never))).toMatchObject({
      code: 'credentials',
      message: expect.stringContaining('AZURE_FEDERATED_TOKEN_FILE') as string,
    });
  });

  it('logs in with a client secret', async () => {
    const { cache, url, authority, secrets } = await arrange({ bearerToken: token });
    const options = secrets({
      azureServicePrincipalClientID: 'client',
      azureServicePrincipalClientSecret: 'hush',
      azureServicePrincipalTenantID: 'tenant',
      azureActiveDirectoryEndpoint: authority.url,
    });
    const repository = await openRepository(aGit(cache), url, options);

    expect((await repository.heads(never)).defaultBranch).toBe('main');
    expect(authority.forms[0]?.get('client_secret')).toBe('hush');
  });
});
