import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PushEvent } from '../../src/ports/push-event.ts';
import { makeWebhookApp, type ObservedDelivery } from '../../src/web/webhook-app.ts';
import type { TokenVerdict } from '../../src/web/webhook/id-token.ts';
import { deliveries, type RecordedDelivery } from './recorded-deliveries.ts';
import { generatedRuns } from '../generated-runs.ts';

const secret = 'demo-secret';

interface StartOptions {
  readonly secrets?: readonly string[];
  readonly requiresSecret?: boolean;
  readonly isFull?: boolean;
  readonly leads?: boolean;
  /** Of tokens of Artifact Registry. */
  readonly judge?: (token: string) => Promise<TokenVerdict>;
}

function start(options: StartOptions = {}) {
  const accepted: PushEvent[] = [];
  const observed: ObservedDelivery[] = [];
  const secrets = options.secrets ?? [];
  const app = makeWebhookApp({
    secretsOf: async () => secrets,
    tokens: new Map(options.judge === undefined ? [] : [['gar', options.judge] as const]),
    requiresSecret: options.requiresSecret ?? false,
    accept: (events) => {
      if (options.isFull === true) return false;
      accepted.push(...events);
      return true;
    },
    leads: () => options.leads ?? true,
    retryAfterSeconds: 30,
    observe: (delivery) => observed.push(delivery),
  });
  const post = async (
    delivery: RecordedDelivery,
    more: { query?: string; headers?: Record<string, string> } = {},
  ) => {
    const query = [`type=${delivery.type}`, delivery.query, more.query].filter((part) => part !== undefined);
    const response = await app.request(`/webhook?${query.join('&')}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...delivery.headers, ...more.headers },
      body: delivery.body,
    });
    return { status: response.status, text: await response.text(), response };
  };
  return { app, post, accepted, observed };
}

describe('a delivery', () => {
  it.each(deliveries)('of $type: $about', async (delivery) => {
    const { post, accepted, observed } = start();

    const { status, text } = await post(delivery);

    expect({ status, text, events: accepted }).toEqual({
      status: 200,
      text:
        delivery.events.length > 0
          ? 'Webhook received and processing'
          : (expect.stringMatching(/^ignored: .+\n$/) as string),
      events: delivery.events,
    });
    expect(observed).toMatchObject([{ sender: delivery.type, status: 200 }]);
  });
});

describe('a secret', () => {
  const hmac = (body: string, key = secret): string => createHmac('sha256', key).update(body).digest('hex');
  /** How each sender shows it. */
  const shown: Readonly<
    Record<string, (body: string, key: string) => { query?: string; headers?: Record<string, string> }>
  > = {
    'docker.io': (_, key) => ({ query: `secret=${key}` }),
    'ghcr.io': (body, key) => ({ headers: { 'x-hub-signature-256': `sha256=${hmac(body, key)}` } }),
    'quay.io': (_, key) => ({ query: `secret=${key}` }),
    harbor: (_, key) => ({ headers: { authorization: key } }),
    acr: (_, key) => ({ headers: { authorization: key } }),
    'aliyun-acr': (_, key) => ({ query: `secret=${key}` }),
    cloudevents: (_, key) => ({ headers: { 'x-webhook-secret': key } }),
    distribution: (_, key) => ({ headers: { authorization: key } }),
    gitea: (body, key) => ({ headers: { 'x-gitea-signature': hmac(body, key) } }),
    ecr: (_, key) => ({ headers: { 'x-webhook-secret': key } }),
    gar: (_, key) => ({ query: `secret=${key}` }),
    artifactory: (body, key) => ({ headers: { 'x-jfrog-event-auth': hmac(body, key) } }),
    generic: (body, key) => ({ headers: { 'x-hub-signature-256': `sha256=${hmac(body, key)}` } }),
  };
  const pushes = deliveries.filter(({ events }) => events.length > 0);

  it.each(pushes)('is asked of $type: $about', async (delivery) => {
    const { post, accepted } = start({ secrets: ['another', secret] });
    const show = shown[delivery.type];

    expect((await post(delivery)).status).toBe(401);
    expect((await post(delivery, show?.(delivery.body, 'guessed'))).status).toBe(401);
    expect(
      (await post({ ...delivery, body: `${delivery.body} ` }, show?.('something else', 'x'))).status,
    ).toBe(401);
    expect(accepted).toEqual([]);
    // Either of two is good while one replaces the other.
    for (const key of ['another', secret])
      expect((await post(delivery, show?.(delivery.body, key))).status).toBe(200);
  });

  it.each([
    ['bare', hmac],
    ['after sha256=', (body: string) => `sha256=${hmac(body)}`],
    ['after Bearer', (body: string) => `Bearer ${hmac(body)}`],
  ])('of harbor may be a signature, %s, as 0.18 has it', async (_, sign) => {
    const { post } = start({ secrets: [secret] });
    const delivery = pushes.find(({ type }) => type === 'harbor')!;

    expect((await post(delivery, { headers: { authorization: sign(delivery.body) } })).status).toBe(200);
  });

  it.each<[string, (body: string) => { query?: string; headers?: Record<string, string> }]>([
    ['gitea', (body) => ({ headers: { 'x-forgejo-signature': hmac(body) } })],
    ['cloudevents', () => ({ query: `secret=${secret}` })],
    ['artifactory', () => ({ headers: { 'x-jfrog-event-auth': secret } })],
    ['generic', () => ({ query: `secret=${secret}` })],
    ['generic', () => ({ headers: { 'x-webhook-secret': secret } })],
  ])('issue 10, 3: of %s may come in its other form', async (type, show) => {
    const { post } = start({ secrets: [secret] });
    for (const delivery of pushes.filter((push) => push.type === type))
      expect((await post(delivery, show(delivery.body))).status).toBe(200);
  });

  it('is known to be right for the bytes that registry.md 6.3 gives: GHCR', async () => {
    const { post } = start({ secrets: [secret] });
    const delivery = {
      type: 'ghcr.io',
      about: '',
      events: [],
      headers: {
        'x-github-event': 'package',
        'x-hub-signature-256': 'sha256=673b6f1d62d29e8627201134989ab75721f9522ada771112eaa6b218fb524705',
      },
      body: '{"action":"published","package":{"name":"api","package_type":"CONTAINER","owner":{"login":"Acme"},"package_version":{"container_metadata":{"tag":{"name":"2.4.1"}}}}}',
    };

    expect((await post(delivery)).status).toBe(200);
  });

  it('is known to be right for the bytes that registry.md 6.3 gives: Harbor with 0.18', async () => {
    const { post, accepted } = start({ secrets: [secret] });
    const delivery = {
      type: 'harbor',
      about: '',
      events: [],
      headers: { authorization: 'e5b5cbe69307594ab1a4468a85f544e76baa85a0c2ce7fb9edd21e3d8a0e3c99' },
      body: '{"type":"PUSH_ARTIFACT","event_data":{"resources":[{"digest":"sha256:aa","tag":"1.4.0","resource_url":"harbor.corp.example/team/api:1.4.0"}],"repository":{"name":"api","namespace":"team","repo_full_name":"team/api"}}}',
    };

    expect((await post(delivery)).status).toBe(200);
    expect(accepted).toMatchObject([
      { registry: 'harbor.corp.example', repository: 'team/api', tag: '1.4.0' },
    ]);
  });

  it('that nobody set is demanded where it is required', async () => {
    const { post, accepted } = start({ requiresSecret: true });

    expect(await post(pushes[0]!)).toMatchObject({ status: 401, text: 'no secret is set for docker.io\n' });
    expect(accepted).toEqual([]);
  });
});

describe('a token', () => {
  const gar = deliveries.find(({ type, events }) => type === 'gar' && events.length > 0)!;
  const judge = async (token: string): Promise<TokenVerdict> => {
    if (token === 'good') return { kind: 'proven' };
    if (token === 'new') return { kind: 'unknown', reason: 'no keys' };
    return { kind: 'wrong', reason: 'it has expired' };
  };
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  it.each<[string, { query?: string; headers?: Record<string, string> }, number, string]>([
    ['that is good', bearer('good'), 200, 'Webhook received and processing'],
    [
      'with the scheme in small letters',
      { headers: { authorization: 'bearer good' } },
      200,
      'Webhook received',
    ],
    ['that is wrong', bearer('old'), 401, 'wrong token: it has expired'],
    ['that nobody can judge now', bearer('new'), 503, 'no keys'],
    ['that is not there', {}, 401, 'missing webhook secret or token'],
    [
      'of another scheme',
      { headers: { authorization: 'Basic good' } },
      401,
      'missing webhook secret or token',
    ],
    ['in the URL', { query: 'secret=good' }, 401, 'missing webhook secret or token'],
  ])('%s, where no secret is set', async (_, more, status, text) => {
    const { post, accepted, observed } = start({ judge });

    const answer = await post(gar, more);

    expect(answer).toMatchObject({ status, text: expect.stringContaining(text) as string });
    expect(accepted).toHaveLength(status === 200 ? 1 : 0);
    expect(answer.response.headers.get('retry-after')).toBe(status === 503 ? '30' : null);
    expect(observed).toMatchObject([
      { result: status === 200 ? 'accepted' : status === 503 ? 'unproven' : 'refused' },
    ]);
  });

  it('is as good as the secret that is set beside, and is asked of nobody else', async () => {
    const { post } = start({ judge, secrets: [secret] });
    const harbor = deliveries.find(({ type, events }) => type === 'harbor' && events.length > 0)!;

    expect((await post(gar, bearer('good'))).status).toBe(200);
    expect((await post(gar, { query: `secret=${secret}` })).status).toBe(200);
    expect(await post(gar, { query: 'secret=guessed' })).toMatchObject({
      status: 401,
      text: 'wrong webhook secret or token\n',
    });
    expect((await post(harbor, bearer('good'))).status).toBe(401);
  });

  it('is enough where a secret is required', async () => {
    const { post } = start({ judge, requiresSecret: true });

    expect((await post(gar, bearer('good'))).status).toBe(200);
  });
});

describe('what a body says', () => {
  it('is answered and logged as one short line', async () => {
    const azure = deliveries.find(({ type }) => type === 'acr')!;
    const body = JSON.stringify({
      action: `a\nb\u001b[31m${'c'.repeat(9_000)}`,
      target: { repository: 'a' },
    });
    const { post, observed } = start();

    const { status, text } = await post({ ...azure, body });

    expect(status).toBe(200);
    expect(text).toMatch(/^ignored: action a bc+…\n$/);
    expect([text.length, observed[0]?.detail.length]).toEqual([210, 209]);
  });
});

describe('what is refused', () => {
  const hub = deliveries[0]!;

  it.each([
    [
      'no type',
      '',
      400,
      /^missing registry type parameter\. Supported types: docker\.io, ghcr\.io, quay\.io, harbor/,
    ],
    [
      'a type that nobody is',
      'type=Docker.io',
      400,
      /^invalid registry type: "Docker\.io"\. Supported types: /,
    ],
  ])('is %s', async (_, query, status, text) => {
    const { app } = start();

    const response = await app.request(`/webhook?${query}`, { method: 'POST', body: hub.body });

    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(text);
  });

  it('is another method', async () => {
    const { app } = start();

    const response = await app.request('/webhook?type=docker.io');

    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('is a body above a mebibyte', async () => {
    const { post } = start();

    expect(await post({ ...hub, body: ' '.repeat(1024 * 1024 + 1) })).toMatchObject({
      status: 413,
      text: 'request body too large\n',
    });
  });

  it('is what no more can wait, for a while', async () => {
    const { post } = start({ isFull: true });

    const { status, response } = await post(hub);

    expect([status, response.headers.get('retry-after')]).toEqual([429, '30']);
  });

  it('is for the replica that leads, and is asked to come again (issue 10, 4)', async () => {
    const { post, accepted, observed } = start({ leads: false });

    const { status, text, response } = await post(hub);

    expect([status, text, response.headers.get('retry-after')]).toEqual([
      503,
      'another replica takes webhooks\n',
      '30',
    ]);
    expect(accepted).toEqual([]);
    expect(observed).toMatchObject([{ result: 'standby' }]);
  });

  it('is refused without its secret by replicas that do not lead, too', async () => {
    const { post } = start({ leads: false, secrets: [secret] });

    expect((await post(hub)).status).toBe(401);
  });

  it('is told without the secret of the URL', async () => {
    const { post, observed } = start({ secrets: [secret] });

    const { text } = await post(hub, { query: 'secret=hunter2' });

    expect(text + JSON.stringify(observed)).not.toContain('hunter2');
  });

  it('is any body that is no delivery, and it ends nothing', async () => {
    const { post } = start();
    const bodies = deliveries.map(({ body }) => body);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...deliveries),
        fc.oneof(
          fc.json({ maxDepth: 4 }),
          fc.string(),
          fc
            .tuple(fc.constantFrom(...bodies), fc.nat(), fc.string({ maxLength: 4 }))
            .map(
              ([body, at, text]) =>
                body.slice(0, at % body.length) + text + body.slice((at % body.length) + 1),
            ),
        ),
        async (delivery, body) => {
          const { status } = await post({ ...delivery, body });
          expect([200, 400]).toContain(status);
        },
      ),
      { numRuns: generatedRuns(2000) },
    );
  });

  it('passes for nobody without the secret', async () => {
    const { post, accepted } = start({ secrets: [secret] });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...deliveries),
        fc.string(),
        fc.webQueryParameters(),
        async (delivery, text, query) => {
          const headers = Object.fromEntries(
            [
              'authorization',
              'x-webhook-secret',
              'x-hub-signature-256',
              'x-gitea-signature',
              'x-jfrog-event-auth',
            ].map((name) => [name, encodeURIComponent(text)]),
          );
          const { status } = await post(delivery, {
            query: `${query}&secret=${encodeURIComponent(text)}`,
            headers,
          });
          expect(status).toBe(text === secret ? 200 : 401);
        },
      ),
      { numRuns: generatedRuns(1000) },
    );
    expect(accepted).toEqual([]);
  });
});
