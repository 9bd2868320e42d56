import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { git, readBranch } from '../fakes/bare-repository.ts';
import type { GitServer, GitServerOptions } from '../fakes/git-http.ts';
import { startHttpProxy } from '../fakes/http-proxy.ts';
import { makeCertificates } from '../fakes/tls.ts';
import {
  aGit,
  commitFile,
  failureOf,
  fakeSecrets,
  fetchHead,
  never,
  openRepository,
  remoteOf,
  serveRepository,
} from './builders.ts';

async function serve(options: Partial<GitServerOptions> = {}) {
  return await serveRepository({ 'a.yaml': 'a: 1\n', 'b.yaml': 'b: 1\n' }, options);
}

function login(server: GitServer, values: Readonly<Record<string, string>>, more = {}) {
  return { secrets: fakeSecrets({ argocd: { 'repo-creds': [{ url: server.url, ...values }] }, ...more }) };
}

describe('requests over HTTP', () => {
  const auth = { username: 'bot', password: 'pa55word' };

  it('a whole first cycle takes 8, the next one without news 2', async () => {
    const { server, url, cache } = await serve({ auth });
    const options = login(server, auth);

    const first = await openRepository(aGit(cache), url, options);
    const head = await fetchHead(first);
    await first.read(head, ['a.yaml', 'b.yaml', 'new.yaml'], never);
    const commit = await commitFile(first, head, 'a.yaml', 'a: 2\n');
    await first.push([{ branch: 'main', commit, expected: head, force: false }], never);
    await first.close();
    const ofFirst = server.requests.length;
    const second = await openRepository(aGit(cache), url, options);
    const next = await fetchHead(second);
    const contents = await second.read(next, ['a.yaml', 'b.yaml'], never);

    expect(ofFirst).toBe(8);
    expect(server.requests.length - ofFirst).toBe(2);
    expect(contents.get('a.yaml')).toMatchObject({ bytes: Buffer.from('a: 2\n') });
    expect(server.requests.filter(({ status }) => status === 401)).toEqual([]);
  });

  it('to a server with very many pull requests ask for them once', async () => {
    const { path, url, cache } = await serve();
    const id = (await git(path, ['rev-parse', 'main'])).toString().trim();
    const updates = Array.from({ length: 1001 }, (_, n) => `create refs/pull/${n}/head ${id}\n`).join('');
    await git(path, ['update-ref', '--stdin'], Buffer.from(updates));
    const answers: string[] = [];
    const edge = aGit(cache);
    for (const branch of ['main', 'main', 'trunk']) {
      const repository = await openRepository(edge, url);
      await git(path, ['branch', '-f', 'trunk', 'main']);
      await git(path, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
      if (branch === 'trunk') await git(path, ['branch', '-D', 'main']);
      answers.push((await repository.heads(never)).defaultBranch ?? '');
      await repository.close();
    }

    expect(answers).toEqual(['main', 'main', 'trunk']); // a default branch that is gone is asked for anew
  });

  it('a refused push adds none', async () => {
    const { server, url, cache, path } = await serve({ auth });
    const repository = await openRepository(aGit(cache), url, login(server, auth));
    const head = await fetchHead(repository);
    const commit = await commitFile(repository, head, 'a.yaml', 'a: 2\n');
    await git(path, ['update-ref', '-d', 'refs/heads/main']);
    const before = server.requests.length;

    const [result] = await repository.push([{ branch: 'main', commit, expected: head, force: false }], never);

    expect(result).toMatchObject({ ok: false, code: 'race' });
    expect(server.requests.length - before).toBe(1);
  });

  it.each([
    ['without filters', { key: 'uploadpack.allowFilter', value: 'false' }, undefined],
    ['without protocol version 2', { key: 'protocol.version', value: '0' }, 0],
  ] as const)('a server %s serves as well', async (_, { key, value }, protocol) => {
    const { path, url, cache } = await serve(protocol === undefined ? {} : { protocol });
    await git(path, ['config', key, value]);
    const repository = await openRepository(aGit(cache), url);
    const head = await fetchHead(repository);

    const contents = await repository.read(head, ['a.yaml'], never);
    const commit = await commitFile(repository, head, 'a.yaml', 'a: 2\n');
    const [result] = await repository.push([{ branch: 'main', commit, expected: head, force: false }], never);

    expect(contents.get('a.yaml')).toMatchObject({ bytes: Buffer.from('a: 1\n') });
    expect(result).toEqual({ branch: 'main', ok: true });
  });
});

describe('login over HTTP', () => {
  it.each([
    ['a wrong password', { username: 'bot', password: 'wr0ng' }, 'secret argocd/repo-creds-0'],
    [
      'no Secret that matches',
      { url: 'https://elsewhere.example', password: 'x' },
      'no Argo CD repository secret matches',
    ],
  ])('fails with %s, and says where it comes from', async (_, values, source) => {
    const { server, url, cache } = await serve({ auth: { username: 'bot', password: 'pa55word' } });
    const repository = await openRepository(aGit(cache), url, login(server, values));

    const failure = await failureOf(repository.heads(never));

    expect(failure).toMatchObject({ code: 'authentication', repo: url });
    expect(failure.message).toContain(source);
    expect(failure.message).toMatch(/^list branches of http:/);
    expect(failure.message).not.toContain('wr0ng');
  });

  it('takes a bearer token', async () => {
    const { server, url, cache } = await serve({ auth: { bearerToken: 't0ken' } });
    const repository = await openRepository(aGit(cache), url, login(server, { bearerToken: 't0ken' }));

    expect([...(await repository.heads(never)).branches.keys()]).toEqual(['main']);
  });

  it('takes user and password of the URL, and keeps them out of its names', async () => {
    const { url, cache } = await serve({ auth: { username: 'bot', password: 'pa55word' } });
    const { remote, open } = await remoteOf(aGit(cache), url.replace('//', '//bot:pa55word@'));
    const repository = await open();
    onTestFinished(async () => await repository.close());

    expect((await repository.heads(never)).defaultBranch).toBe('main');
    expect(JSON.stringify(remote)).not.toContain('pa55word');
    expect(remote.displayUrl).toBe(url);
  });

  it('has another key for other credentials, and one queue for all', async () => {
    const { server, url, cache } = await serve();
    const open = async (password: string, repoURL = url) =>
      (await remoteOf(aGit(cache), repoURL, login(server, { username: 'bot', password }))).remote;
    const [one, same, other] = [await open('one'), await open('one'), await open('other')];

    expect(one.key).toBe(same.key);
    expect(one.key).not.toBe(other.key);
    expect(one.queueKey).toBe(other.queueKey);
    expect(one.queueKey).toBe((await open('one', url.replace(/\.git$/, ''))).queueKey);
  });

  it('follows a redirect within the origin', async () => {
    const { server, url, cache, path } = await serve({
      auth: { username: 'bot', password: 'pa55word' },
      intercept(request, response) {
        if (!request.url?.startsWith('/short/')) return false;
        response.writeHead(301, { location: request.url.replace('/short/', '/') }).end();
        return true;
      },
    });
    const options = login(server, { username: 'bot', password: 'pa55word' });
    const repository = await openRepository(aGit(cache), url.replace('/deploy', '/short/deploy'), options);
    const head = await fetchHead(repository);
    const commit = await commitFile(repository, head, 'a.yaml', 'a: 2\n');

    await repository.push([{ branch: 'main', commit, expected: head, force: false }], never);

    expect((await readBranch(path, 'main')).files['a.yaml']).toBe('a: 2\n');
  });

  it('takes no login to another origin', async () => {
    const seen: (string | undefined)[] = [];
    const thief = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void thief.close());
    const { port } = thief.address() as AddressInfo;
    const { server, url, cache } = await serve({
      intercept(request, response) {
        response.writeHead(302, { location: `http://127.0.0.1:${port}${request.url}` }).end();
        return true;
      },
    });
    const options = login(server, { username: 'bot', password: 'pa55word' });
    const repository = await openRepository(aGit(cache), url, options);

    const failure = await failureOf(repository.heads(never));

    expect(failure.code).toBe('unsupported');
    expect(seen).toEqual([]);
  });
});

describe('TLS', () => {
  function issue() {
    const certificates = makeCertificates();
    onTestFinished(() => certificates.remove());
    return certificates;
  }

  it('is verified by the authorities of Argo CD, and refused without', async () => {
    const { ca, cert, key } = issue();
    const { server, url, cache } = await serve({ tls: { cert, key } });
    const known = { configMaps: { 'argocd/argocd-tls-certs-cm': { localhost: ca } } };

    const trusting = await openRepository(aGit(cache), url, login(server, { password: 'p' }, known));
    const strict = await openRepository(aGit(`${cache}2`), url, login(server, { password: 'p' }));
    const careless = await openRepository(aGit(`${cache}3`), url, {
      secrets: fakeSecrets({ argocd: { repository: [{ url, password: 'p', insecure: 'true' }] } }),
    });

    expect((await trusting.heads(never)).defaultBranch).toBe('main');
    expect(await failureOf(strict.heads(never))).toMatchObject({ code: 'tls' });
    expect((await careless.heads(never)).defaultBranch).toBe('main');
  });

  it('shows a client certificate', async () => {
    const { ca, cert, key } = issue();
    const { server, url, cache } = await serve({ tls: { cert, key, clientCa: ca } });
    const known = { configMaps: { 'argocd/argocd-tls-certs-cm': { localhost: ca } } };
    const certificate = { tlsClientCertData: cert, tlsClientCertKey: key };

    const shown = await openRepository(aGit(cache), url, login(server, certificate, known));
    const hidden = await openRepository(aGit(`${cache}2`), url, login(server, { password: 'p' }, known));

    expect((await shown.heads(never)).defaultBranch).toBe('main');
    await expect(hidden.heads(never)).rejects.toMatchObject({ failure: { kind: 'git' } });
  });
});

describe('proxies', () => {
  it.each([
    ['HTTP_PROXY of the environment', 'environment', '', true],
    ['a host in NO_PROXY directly', 'environment', '127.0.0.1', false],
    ['the proxy of the Secret', 'secret', '', true],
    ['a host in the noProxy of the Secret directly', 'secret', '127.0.0.1', false],
  ])('reaches the server by %s', async (_, place, except, isUsed) => {
    const proxy = await startHttpProxy();
    onTestFinished(async () => await proxy.close());
    const { server, url, cache } = await serve();
    const inEnvironment = place === 'environment' ? { HTTP_PROXY: proxy.url, NO_PROXY: except } : {};
    const inSecret: Record<string, string> = place === 'secret' ? { proxy: proxy.url, noProxy: except } : {};
    const environment = { PATH: process.env['PATH'], ...inEnvironment };
    const secrets = login(server, { password: 'p', ...inSecret });
    const repository = await openRepository(aGit(cache, { environment }), url, secrets);

    await repository.heads(never);

    expect(proxy.log.length > 0).toBe(isUsed);
  });
});

describe('a server that does not answer', () => {
  /** Ids of processes with this text in their arguments. */
  function processesWith(text: string): string[] {
    const listing = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
    return listing.split('\n').filter((line) => line.includes(text) && line.includes('git'));
  }

  it.each(['timeout', 'cancelled'] as const)('ends in %s, and leaves no process behind', async (code) => {
    const arrived = Promise.withResolvers<void>();
    const { url, cache } = await serve({
      intercept: () => {
        arrived.resolve();
        return true;
      },
    });
    const abort = new AbortController();
    const git = aGit(cache, { timeoutMs: code === 'timeout' ? 1000 : 300_000 });
    const repository = await openRepository(git, url);
    const heads = failureOf(repository.heads(abort.signal));
    await arrived.promise;
    if (code === 'cancelled') abort.abort();

    expect(await heads).toMatchObject({ code });
    await expect.poll(() => processesWith(url)).toEqual([]);
  });

  it('that breaks off is a network failure', async () => {
    const { url, cache } = await serve({
      intercept(request) {
        request.socket.destroy();
        return true;
      },
    });
    const repository = await openRepository(aGit(cache), url);

    expect(await failureOf(repository.heads(never))).toMatchObject({ code: 'network' });
  });

  it('that is overloaded is one too', async () => {
    const { url, cache } = await serve({
      intercept(_, response) {
        response.writeHead(503).end();
        return true;
      },
    });
    const repository = await openRepository(aGit(cache), url);

    expect(await failureOf(repository.heads(never))).toMatchObject({ code: 'network' });
  });
});
