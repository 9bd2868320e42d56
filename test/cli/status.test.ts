import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AppKey } from '../../src/core/config/application.ts';
import { startServer } from '../../src/web/server.ts';
import { TokenFile } from '../../src/web/token-file.ts';
import { startHttpProxy } from '../fakes/http-proxy.ts';
import { makeCertificates } from '../fakes/tls.ts';
import { aDecision, aRefusal, aStatus, minuteMs } from '../web/status-builders.ts';
import { anApplicationReport } from './builders.ts';
import { startProgram, temporaryFolder } from './start-program.ts';

const fine = anApplicationReport({ app: 'argocd/shop' as AppKey, decisions: [aDecision('current')] });
const broken = anApplicationReport({
  app: 'argocd/pay' as AppKey,
  decisions: [
    aDecision('failed', { failure: { ...aRefusal, message: `\u001b[31mno\u202e ${'words '.repeat(40)}` } }),
  ],
});

const aRequest = {
  kind: 'registry-request',
  host: 'reg.test',
  registry: 'reg.test',
  repository: 'acme/web',
  action: 'list tags of reg.test/acme/web',
  method: 'GET',
  path: '/v2/acme/web/tags/list',
  status: 200,
  ok: true,
  durationMs: 1,
} as const;

async function serve(bench = aStatus(), token?: string) {
  const pages = bench.pages(token === undefined ? {} : { token: new TokenFile(token) });
  const server = await startServer(pages, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  return `http://127.0.0.1:${server.port}`;
}
const status = (flags: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  startProgram(['status', ...flags], environment, { expects: [/./] });

describe('the command status', () => {
  it('exits with 0 where all is well, and hides what is up to date', async () => {
    const bench = aStatus();
    bench.cycle([fine]);
    const address = await serve(bench);

    const { code, stdout } = await status([`--address=${address}`]).ended;
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^healthy {2}v9\.9\.9[\s\S]*1 Application up to date/),
    ]);
    expect((await status([`--address=${address}/status`, '--all']).ended).stdout).toMatch(
      /argocd\/shop +web +2\.0 +2\.0 +up-to-date/,
    );
  });

  it.each([80, 160])(
    'exits with 2 where something is wrong, in %i columns, with nothing invisible',
    async (columns) => {
      const bench = aStatus();
      bench.cycle([fine, broken]);
      const address = await serve(bench);
      const { code, stdout } = await status([`--address=${address}`], { COLUMNS: String(columns) }).ended;

      expect(code).toBe(2);
      expect(stdout).toMatch(/✗ no words[\s\S]*→ check the credentials[\s\S]*argocd\/pay/);
      expect(stdout).not.toMatch(/\u001b|\u202e/); // oxlint-disable-line no-control-regex
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
    },
  );

  it('shows what fails before what waits, and what is left of quotas', async () => {
    const bench = aStatus();
    bench.cycle([
      fine,
      anApplicationReport({ app: 'argocd/a' as AppKey, decisions: [aDecision('update')] }),
      broken,
    ]);
    const quota = { remaining: 12, limit: 100, resetMs: 90 * minuteMs };
    bench.status.observe({ ...aRequest, ...quota });

    const { stdout } = await status([`--address=${await serve(bench)}`]).ended;

    expect(stdout).toContain('  reg.test: 12 of 100 requests left, reset in 1 h 30 min\n');
    expect(stdout.match(/^argocd\/\S+/gm)).toEqual(['argocd/pay', 'argocd/a']);
  });

  it('names the image of a problem that one image has, and counts what does not fit on a screen', async () => {
    const bench = aStatus();
    const many = Array.from({ length: 25 }, (_, i) =>
      anApplicationReport({
        app: `argocd/a${String(i).padStart(2, '0')}` as AppKey,
        decisions: [aDecision(i < 22 ? 'update' : 'held')],
      }),
    );
    const stuck = aDecision('current', { noChoice: 'none of 3 tags is left' });
    bench.cycle([anApplicationReport({ app: 'argocd/stuck' as AppKey, decisions: [stuck] }), fine, ...many]);
    const address = `--address=${await serve(bench)}`;

    const { stdout } = await status([address]).ended;

    expect(stdout).toContain('\n    argocd/stuck: web=reg.test/acme/web:~2\n');
    expect(stdout.match(/^argocd\/\S+/gm)).toHaveLength(20);
    expect(stdout).toMatch(
      /^5 more Applications: 2 waiting, 3 held \(--all shows them\)\n2 Applications up to date \(--all shows them\)$/m,
    );
    expect((await status([address, '--all']).ended).stdout.match(/^argocd\/\S+/gm)).toHaveLength(27);
  });

  it('shows one Application, and prints JSON', async () => {
    const bench = aStatus();
    bench.cycle([fine, broken]);
    const address = await serve(bench);

    const { stdout, code } = await status([`--address=${address}`, '--json', 'argocd/shop']).ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      applications: [{ name: 'argocd/shop' }],
      problems: [],
    });
    expect(await status([`--address=${address}`, 'shop']).ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"shop" is not known'),
    });
  });

  it('exits with 1 where nobody answers, or something else does', async () => {
    const other = createServer((_request, response) => response.end('hello'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const at = (port: number) => status([`--address=http://127.0.0.1:${port}`]).ended;
    const { port } = other.address() as AddressInfo;

    expect(await at(port)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no status that this version knows'),
    });
    expect(await status(['--address=ftp://x']).ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('expected a URL'),
    });
    expect(await status(['--token-file=x']).ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--token-file needs --address'),
    });
  });

  it('gives the token of a file, and says that one is wanted', async () => {
    const path = join(temporaryFolder(), 'token');
    writeFileSync(path, 's3cret\n');
    const address = await serve(aStatus(), path);

    expect(await status([`--address=${address}`]).ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('use --token-file'),
    });
    expect((await status([`--address=${address}`, `--token-file=${path}`]).ended).code).toBe(0);
  });

  it('goes through the proxy, and trusts the authority, that the environment names', async () => {
    const certificates = makeCertificates('updater.example.com');
    onTestFinished(() => certificates.remove());
    const bench = aStatus();
    bench.cycle([fine]);
    const listener = getRequestListener(bench.pages().fetch);
    const server = createTlsServer(certificates, (request, response) => void listener(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const proxy = await startHttpProxy();
    onTestFinished(() => proxy.close());
    const place = `updater.example.com:${(server.address() as AddressInfo).port}`;
    const environment = { HTTPS_PROXY: proxy.url, SSL_CERT_FILE: certificates.caPath };

    expect((await status([`--address=https://${place}`], environment).ended).code).toBe(0);
    expect(proxy.log).toEqual([`CONNECT ${place}`]);
    expect(await status([`--address=https://${place}`], { HTTPS_PROXY: proxy.url }).ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/updater\.example\.com:\d+ does not answer: .*certificate/),
    });
  });

  /** An API server with pods of a namespace; those that run have pages. */
  async function startPods(
    pods: Readonly<Record<string, ReturnType<ReturnType<typeof aStatus>['pages']> | undefined>>,
  ) {
    const asked: string[] = [];
    const items = Object.entries(pods).map(([name, pages]) => ({
      metadata: { name },
      status: { phase: pages === undefined ? 'Failed' : 'Running' },
    }));
    const api = createServer((request, response) => {
      asked.push(decodeURIComponent(request.url ?? ''));
      response.setHeader('content-type', 'application/json');
      const [, name = '', page = ''] = /\/pods\/([^/]+):8081\/proxy(\/.*)$/.exec(asked.at(-1) ?? '') ?? [];
      const pages = pods[name];
      if (pages === undefined) response.end(JSON.stringify({ items }));
      else
        void Promise.resolve(pages.request(page)).then(async (answer) => response.end(await answer.text()));
    });
    api.listen(0, '127.0.0.1');
    await once(api, 'listening');
    onTestFinished(() => void api.close());
    const kubeconfig = join(temporaryFolder(), 'config');
    const server = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server } }],
        users: [{ name: 'u', user: {} }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'updates' } }],
        'current-context': 'x',
      }),
    );
    return { asked, kubeconfig: `--kubeconfig=${kubeconfig}` };
  }

  it('asks the pod that runs, through the API server', async () => {
    const bench = aStatus();
    bench.cycle([fine]);
    const { asked, kubeconfig } = await startPods({ old: undefined, new: bench.pages() });

    expect(await status([kubeconfig]).ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('healthy'),
    });
    expect(asked[0]).toContain(
      '/api/v1/namespaces/updates/pods?labelSelector=app.kubernetes.io/name=argocd-image-updater',
    );
  });

  it('asks the one of several replicas that leads, and says whom it asked', async () => {
    const [first, second] = [aStatus(), aStatus()];
    first.cycle([broken]);
    second.cycle([fine]);
    first.status.watchLeader(() => ({ leads: false, name: 'b_1234' }));
    second.status.watchLeader(() => ({ leads: true, name: 'b_1234' }));
    const both = await startPods({ a: first.pages(), b: second.pages() });

    const { code, stdout } = await status([both.kubeconfig]).ended;

    expect([code, stdout.split('\n').slice(0, 2)]).toEqual([
      0,
      [expect.stringMatching(/^healthy /), 'this replica leads: b_1234'],
    ]);
  });

  it('says that a replica stands by, whose problems are those of its own time', async () => {
    const bench = aStatus();
    bench.cycle([broken]);
    bench.status.watchLeader(() => ({ leads: false, name: 'b_1234' }));
    const alone = await startPods({ a: bench.pages() });

    const { code, stdout } = await status([alone.kubeconfig]).ended;

    expect([code, stdout.split('\n').slice(0, 2)]).toEqual([
      0,
      [expect.stringMatching(/^stands by /), 'b_1234 leads; what follows is old'],
    ]);
  });

  it('shows it again until it is stopped', async () => {
    const program = status([`--address=${await serve()}`, '--watch']);
    await program.printed('healthy', 2);
    program.signal('SIGINT');

    expect((await program.ended).code).toBe(0);
  });
});
