/** registries.conf, and which endpoint serves an image. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseImageRef } from '../../../src/core/image/image.ts';
import {
  endpointFor,
  makeEndpointTable,
  parseRegistriesConf,
} from '../../../src/core/registries/registries.ts';
import type { RegistryEndpoint } from '../../../src/core/registries/endpoint.ts';

function parse(text: string) {
  const conf = parseRegistriesConf(text);
  if (!conf.ok) throw new Error(conf.failure.message);
  return conf.value;
}

function problem(text: string): string {
  const conf = parseRegistriesConf(text);
  return conf.ok ? 'read' : conf.failure.message;
}

function withEntry(...lines: string[]): string {
  return [
    'registries:',
    '- name: R',
    '  api_url: https://r.example',
    ...lines.map((line) => `  ${line}`),
  ].join('\n');
}

describe('parseRegistriesConf', () => {
  it('reads every key', () => {
    const { entries, warnings } = parse(`
registries:
- name: Corp Harbor
  prefix: harbor.corp.example
  api_url: https://harbor.corp.example/
  credentials: pullsecret:argocd/harbor-pull
  credsexpire: 5h
  tagsortmode: Latest-First
  defaultns: library
  insecure: yes
  limit: 20
  ping: true
  default: on
  ca_file: /tls/ca.pem
  ca_data: |
    -----BEGIN CERTIFICATE-----
    AAAA
    -----END CERTIFICATE-----
`);

    expect(entries).toEqual([
      {
        name: 'Corp Harbor',
        prefix: 'harbor.corp.example',
        apiUrl: 'https://harbor.corp.example',
        credentials: { kind: 'pullsecret', namespace: 'argocd', name: 'harbor-pull' },
        credentialsExpireMs: 18_000_000,
        tagSort: 'latest-first',
        defaultNamespace: 'library',
        insecure: true,
        limitPerSecond: 20,
        isDefault: true,
        caFile: '/tls/ca.pem',
        caData: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
        inferred: false,
      },
    ]);
    expect(warnings).toEqual([expect.stringContaining('tagsortmode latest-first')]);
  });

  it('#19 gives an entry no limit, no namespace and verified certificates by default', () => {
    expect(parse(withEntry('prefix: r.example')).entries).toEqual([
      {
        name: 'R',
        prefix: 'r.example',
        apiUrl: 'https://r.example',
        tagSort: 'unsorted',
        defaultNamespace: '',
        insecure: false,
        isDefault: false,
        inferred: false,
      },
    ]);
  });

  it.each(['', '# nothing\n', '---\n', 'registries:\n', 'registries: []', '{}', 'registries: ~'])(
    '%j has no entries',
    (text) => {
      expect(parse(text)).toEqual({ entries: [], warnings: [] });
    },
  );

  it.each([
    ['any scalar is a text', 'defaultns: 123', { defaultNamespace: '123' }],
    ['limit in hexadecimal', 'limit: 0x10', { limitPerSecond: 16 }],
    ['limit in octal', 'limit: 010', { limitPerSecond: 8 }],
    ['limit with underscore', 'limit: 1_000', { limitPerSecond: 1000 }],
    ['bare credsexpire is nanoseconds', 'credsexpire: 5000000', { credentialsExpireMs: 5 }],
    ['quoted duration', 'credsexpire: "1h30m"', { credentialsExpireMs: 5_400_000 }],
    ['tagsortmode none', 'tagsortmode: NONE', { tagSort: 'unsorted' }],
    ['null is absent', 'limit: null', { name: 'R' }],
    ['prefix with path and slash', 'prefix: R.example/team/', { prefix: 'r.example/team' }],
  ])('%s', (_, line, expected) => {
    const prefix = line.startsWith('prefix') ? [] : ['prefix: r.example'];

    expect(parse(withEntry(...prefix, line)).entries[0]).toMatchObject(expected);
  });

  it.each(['limit: 0', 'limit: -5', 'credsexpire: 0', 'credsexpire: 0s'])('%s means none', (line) => {
    const [entry] = parse(withEntry('prefix: r.example', line)).entries;

    expect(entry).not.toHaveProperty('limitPerSecond');
    expect(entry).not.toHaveProperty('credentialsExpireMs');
  });

  it.each([
    [
      'no name',
      'registries: [{api_url: https://x, prefix: x}]',
      'entry 1, name: registry name is missing for entry 1',
    ],
    ['no name', 'registries: [{name: "", api_url: https://x}]', 'name is missing'],
    [
      'no api_url',
      'registries: [{name: N, prefix: x}]',
      'entry 1 (N), api_url: API URL must be specified for registry N',
    ],
    ['api_url without scheme', 'registries: [{name: N, api_url: r.example}]', 'API URL must be'],
    [
      'api_url with /v2/',
      'registries: [{name: N, api_url: https://x/v2/}]',
      'API URL must be given without /v2/',
    ],
    [
      'two without prefix',
      'registries: [{name: A, api_url: https://a}, {name: B, api_url: https://b}]',
      'already is A), B needs a prefix',
    ],
    ['sort mode', withEntry('tagsortmode: unsorted'), 'unknown tag sort mode for registry R: "unsorted"'],
    [
      'two defaults',
      'registries: [{name: A, prefix: a, api_url: https://a, default: true}, {name: B, prefix: b, api_url: https://b, default: true}]',
      'cannot set registry b as default - only one default registry allowed, currently set to a',
    ],
    ['unknown key', withEntry('apiurl: x'), 'entry 1 (R), apiurl: unknown key'],
    ['unknown key at the top', 'registry: []', 'registry: unknown key'],
    ['duplicate key', withEntry('limit: 1', 'limit: 2'), 'entry 1 (R), limit: duplicate key'],
    ['duplicate key at the top', 'registries: []\nregistries: []', 'registries: duplicate key'],
    ['quoted number', withEntry('limit: "20"'), 'limit: expected a whole number, unquoted, not "20"'],
    ['fraction', withEntry('limit: 1.5'), 'limit: expected a whole number'],
    ['boolean', withEntry('insecure: maybe'), 'insecure: expected true or false, not "maybe"'],
    ['quoted boolean', withEntry('default: "true"'), 'default: expected true or false'],
    ['ping', withEntry('ping: 5'), 'ping: expected true or false'],
    ['duration', withEntry('credsexpire: 5 hours'), 'credsexpire: expected a duration such as 30s or 5h'],
    ['negative duration', withEntry('credsexpire: -5h'), 'credsexpire: must not be negative'],
    [
      '#20 credentials',
      withEntry('credentials: pullsecrets:a/b'),
      'credentials: credential source "pullsecrets:…"',
    ],
    ['list where a text belongs', withEntry('prefix: [a]'), 'prefix: expected a text, not a list'],
    ['registries is a mapping', 'registries: {}', 'registries: expected a list'],
    ['entry is a text', 'registries: [x]', 'entry 1: expected a mapping'],
    ['root is a list', '[]', 'expected a mapping'],
    ['prefix', withEntry('prefix: user@host'), 'prefix: expected host[:port][/path]'],
    ['ca_data', withEntry('ca_data: x'), 'ca_data: expected certificates in PEM form'],
    ['not YAML', 'registries: [', 'not valid YAML'],
    ['nested without end', '['.repeat(100_000), 'nested deeper'],
  ])('%s', (_, text, message) => {
    expect(problem(text)).toContain(message);
  });

  it('tells all mistakes at once', () => {
    const message = problem(
      'registries:\n- {name: A, limit: x, prefix: a}\n- {api_url: https://b, prefix: b, foo: 1}\n',
    );

    expect(message).toContain('entry 1 (A), limit: expected a whole number');
    expect(message).toContain('entry 1 (A), api_url: API URL must be specified');
    expect(message).toContain('entry 2, name: registry name is missing');
    expect(message).toContain('entry 2, foo: unknown key');
  });

  it('does not repeat a password', () => {
    const messages = [
      problem(withEntry('credentials: user:hunter2')),
      problem('registries: [{name: N, api_url: "https://u:hunter2@r"}]'),
    ];

    expect(messages.join()).not.toContain('hunter2');
  });

  it.each([
    'https://index.docker.io/v1/',
    'index.docker.io/v1',
    'http://index.docker.io/v1',
    'index.docker.io',
  ])('#32 corrects api_url %s', (url) => {
    const { entries, warnings } = parse(`registries: [{name: Hub, prefix: docker.io, api_url: "${url}"}]`);

    expect(entries[0]?.apiUrl).toBe('https://registry-1.docker.io');
    expect(warnings).toEqual([expect.stringContaining(url)]);
  });

  it.each([
    [
      'same prefix',
      'registries: [{name: A, prefix: a, api_url: https://a}, {name: B, prefix: a, api_url: https://b}]',
      'A has no effect',
    ],
    ['neither prefix nor default', 'registries: [{name: A, api_url: https://a}]', 'A serves no image'],
    ['scheme in the prefix', withEntry('prefix: https://r.example'), 'is read as r.example'],
    ['second document', 'registries: []\n---\na: 1\n', 'only the first YAML document'],
  ])('warns of %s', (_, text, warning) => {
    expect(parse(text).warnings).toEqual([expect.stringContaining(warning)]);
  });

  it('follows anchors and merge keys', () => {
    const text =
      'registries:\n- &a {name: A, prefix: a, api_url: https://a, limit: 5}\n- <<: *a\n  name: B\n  prefix: b\n';

    expect(parse(text).entries[1]).toMatchObject({
      name: 'B',
      prefix: 'b',
      apiUrl: 'https://a',
      limitPerSecond: 5,
    });
  });

  it('takes any text without throwing', () => {
    const piece = fc.constantFrom(
      'registries:',
      '\n',
      '- ',
      '  ',
      'name: a',
      'prefix: ',
      'api_url: https://x',
      '{',
      '}',
      '[',
      ']',
      '&a',
      '*a',
      '<<: ',
      '"',
      ': ',
      'limit: ',
      '1',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
        ),
        (text) => {
          expect(typeof problem(text)).toBe('string');
        },
      ),
    );
  });
});

function serve(text: string, image: string) {
  const ref = parseImageRef(image);
  if (!ref.ok) throw new Error(ref.failure.message);
  return endpointFor(makeEndpointTable(parse(text).entries), ref.value);
}

const hubEntry = '{name: Mine, prefix: docker.io, api_url: https://mirror, credentials: "env:HUB"}';
const harborDefault =
  '{name: Harbor, prefix: harbor, api_url: https://harbor, defaultns: library, default: true}';

describe('endpointFor', () => {
  it.each([
    ['built-in', '', 'nginx', 'Docker Hub', 'library/nginx'],
    ['built-in', '', 'docker.io/acme/web', 'Docker Hub', 'acme/web'],
    ['built-in', '', 'index.docker.io/library/nginx', 'Docker Hub', 'library/nginx'],
    ['inferred', '', 'ghcr.io/acme/web', 'ghcr.io', 'acme/web'],
    ['inferred', '', 'localhost:5000/web', 'localhost:5000', 'web'],
    ['#3, 11-5', '', 'harbor.corp/library/app', 'harbor.corp', 'library/app'],
    ['#9 docker.io serves short names', `[${hubEntry}]`, 'acme/web', 'Mine', 'acme/web'],
    ['#9 docker.io keeps its namespace', `[${hubEntry}]`, 'docker.io/nginx', 'Mine', 'library/nginx'],
    ['default', `[${harborDefault}]`, 'nginx', 'Harbor', 'library/nginx'],
    ['default', `[${harborDefault}]`, 'acme/web', 'Harbor', 'acme/web'],
    [
      'default leaves docker.io alone',
      `[${harborDefault}]`,
      'docker.io/nginx',
      'Docker Hub',
      'library/nginx',
    ],
    ['default before docker.io', `[${hubEntry}, ${harborDefault}]`, 'nginx', 'Harbor', 'library/nginx'],
    [
      'namespace of any entry',
      '[{name: Q, prefix: quay.io, api_url: https://quay.io, defaultns: ns}]',
      'quay.io/web',
      'Q',
      'ns/web',
    ],
    [
      '#10 longest prefix',
      '[{name: H, prefix: h.io, api_url: https://h}, {name: T, prefix: h.io/team, api_url: https://t}]',
      'h.io/team/app',
      'T',
      'team/app',
    ],
    [
      '#10 longest prefix in any order',
      '[{name: T, prefix: h.io/team, api_url: https://t}, {name: H, prefix: h.io, api_url: https://h}]',
      'h.io/team/app',
      'T',
      'team/app',
    ],
    [
      '#10 at a boundary',
      '[{name: T, prefix: h.io/team, api_url: https://t}]',
      'h.io/team2/app',
      'h.io',
      'team2/app',
    ],
    [
      'whole name',
      '[{name: T, prefix: h.io/team/app, api_url: https://t}]',
      'h.io/team/app',
      'T',
      'team/app',
    ],
    [
      'path below Docker Hub',
      '[{name: T, prefix: docker.io/acme, api_url: https://t}]',
      'acme/web',
      'T',
      'acme/web',
    ],
    [
      '11-S11 look-alike host',
      '[{name: G, prefix: gcr.io, api_url: https://gcr.io}]',
      'gcr.io.evil.example/x',
      'gcr.io.evil.example',
      'x',
    ],
    [
      '11-S11 port',
      '[{name: G, prefix: reg.io, api_url: https://reg.io}]',
      'reg.io:5000/x',
      'reg.io:5000',
      'x',
    ],
    ['#10 empty prefix catches nothing', '[{name: E, api_url: https://e}]', 'quay.io/x', 'quay.io', 'x'],
    ['#10 empty prefix as default', '[{name: E, api_url: https://e, default: true}]', 'x', 'E', 'x'],
    ['host in any case', '[{name: G, prefix: GCR.io, api_url: https://gcr.io}]', 'gcr.IO/x', 'G', 'x'],
  ])('%s: %s serves %s by %s as %s', (_, list, image, name, repository) => {
    const served = serve(list === '' ? '' : `registries: ${list}`, image);

    expect([served.endpoint.name, served.repository]).toEqual([name, repository]);
  });

  it('#9 overrides Docker Hub field by field', () => {
    expect(serve(`registries: [${hubEntry}]`, 'nginx').endpoint).toEqual({
      name: 'Mine',
      prefix: 'docker.io',
      apiUrl: 'https://mirror',
      credentials: { kind: 'env', name: 'HUB' },
      tagSort: 'unsorted',
      defaultNamespace: 'library',
      insecure: false,
      limitPerSecond: 10,
      isDefault: true,
      inferred: false,
    });
    const unlimited = 'registries: [{name: M, prefix: docker.io, api_url: https://m, limit: 0}]';
    expect(serve(unlimited, 'nginx').endpoint).not.toHaveProperty('limitPerSecond');
  });

  it('#19 makes an endpoint up with 20 requests per second', () => {
    expect(serve('', 'ghcr.io/a').endpoint).toMatchObject({
      apiUrl: 'https://ghcr.io',
      limitPerSecond: 20,
      inferred: true,
    });
  });

  it('never chooses a prefix that does not end at a component', () => {
    const component = fc.constantFrom('a', 'ab', 'a.io', 'a.io.b', 'a.io:1', 'team', 'team2', 'localhost');
    const path = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.array(path, { maxLength: 6 }), path, (prefixes, image) => {
        const ref = parseImageRef(image);
        if (!ref.ok) return;
        const entries = prefixes.map(
          (prefix): RegistryEndpoint => ({ ...serve('', 'x.io/y').endpoint, prefix, inferred: false }),
        );
        const { endpoint } = endpointFor(makeEndpointTable(entries), ref.value);
        const { registry, repository } = ref.value.canonical;
        expect(`${registry}/${repository}/`.startsWith(`${endpoint.prefix}/`)).toBe(true);
      }),
    );
  });
});
