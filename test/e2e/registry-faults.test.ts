/** Registries that refuse, stumble, stall or lie: one line each, nobody else is hurt, and what ends is noticed. */
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { RegistryCode } from '../../src/core/base/outcome.ts';
import { registryCodes } from '../../src/core/report/problem-codes.ts';
import { type FakeRegistryOptions, type LoggedRequest, sendError } from '../fakes/registry.ts';
import { type Certificates, makeCertificates } from '../fakes/tls.ts';
import { startTokenServer, type TokenServer } from '../fakes/token-server.ts';
import { type Bench, type Cycle, startBench } from './support/bench.ts';
import { parseLogLine, problemsIn, problemsOf } from './support/log.ts';
import { aSecret } from './support/objects.ts';

interface Trouble {
  readonly name: string;
  /** Answers in the registry's place; true for every request that it took. */
  readonly fault: (response: ServerResponse, request: LoggedRequest) => unknown;
  readonly code: RegistryCode;
  /** Behind `list tags of <host>/acme/web: `, unless `doing` says something else. */
  readonly says: string;
  readonly doing?: string;
  readonly strategy?: 'newest-build';
  readonly isSecure?: true;
}

const password = 'pull-password-51d2';
const limits = {
  headerTimeoutMs: 3_000,
  bodyIdleMs: 3_000,
  wholeTimeoutMs: 10_000,
  maxPages: 20,
  maxPageBytes: 1 << 20,
};

function json(response: ServerResponse, body: string, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);
}

function challenge(response: ServerResponse, realm: string): void {
  const header = `Bearer realm="${realm}",service="x"`;
  sendError(response, 401, 'UNAUTHORIZED', 'log in', { 'www-authenticate': header });
}

/** Writes until nobody reads any more. */
function writeForEver(response: ServerResponse, text: string): void {
  const again = (): void => {
    if (response.destroyed) return;
    if (response.write(text)) setImmediate(again);
    else response.once('drain', again);
  };
  again();
}

const troubles: readonly Trouble[] = [
  {
    name: 'unauthorized',
    fault: (response) => sendError(response, 401, 'UNAUTHORIZED', 'log in'),
    code: 'unauthorized',
    says: '401 unauthorized (UNAUTHORIZED: log in); asked without credentials',
  },
  {
    name: 'forbidden',
    fault: (response) => sendError(response, 403, 'DENIED', 'no access'),
    code: 'forbidden',
    says: '403 forbidden (DENIED: no access); asked without credentials',
  },
  {
    name: 'not-found',
    fault: (response) => sendError(response, 404, 'NAME_UNKNOWN', 'unknown'),
    code: 'not-found',
    says: '404 not found (NAME_UNKNOWN: unknown); asked without credentials',
  },
  {
    name: 'busy',
    fault: (response) => response.writeHead(429, { 'retry-after': '120' }).end('slow down'),
    code: 'rate-limited',
    says: '429 too many requests, retry in 2m (slow down)',
  },
  {
    name: 'broken',
    fault: (response) => response.writeHead(500).end('<html>oops</html>'),
    code: 'server-error',
    says: '500 internal server error',
  },
  {
    name: 'picture',
    fault: (response) =>
      response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([0x89, 0x50])),
    code: 'malformed',
    says: 'the answer is not JSON',
  },
  {
    name: 'html',
    fault: (response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><html/>'),
    code: 'malformed',
    says: 'the answer is HTML, not a list of tags',
  },
  {
    name: 'cut',
    fault: (response) => json(response, '{"name":"acme/web","tags":["1.1'),
    code: 'malformed',
    says: 'the answer is not JSON',
  },
  {
    name: 'dropped',
    fault: (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"tags":[');
      setImmediate(() => response.destroy());
    },
    code: 'network',
    says: 'ERR_HTTP_CONTENT_LENGTH_MISMATCH',
  },
  {
    name: 'endless-body',
    fault: (response) => writeForEver(response.writeHead(200), '"1.9.9",'.repeat(1_000)),
    code: 'too-large',
    says: 'the answer is longer than 1048576 bytes',
  },
  {
    name: 'endless-pages',
    fault: (response, { path, query }) => {
      const page = Number(query.get('last') ?? 0) + 1;
      json(response, `{"tags":["1.${page}.0"]}`, { link: `<${path}?n=1000&last=${page}>; rel="next"` });
    },
    code: 'too-large',
    says: 'more than 20 pages',
  },
  {
    name: 'circling-pages',
    fault: (response, { path }) =>
      json(response, '{"tags":["1.9.9"]}', { link: `<${path}?last=1>; rel="next"` }),
    code: 'malformed',
    says: 'the pages run in a circle',
  },
  { name: 'stalled', fault: () => undefined, code: 'timeout', says: 'no answer within 3000 ms' },
  {
    name: 'stalled-body',
    fault: (response) => response.writeHead(200).write('{"tags":['),
    code: 'timeout',
    says: 'the answer stalled for 3000 ms',
  },
  {
    name: 'lying',
    fault: (response, { path }) => {
      if (!path.includes('/blobs/')) return false;
      json(response, '{"created":"2030-01-01T00:00:00Z","os":"linux","architecture":"amd64"}');
      return true;
    },
    strategy: 'newest-build',
    code: 'digest-mismatch',
    doing: 'read image config of lying.test/acme/web@sha256:',
    says: 'the content does not match its digest',
  },
  {
    name: 'metadata-realm',
    fault: (response) => challenge(response, 'http://169.254.169.254/token'),
    code: 'refused',
    says: 'the token realm http://169.254.169.254 is refused: it is a link-local address',
  },
  {
    name: 'open-realm',
    isSecure: true,
    fault: (response) => challenge(response, 'http://auth.example/token'),
    code: 'refused',
    says: 'the token realm http://auth.example is refused: the registry itself is https',
  },
  {
    name: 'downgrade',
    isSecure: true,
    fault: (response, { path }) => response.writeHead(307, { location: `http://127.0.0.1:1${path}` }).end(),
    code: 'refused',
    says: 'the redirect to http://127.0.0.1:1 is refused: it leaves https',
  },
  {
    name: 'metadata-redirect',
    fault: (response) => response.writeHead(307, { location: 'http://169.254.169.254/latest' }).end(),
    code: 'refused',
    says: 'the redirect to http://169.254.169.254 is refused: it is a link-local address',
  },
  {
    name: 'redirect-loop',
    fault: (response, { path }) => response.writeHead(307, { location: `${path}?n=1000` }).end(),
    code: 'refused',
    says: 'the redirects run in a circle',
  },
  {
    name: 'redirect-chain',
    fault: (response, { path, query }) => {
      const hop = Number(query.get('hop') ?? 0) + 1;
      response.writeHead(307, { location: `${path}?hop=${hop}` }).end();
    },
    code: 'refused',
    says: 'more than 5 redirects',
  },
];

const hostOf = (name: string) => `${name}.test`;
const hosts = [...troubles.map(({ name }) => name), 'good', 'partial'].map(hostOf);

let certificates: Certificates;
let bench: Bench;
let repoURL = '';
let first: Cycle;

async function commits(): Promise<readonly string[]> {
  const messages = await bench.commits('deploy');
  return messages.map((message) => /automatic update of (\S+)/.exec(message)?.[1] ?? message);
}

function addApplication(
  name: string,
  annotations: Readonly<Record<string, string>>,
  images: readonly string[],
) {
  bench.addApplication(name, {
    repoURL,
    images,
    annotations: { 'write-back-method': 'git', ...annotations },
  });
}

beforeAll(async () => {
  certificates = makeCertificates();
  const isSecure = new Set(troubles.filter((trouble) => trouble.isSecure).map(({ name }) => hostOf(name)));
  bench = await startBench({
    limits,
    registries: Object.fromEntries(
      hosts.map((host): [string, FakeRegistryOptions] => [
        host,
        isSecure.has(host) ? { tls: certificates } : {},
      ]),
    ),
    entries: Object.fromEntries([...isSecure].map((host) => [host, { ca_file: certificates.caPath }])),
  });
  repoURL = await bench.addRepository('deploy', { 'README.md': 'deploy\n' });
  for (const host of hosts) {
    bench.registry(host).push('acme/web', '1.0.0', { created: '2026-01-01T00:00:00Z' });
    bench.registry(host).push('acme/web', '1.1.0', { created: '2026-02-01T00:00:00Z' });
  }
  for (const { name, fault, strategy } of troubles) {
    const image = `${hostOf(name)}/acme/web`;
    const annotations = {
      'image-list': strategy === undefined ? `web=${image}:1.x` : `web=${image}`,
      ...(strategy === undefined ? {} : { 'web.update-strategy': strategy }),
    };
    addApplication(name, annotations, [`${image}:1.0.0`]);
    bench.registry(hostOf(name)).fault = (request, response) => fault(response, request) !== false;
  }
  addApplication('good', { 'image-list': 'web=good.test/acme/web:1.x' }, ['good.test/acme/web:1.0.0']);
  addApplication('mixed', { 'image-list': 'dead=stalled.test/acme/web:1.x, web=good.test/acme/web:1.x' }, [
    'stalled.test/acme/web:1.0.0',
    'good.test/acme/web:1.0.0',
  ]);
  const unanswered = { 'image-list': 'api=stalled.test/acme/api:1.x' };
  addApplication('unanswered', unanswered, ['stalled.test/acme/api:1.0.0']);
  const partial = bench.registry('partial.test');
  partial.fault = ({ path }, response) =>
    path.includes('/api/') && response.writeHead(500).end() !== undefined;
  addApplication(
    'partial',
    { 'image-list': 'api=partial.test/acme/api:1.x, web=partial.test/acme/web:1.x' },
    ['partial.test/acme/api:1.0.0', 'partial.test/acme/web:1.0.0'],
  );
  first = await bench.cycle();
});

afterAll(async () => {
  await bench.close();
  certificates.remove();
});

describe('a registry in trouble', () => {
  it.each(troubles)('($name) is one line: $says', ({ name, code, says, doing }) => {
    const host = hostOf(name);

    const problems = problemsOf(first.lines, name);

    expect(problems).toHaveLength(1);
    const [problem] = problems;
    expect(problem?.level).toBe('error');
    expect(problem?.message).toContain(doing ?? `list tags of ${host}/acme/web: `);
    expect(problem?.message).toContain(says);
    expect(problem?.fields).toMatchObject({
      code,
      registry: bench.registry(host).host,
      ...('nobody' in registryCodes[code] ? {} : { advice: expect.stringMatching(/\w{4,}/) as string }),
    });
  });

  it('hurts neither other registries, nor other repositories, nor other images of an application', async () => {
    expect((await commits()).toSorted()).toEqual(['good', 'mixed', 'partial']);
    const files = await bench.files('deploy');
    expect(files['mixed/.argocd-source-mixed.yaml']).toBe(
      'kustomize:\n  images:\n  - good.test/acme/web:1.1.0\n',
    );
    expect(files['partial/.argocd-source-partial.yaml']).toContain('partial.test/acme/web:1.1.0');
    expect(files['partial/.argocd-source-partial.yaml']).not.toContain('acme/api');
  });

  it('that gives no answer at all is one line for all its repositories and applications', () => {
    const silent = problemsOf(first.lines, 'stalled');

    expect(silent.map(({ fields }) => fields['application'])).toEqual([
      'argocd/mixed, argocd/stalled, argocd/unanswered',
    ]);
  });

  it('leaves no stack in the log', () => {
    expect(first.everything).not.toMatch(/\bat .*\.[jt]s:\d+/);
  });

  it('is asked again in the next cycle, and commits are made as soon as it is well', async () => {
    const second = await bench.cycle();
    for (const host of hosts) bench.registry(host).fault = undefined;
    for (const host of ['partial.test', 'stalled.test']) bench.registry(host).push('acme/api', '1.1.0', {});
    bench.clock.pass(120_000);
    const third = await bench.cycle();

    expect(problemsIn(second.lines)).toEqual([]);
    expect(second.report.counters.errors).toBe(first.report.counters.errors);
    expect(problemsIn(third.lines)).toEqual([]);
    const resolved = third.lines.map(parseLogLine).filter(({ message }) => message === 'Problem resolved');
    expect(resolved).toHaveLength(problemsIn(first.lines).length);
    expect(new Set(await commits())).toEqual(
      new Set([...troubles.map(({ name }) => name), 'good', 'mixed', 'partial', 'unanswered']),
    );
    const files = await bench.files('deploy');
    expect(files['mixed/.argocd-source-mixed.yaml']).toContain('stalled.test/acme/web:1.1.0');
  });
});

describe('a token server in trouble', () => {
  const tokenTroubles: readonly (Pick<Trouble, 'name' | 'code' | 'says'> & {
    readonly answer: (response: ServerResponse) => unknown;
  })[] = [
    {
      name: 'refusing',
      answer: (response) => sendError(response, 401, 'UNAUTHORIZED', `wrong: ${password}`),
      code: 'unauthorized',
      says: '401 unauthorized (UNAUTHORIZED: wrong: ***); asked with the credentials from secret:argocd/pull#login',
    },
    {
      name: 'broken',
      answer: (response) => response.writeHead(500).end(),
      code: 'server-error',
      says: '500 internal server error',
    },
    {
      name: 'html',
      answer: (response) => response.end('<html>log in</html>'),
      code: 'malformed',
      says: 'the answer holds no token',
    },
    {
      name: 'empty',
      answer: (response) => json(response, '{"token":""}'),
      code: 'malformed',
      says: 'the answer holds no token',
    },
    {
      name: 'odd',
      answer: (response) => json(response, '{"token":"a\\nb: c"}'),
      code: 'malformed',
      says: 'the token holds odd characters',
    },
    {
      name: 'endless',
      answer: (response) => writeForEver(response, 'x'.repeat(10_000)),
      code: 'too-large',
      says: 'the answer is longer than 65536 bytes',
    },
    { name: 'stalled', answer: () => undefined, code: 'timeout', says: 'no answer within 3000 ms' },
    {
      name: 'redirecting',
      answer: (response) => response.writeHead(307, { location: 'http://169.254.169.254/token' }).end(),
      code: 'refused',
      says: 'the redirect to http://169.254.169.254 is refused: it is a link-local address',
    },
  ];

  async function startTokenBench() {
    const servers = new Map<string, TokenServer>();
    for (const { name, answer } of tokenTroubles) {
      const server = await startTokenServer({ users: { ci: password } });
      server.intercept = (_request, response) => answer(response) !== false;
      servers.set(hostOf(name), server);
    }
    const tokenBench = await startBench({
      limits,
      registries: Object.fromEntries(
        Array.from(servers, ([host, tokens]) => [host, { auth: { kind: 'bearer', tokens } }]),
      ),
      entries: Object.fromEntries(
        Array.from(servers.keys(), (host) => [host, { credentials: 'secret:argocd/pull#login' }]),
      ),
    });
    onTestFinished(async () => {
      await tokenBench.close();
      for (const server of servers.values()) await server.close();
    });
    tokenBench.kube.objects.put(aSecret('pull', { login: `ci:${password}` }));
    const url = await tokenBench.addRepository('deploy', { 'README.md': 'deploy\n' });
    for (const { name } of tokenTroubles) {
      const image = `${hostOf(name)}/acme/web`;
      tokenBench.registry(hostOf(name)).push('acme/web', '1.1.0', {});
      tokenBench.addApplication(name, {
        repoURL: url,
        images: [`${image}:1.0.0`],
        annotations: { 'image-list': `web=${image}:1.x`, 'write-back-method': 'git' },
      });
    }
    return { tokenBench, servers };
  }

  it('is named together with what was to be done, and gets the credentials alone', async () => {
    const { tokenBench, servers } = await startTokenBench();

    const failed = await tokenBench.cycle();
    for (const server of servers.values()) server.intercept = undefined;
    tokenBench.clock.pass(60_000);
    const cured = await tokenBench.cycle();

    const told = tokenTroubles.map(({ name }) => problemsOf(failed.lines, name));
    expect(told).toEqual(
      tokenTroubles.map(({ name, code, says }) => {
        const realm = new URL(servers.get(hostOf(name))?.realm ?? '').host;
        const message = `list tags of ${hostOf(name)}/acme/web: get token from ${realm}: ${says}`;
        return [expect.objectContaining({ message, fields: expect.objectContaining({ code }) as unknown })];
      }),
    );
    expect(problemsIn(cured.lines)).toEqual([]);
    expect(await tokenBench.commits('deploy')).toHaveLength(tokenTroubles.length);
    expect(failed.everything + cured.everything).not.toContain(password);
    for (const host of servers.keys()) {
      const sent = tokenBench.registry(host).requests.map(({ headers }) => headers.authorization ?? 'none');
      expect(sent.filter((header) => !/^(?:Bearer |none$)/.test(header))).toEqual([]);
    }
  });
});

describe('a registry that points elsewhere', () => {
  async function startPair() {
    const pair = await startBench({
      registries: {
        'reg.test': { auth: { kind: 'basic', users: { ci: password } } },
        'other.test': {},
      },
      entries: { 'reg.test': { credentials: 'secret:argocd/pull#login' } },
    });
    onTestFinished(() => pair.close());
    pair.kube.objects.put(aSecret('pull', { login: `ci:${password}` }));
    const url = await pair.addRepository('deploy', { 'README.md': 'deploy\n' });
    const registry = pair.registry('reg.test');
    const other = pair.registry('other.test');
    for (const [tag, created] of Object.entries({ '1.0.0': '2026-01-01', '1.1.0': '2026-02-01' })) {
      registry.push('acme/web', tag, { created: `${created}T00:00:00Z` });
      other.push('acme/web', tag, { created: `${created}T00:00:00Z`, comment: `acme/web:${tag}` });
    }
    const add = (strategy: string) =>
      pair.addApplication('web', {
        repoURL: url,
        images: ['reg.test/acme/web:1.0.0'],
        annotations: {
          'image-list': 'web=reg.test/acme/web',
          'web.update-strategy': strategy,
          'write-back-method': 'git',
        },
      });
    return { pair, registry, other, add };
  }

  it('with the link to its next page is asked itself for that page', async () => {
    const { pair, registry, other, add } = await startPair();
    add('semver');
    registry.fault = ({ path, query, headers }, response) => {
      if (headers.authorization === undefined || query.get('last') !== null) return false;
      json(response, '{"tags":["1.0.0"]}', { link: `<${other.url}${path}?n=1000&last=1.0.0>; rel="next"` });
      return true;
    };

    await pair.cycle();

    expect(other.requests).toEqual([]);
    expect((await pair.files('deploy'))['web/.argocd-source-web.yaml']).toContain('reg.test/acme/web:1.1.0');
  });

  it('by a redirect is followed without its credentials', async () => {
    const { pair, registry, other, add } = await startPair();
    add('newest-build');
    registry.fault = ({ path, headers }, response) => {
      if (headers.authorization === undefined || !path.includes('/blobs/')) return false;
      response.writeHead(307, { location: other.url + path }).end();
      return true;
    };

    const { lines } = await pair.cycle();

    expect(problemsIn(lines)).toEqual([]);
    expect(await pair.commits('deploy')).toHaveLength(1);
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });
});
