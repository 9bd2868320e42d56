/** The pure rules of the registry edge: challenges, origins, proxies, platforms, manifests, pauses. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failed } from '../../src/core/base/outcome.ts';
import { parseChallenges } from '../../src/registry/access/challenge.ts';
import type { KnownTag } from '../../src/registry/image/facts.ts';
import { quoteBody } from '../../src/registry/requests/error.ts';
import { digestOf, identify } from '../../src/registry/image/content.ts';
import { readConfig, readManifest } from '../../src/registry/image/manifest.ts';
import { readNextPage } from '../../src/registry/next-page.ts';
import { checkRealm } from '../../src/registry/requests/origin.ts';
import { hostOf, isIpAddress } from '../../src/net/addresses.ts';
import { checkHost, reachOfHost, resolveWithin, Unreachable } from '../../src/net/reach.ts';
import { isWantedPlatform } from '../../src/registry/image/platform.ts';
import { readProxies } from '../../src/net/proxy.ts';
import { checkedTag, looksImmutable, tagsToCheck } from '../../src/registry/dating/revalidation.ts';
import { retryAfterIn } from '../../src/registry/requests/retry.ts';
import { mergeScopes } from '../../src/registry/access/token.ts';

describe('challenges (#30)', () => {
  it.each<{ readonly lines: readonly string[]; readonly parsed: readonly unknown[] }>([
    {
      lines: ['Bearer realm="https://a/token",service="s",scope="repository:x:pull,push"'],
      parsed: [['bearer', { realm: 'https://a/token', service: 's', scope: 'repository:x:pull,push' }]],
    },
    {
      lines: ['Bearer a="b", Basic realm=x'],
      parsed: [
        ['bearer', { a: 'b' }],
        ['basic', { realm: 'x' }],
      ],
    },
    {
      lines: ['BASIC realm="a, b"', 'bearer Realm="c"'],
      parsed: [
        ['basic', { realm: 'a, b' }],
        ['bearer', { realm: 'c' }],
      ],
    },
    {
      lines: ['Negotiate, Negotiate dGVzdA==, Basic realm="x"'],
      parsed: [
        ['negotiate', {}],
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    },
    {
      lines: ['Basic realm = "sp" , charset="UTF-8"'],
      parsed: [['basic', { realm: 'sp', charset: 'UTF-8' }]],
    },
    { lines: ['Bearer realm="q\\"uote",realm="second"'], parsed: [['bearer', { realm: 'q"uote' }]] },
    { lines: [',, ,'], parsed: [] },
    {
      lines: ['Bearer realm="open, Basic realm="x"'],
      parsed: [
        ['bearer', { realm: 'open, Basic realm=' }],
        ['x', {}],
      ],
    },
    { lines: ['Bearer realm=,service="s"'], parsed: [['bearer', { service: 's' }]] },
  ])('$lines', ({ lines, parsed }) => {
    const challenges = parseChallenges(lines).map(({ scheme, parameters }) => [
      scheme,
      Object.fromEntries(parameters),
    ]);

    expect(challenges.slice(0, parsed.length)).toEqual(parsed);
  });

  it('take any text without a crash', () => {
    const piece = fc.constantFrom(
      'Bearer',
      'Basic',
      ' ',
      ',',
      '=',
      '"',
      '\\',
      'realm',
      'a',
      '\t',
      '/',
      '[',
      '\u00e9',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }),
        (pieces) => parseChallenges([pieces.join('')]).length <= 16,
      ),
    );
  });
});

describe('token realms (#24)', () => {
  const purpose = { action: 'list tags of r/a', host: 'r', repository: 'a' };
  const addresses: Readonly<Record<string, string>> = {
    'registry.corp': '10.1.2.3',
    'auth.corp': '10.1.2.4',
    'rebound.example': '169.254.169.254',
  };
  const resolve = async (host: string) => [addresses[host] ?? '203.0.113.9'];
  const check = async (realm: string, registry: string): Promise<string> => {
    try {
      const from = new URL(registry);
      const { url, guard } = checkRealm(realm, from, await reachOfHost(from, resolve), purpose);
      checkHost(url, guard.reach);
      await resolveWithin(hostOf(url), guard.reach, async (host) =>
        isIpAddress(host) ? [host] : await resolve(host),
      );
      return 'allowed';
    } catch (error) {
      if (error instanceof Unreachable) return 'refused';
      if (error instanceof Failed && error.failure.kind === 'registry') return error.failure.code;
      throw error;
    }
  };

  it.each([
    { realm: 'https://auth.docker.io/token', registry: 'https://registry-1.docker.io', is: 'allowed' },
    { realm: 'http://auth.docker.io/token', registry: 'https://registry-1.docker.io', is: 'refused' },
    { realm: 'http://auth.example/token', registry: 'http://registry.example', is: 'allowed' },
    { realm: 'https://169.254.169.254/latest', registry: 'https://ghcr.io', is: 'refused' },
    { realm: 'http://169.254.169.254/latest', registry: 'http://registry.example', is: 'refused' },
    { realm: 'https://[fd00:ec2::254]/', registry: 'https://ghcr.io', is: 'refused' },
    { realm: 'https://[::ffff:10.0.0.1]/', registry: 'https://ghcr.io', is: 'refused' },
    { realm: 'https://2852039166/', registry: 'https://ghcr.io', is: 'refused' },
    { realm: 'https://localhost/', registry: 'https://ghcr.io', is: 'refused' },
    { realm: 'https://a.localhost./', registry: 'https://ghcr.io', is: 'refused' },
    { realm: 'https://rebound.example/', registry: 'https://ghcr.io', is: 'refused' },
    { realm: 'https://auth.corp/', registry: 'https://registry.corp', is: 'allowed' },
    { realm: 'http://127.0.0.1:5001/', registry: 'http://127.0.0.1:5000', is: 'allowed' },
    { realm: 'http://169.254.169.254/', registry: 'http://127.0.0.1:5000', is: 'refused' },
    { realm: 'http://10.0.0.1/', registry: 'http://127.0.0.1:5000', is: 'allowed' },
    { realm: 'https://127.0.0.1/', registry: 'https://registry.corp', is: 'refused' },
    { realm: 'https://user@auth.example/', registry: 'https://ghcr.io', is: 'refused' },
    { realm: 'file:///etc/passwd', registry: 'https://ghcr.io', is: 'refused' },
    { realm: '/token', registry: 'https://ghcr.io', is: 'malformed' },
  ])('$realm of $registry: $is', async ({ realm, registry, is }) => {
    expect(await check(realm, registry)).toBe(is);
  });
});

describe('proxies', () => {
  const proxyFor = (environment: Record<string, string>, url: string) =>
    readProxies(environment)?.(url) ?? 'none';

  it.each([
    { environment: {}, url: 'https://a/', is: 'none' },
    { environment: { HTTPS_PROXY: 'http://p:1' }, url: 'https://a.example/', is: 'http://p:1' },
    { environment: { https_proxy: 'p:1' }, url: 'https://a.example/', is: 'http://p:1' },
    { environment: { HTTPS_PROXY: 'http://p:1' }, url: 'http://a.example/', is: '' },
    { environment: { HTTPS_PROXY: 'http://p:1' }, url: 'https://localhost:5000/', is: '' },
    { environment: { HTTP_PROXY: 'http://p:1' }, url: 'http://127.0.0.1:5000/', is: '' },
    { environment: { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'corp, .dev' }, url: 'https://r.dev/', is: '' },
    { environment: { HTTPS_PROXY: 'http://p:1', no_proxy: 'corp' }, url: 'https://corp/', is: '' },
    { environment: { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'corp' }, url: 'https://a/', is: 'http://p:1' },
  ])('$environment for $url: "$is"', ({ environment, url, is }) => {
    expect(proxyFor(environment as Record<string, string>, url)).toBe(is);
  });
});

describe('platforms', () => {
  const candidates = [
    'linux/amd64',
    'linux/amd64/v2',
    'linux/arm64',
    'linux/arm64/v8',
    'linux/arm',
    'linux/arm/v6',
    'linux/arm/v7',
    'windows/amd64',
    'unknown/unknown',
    '/',
  ];

  it.each<{ readonly row: string; readonly wanted: readonly string[]; readonly accepts: readonly string[] }>([
    { row: 'T-01', wanted: ['linux/amd64'], accepts: ['linux/amd64', 'linux/amd64/v2'] },
    {
      row: 'T-02',
      wanted: ['linux/amd64', 'linux/arm64'],
      accepts: ['linux/amd64', 'linux/amd64/v2', 'linux/arm64', 'linux/arm64/v8'],
    },
    { row: 'T-03', wanted: ['linux/arm'], accepts: ['linux/arm', 'linux/arm/v6', 'linux/arm/v7'] },
    { row: 'T-04', wanted: ['linux/arm/v7'], accepts: ['linux/arm/v7'] },
    { row: 'T-05', wanted: ['linux/arm64/v8'], accepts: ['linux/arm64/v8'] },
    { row: 'T-06', wanted: ['invalid'], accepts: [] },
    { row: 'T-08', wanted: ['linux/amd64', ''], accepts: ['linux/amd64', 'linux/amd64/v2', '/'] },
    {
      row: 'T-09',
      wanted: ['Linux/AMD64', 'linux/x86_64', '/amd64', 'linux/', 'linux/arm/v7/x'],
      accepts: [],
    },
    {
      row: 'T-10',
      wanted: ['linux/arm', 'linux/arm/v7'],
      accepts: ['linux/arm', 'linux/arm/v6', 'linux/arm/v7'],
    },
    { row: 'T-11', wanted: ['linux/arm/v7', 'linux/arm/v8'], accepts: ['linux/arm/v7'] },
    { row: 'T-12', wanted: [], accepts: candidates },
  ])('$row $wanted', ({ wanted, accepts }) => {
    expect(candidates.filter((candidate) => isWantedPlatform(candidate, wanted))).toEqual(accepts);
  });
});

describe('manifests', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const read = (value: unknown) => readManifest(Buffer.from(JSON.stringify(value)));

  it.each<{ readonly name: string; readonly value: unknown; readonly manifest: unknown }>([
    { name: 'empty index', value: { manifests: [] }, manifest: { kind: 'unusable', reason: 'empty index' } },
    {
      name: 'both index and image',
      value: { manifests: [], config: { digest } },
      manifest: { kind: 'unusable', reason: 'ambiguous manifest' },
    },
    { name: 'neither', value: { schemaVersion: 2 }, manifest: { kind: 'unusable', reason: 'not an image' } },
    { name: 'no JSON object', value: null, manifest: { kind: 'unusable', reason: 'not an image' } },
    {
      name: 'child digest that leaves the path',
      value: { manifests: [{ digest: '../../x' }] },
      manifest: { kind: 'unusable', reason: 'not an image' },
    },
    { name: 'image', value: { config: { digest } }, manifest: { kind: 'image', config: digest } },
    {
      name: 'B-07 attestations are no children',
      value: {
        manifests: [
          { digest, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
          { digest, platform: { os: 'unknown', architecture: 'unknown' } },
          {
            digest,
            platform: { os: 'linux', architecture: 'amd64' },
            annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
          },
          { digest },
        ],
      },
      manifest: {
        kind: 'index',
        entries: [
          { platform: 'linux/arm64/v8', digest },
          { platform: '/', digest },
        ],
      },
    },
    {
      name: 'schema 1, variant ignored',
      value: {
        schemaVersion: 1,
        history: [
          {
            v1Compatibility:
              '{"os":"linux","architecture":"arm","variant":"v7","created":"2026-01-01T00:00:00.5Z","config":{"Labels":{"a":"b"}}}',
          },
        ],
      },
      manifest: {
        kind: 'schema1',
        config: {
          platform: 'linux/arm',
          created: { seconds: 1767225600, nanos: 500_000_000 },
          labels: { a: 'b' },
        },
      },
    },
    {
      name: 'B-10 schema 1 without a date',
      value: { schemaVersion: 1, history: [{ v1Compatibility: '{"created":"invalid"}' }] },
      manifest: { kind: 'schema1', config: { platform: '/', created: null, labels: {} } },
    },
    {
      name: 'B-10 a date that is no text',
      value: { schemaVersion: 1, history: [{ v1Compatibility: '{"created":5}' }] },
      manifest: { kind: 'schema1', config: { platform: '/', created: null, labels: {} } },
    },
    {
      name: 'B-10 schema 1 without history',
      value: { schemaVersion: 1, history: [] },
      manifest: { kind: 'unusable', reason: 'not an image' },
    },
  ])('$name', ({ value, manifest }) => {
    expect(read(value)).toEqual(manifest);
  });

  it('of schema 1 are digested without their signatures', () => {
    const payload = '{\n   "schemaVersion": 1,\n   "history": []\n}';
    const header = { formatLength: payload.length - 2, formatTail: Buffer.from('\n}').toString('base64url') };
    const signatures = [{ protected: Buffer.from(JSON.stringify(header)).toString('base64url') }];
    const signed = `${payload.slice(0, -2)},\n   "signatures": ${JSON.stringify(signatures)}\n}`;

    const bytes = Buffer.from(payload);
    expect(identify(Buffer.from(signed))).toEqual({ kind: 'known', digest: digestOf(bytes), bytes });
    expect(identify(Buffer.from(signed), digestOf(bytes))).toMatchObject({ kind: 'known', bytes });
  });

  it.each([
    {
      config: '{"os":"linux","architecture":"amd64","created":"1970-01-01T00:00:00Z"}',
      created: { seconds: 0, nanos: 0 },
    },
    { config: '{"created":"yesterday"}', created: null },
    { config: '{"created":5}', created: null },
    { config: '[]', created: null },
    { config: 'chart', created: null },
  ])('date of the config $config', ({ config, created }) => {
    expect(readConfig(Buffer.from(config)).created).toEqual(created);
  });

  it('of any shape are read without a crash', () => {
    const shapes = fc.record(
      {
        manifests: fc.jsonValue(),
        config: fc.jsonValue(),
        schemaVersion: fc.constantFrom(1, 2),
        history: fc.jsonValue(),
        signatures: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(shapes, (shape) => {
        const body = Buffer.from(JSON.stringify(shape));
        readManifest(body);
        readConfig(body);
        identify(body);
      }),
    );
  });
});

describe('links', () => {
  it('of more than 8192 characters are broken', () => {
    const link = (length: number) => `<${'/v2/?last=x'.padEnd(length - 2, 'x')}>`;
    const requested = new URLSearchParams('n=5');

    expect(readNextPage(link(8192), requested)).not.toBe('broken');
    expect(readNextPage(link(8193), requested)).toBe('broken');
  });

  it('of any text are read or called broken', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      ';',
      ',',
      'rel',
      '=',
      '"',
      'next',
      '/v2/?n=1&last=x',
      ' ',
      'http://[',
      '%',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        (pieces) => void readNextPage(pieces.join(''), new URLSearchParams('n=5')),
      ),
    );
  });
});

describe('scopes', () => {
  it.each([
    { challenged: undefined, merged: ['repository:a:pull'] },
    { challenged: 'repository:a:pull', merged: ['repository:a:pull'] },
    { challenged: 'repository:a:pull,metadata_read', merged: ['repository:a:pull,metadata_read'] },
    { challenged: 'repository:b:pull', merged: ['repository:a:pull', 'repository:b:pull'] },
    { challenged: '*', merged: ['repository:a:pull'] },
    { challenged: `repository:${'b'.repeat(2_000)}:pull`, merged: ['repository:a:pull'] },
  ])('ours with $challenged: $merged', ({ challenged, merged }) => {
    expect(mergeScopes(['repository:a:pull'], challenged)).toEqual(merged);
  });
});

describe('pauses', () => {
  it.each([
    { headers: { 'retry-after': '86400' }, is: 86_400_000 },
    { headers: { 'x-retry-after': '5' }, is: 5_000 },
    { headers: { 'retry-after': '7', 'x-retry-after': '5' }, is: 7_000 },
    { headers: {}, is: undefined },
  ])('asked for by $headers: $is (fault R9)', ({ headers, is }) => {
    expect(retryAfterIn(headers, 1_000)).toBe(is);
  });
});

describe('error bodies', () => {
  it.each([
    { body: '{"errors":[{"code":"DENIED","message":"no"},{"code":"X"}]}', quote: 'DENIED: no; X' },
    { body: '{"error":"invalid_grant","error_description":"expired"}', quote: 'invalid_grant: expired' },
    { body: '{"details":"incorrect username or password"}', quote: 'incorrect username or password' },
    { body: '<html>', quote: '' },
    { body: '{"broken', quote: '{"broken' },
    { body: 'your s3cret is s3cret', quote: 'your *** is ***' },
    { body: `\u0007a\u202e\nb${'x'.repeat(300)}`, quote: `a b${'x'.repeat(196)}…` },
  ])('$body', ({ body, quote }) => {
    expect(quoteBody(Buffer.from(body), ['s3cret', ''])).toBe(quote);
  });
});

describe('tags to check again', () => {
  it.each([
    ['v1.2.3', true],
    ['1.2.3-alpine', true],
    ['main-1a2b3c4', true],
    ['20261121', true],
    ['build-1234567', true],
    ['latest', false],
    ['main', false],
    ['1.2', false],
    ['v1', false],
    ['build-12', false],
    ['defaced', false],
  ] as const)('%s looks immutable: %s', (tag, is) => {
    expect(looksImmutable(tag)).toBe(is);
  });

  const hour = 3_600_000;
  const ttl = 6 * hour;
  const now = 100 * hour;
  const dateOf = ({ digest }: KnownTag) => ({ seconds: Number(digest), nanos: 0 });
  const releases = (count: number, checkedAtMs: (minor: number) => number): Map<string, KnownTag> =>
    new Map(
      Array.from({ length: count }, (_, minor) => [
        `1.${minor}.0`,
        { digest: `${minor}`, checkedAtMs: checkedAtMs(minor) },
      ]),
    );

  it('are the two newest, the mutable, and few that were not asked for long', () => {
    const known = releases(40, (minor) => now - minor * hour);
    known.set('latest', { digest: '0', checkedAtMs: now });

    const longestUnasked = Array.from({ length: 8 }, (_, index) => `1.${39 - index}.0`);
    expect(tagsToCheck(known, dateOf, now, ttl)).toEqual(
      new Set(['1.39.0', '1.38.0', 'latest', ...longestUnasked]),
    );
    expect(tagsToCheck(known, () => undefined, now, ttl)).toEqual(new Set(['latest', ...longestUnasked]));
  });

  it('fault R10: are all of them with --tag-ttl 0', () => {
    const known = releases(400, () => now);

    expect(tagsToCheck(known, dateOf, now, 0).size).toBe(400);
  });

  it('fault R10: are at most three once it is learnt which stay, and each is asked within --tag-ttl', () => {
    const cycleMs = 120_000;
    const tags = [
      'latest',
      'stable',
      'release-17',
      ...Array.from({ length: 27 }, (_, minor) => `1.${minor}.0`),
    ];
    let known = new Map<string, KnownTag>(
      tags.map((tag, index) => [tag, { digest: `${index}`, checkedAtMs: 0 }]),
    );
    const asked: number[] = [];
    let longestMs = 0;
    for (let nowMs = cycleMs; nowMs < 72 * hour; nowMs += cycleMs) {
      const checked = tagsToCheck(known, dateOf, nowMs, ttl);
      asked.push(checked.size);
      for (const { checkedAtMs } of known.values()) longestMs = Math.max(longestMs, nowMs - checkedAtMs);
      known = new Map(
        [...known].map(([tag, entry]) => [
          tag,
          checked.has(tag) ? checkedTag(tag, entry, entry.digest, nowMs, ttl) : entry,
        ]),
      );
    }
    const learnt = asked.slice(asked.length / 2);

    expect(Math.max(...learnt)).toBeLessThanOrEqual(3);
    expect(longestMs).toBeLessThanOrEqual(ttl + 5 * cycleMs);
  });

  it('fault R10: a tag that moves is asked in every cycle again, whatever its name', () => {
    const known = releases(30, () => now - hour);
    known.set('1.3.0', checkedTag('1.3.0', known.get('1.3.0'), 'moved', now - hour, ttl));

    expect(tagsToCheck(known, () => undefined, now, ttl)).toContain('1.3.0');
  });

  it.each([-365 * 24 * hour, 365 * 24 * hour])(
    'fault A15: a wall clock off by %i ms leaves no tag unasked',
    (offMs) => {
      const known = releases(6, () => now);

      expect(tagsToCheck(known, () => undefined, now + offMs, ttl).size).toBe(6);
    },
  );
});
