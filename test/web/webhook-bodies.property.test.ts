/**
 * Whatever is sent in the name of a sender: nothing crashes, and nothing is taken without the secret. TIDEWAITER_BODIES
 * sets how many bodies each sender gets.
 */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PushEvent } from '../../src/ports/push-event.ts';
import { makeWebhookApp } from '../../src/web/webhook-app.ts';
import { senders } from '../../src/web/webhook/senders/senders.ts';
import { deliveries, type RecordedDelivery } from './recorded-deliveries.ts';

const bodies = Number(process.env['TIDEWAITER_BODIES'] ?? 200);
/** For a hundred thousand of each. */
const timeoutMs = 60_000 + bodies * 10;
const secret = 'the-one-secret';

interface Sent {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
}

type Json = fc.JsonValue;

/** Another value at a place of the tree that the path leads to, or nothing. */
function changed(value: Json, path: readonly number[], put: Json | undefined): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return put;
  if (Array.isArray(value)) {
    if (value.length === 0) return put;
    const items = [...(value as readonly Json[])];
    const next = changed(items[step % items.length] ?? null, rest, put);
    items.splice(step % items.length, 1, ...(next === undefined ? [] : [next]));
    return items;
  }
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  if (entries.length === 0) return put;
  const at = step % entries.length;
  return Object.fromEntries(
    entries.flatMap(([key, inner], index) => {
      const next = index === at ? changed(inner, rest, put) : inner;
      return next === undefined ? [] : [[key, next]];
    }),
  );
}

const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<Json>('', '\u0000', '../..', 'a'.repeat(5_000), -1, 1e308, [], {}, null, [[[[[]]]]]),
  fc.constantFrom<Json>(
    { __proto__: null, constructor: 'x' },
    'sha256:aa',
    'LIBRARY/Nginx',
    'x:y:z@sha256:',
    '%00',
  ),
);

function treeOf(delivery: RecordedDelivery): Json {
  try {
    return JSON.parse(delivery.body) as Json;
  } catch {
    return delivery.body;
  }
}

/** Bodies of the sender that were bent, beside texts and bytes that nobody sends. */
function bodiesOf(recorded: readonly RecordedDelivery[]): fc.Arbitrary<Sent['body']> {
  const one = fc.constantFrom(...recorded);
  const bent = fc
    .tuple(
      one,
      fc.array(fc.tuple(fc.array(fc.nat(9), { maxLength: 5 }), fc.option(odd, { nil: undefined })), {
        minLength: 1,
        maxLength: 3,
      }),
    )
    .map(([delivery, changes]) =>
      JSON.stringify(
        changes.reduce<Json>((tree, [path, put]) => changed(tree, path, put) ?? null, treeOf(delivery)),
      ),
    );
  const cut = fc
    .tuple(one, fc.nat(2_000), fc.string(), fc.nat(2_000))
    .map(([{ body }, from, between, to]) => body.slice(0, from) + between + body.slice(to));
  const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Uint8Array.from(array));
  return fc.oneof(
    { weight: 5, arbitrary: bent },
    { weight: 2, arbitrary: cut },
    { weight: 1, arbitrary: one.map(({ body }) => body) },
    { weight: 1, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: bytes },
  );
}

/** Words that are not the secret, some of them nearly. */
const guesses = fc.oneof(
  fc.constantFrom(
    '',
    secret.slice(0, -1),
    `${secret}x`,
    `x ${secret}`,
    secret.toUpperCase(),
    'undefined',
    'null',
    '[object Object]',
  ),
  fc.stringMatching(/^[!-~]{0,40}$/).filter((text) => text.trim() !== secret),
);

const proofHeaders = [
  'authorization',
  'x-hub-signature-256',
  'x-gitea-signature',
  'x-forgejo-signature',
  'x-jfrog-event-auth',
  'x-webhook-secret',
  'x-registry-type',
];
const kinds = [
  'application/json',
  'application/x-www-form-urlencoded',
  'application/cloudevents+json',
  'text/plain',
  '',
];

function sentBy(type: string): fc.Arbitrary<Sent> {
  const recorded = deliveries.filter((delivery) => delivery.type === type);
  const signed = fc.constantFrom(
    (guess: string) => guess,
    hmacOf,
    (guess: string) => `Bearer ${guess}`,
    (guess: string) => `sha256=${hmacOf(guess)}`,
  );
  return fc
    .tuple(
      bodiesOf(recorded),
      fc.constantFrom(...recorded),
      fc.constantFrom(...kinds),
      fc.array(fc.tuple(fc.constantFrom(...proofHeaders), guesses, signed), { maxLength: 3 }),
      fc.array(guesses, { maxLength: 2 }),
      fc.boolean(),
    )
    .map(([body, { headers = {}, query = '' }, kind, proofs, words, isOwn]) => ({
      body,
      headers: {
        ...(isOwn ? { 'content-type': 'application/json', ...headers } : { 'content-type': kind }),
        ...Object.fromEntries(proofs.map(([name, guess, sign]) => [name, sign(guess).trim()])),
      },
      query: [query, ...words.map((word) => `secret=${encodeURIComponent(word)}`)]
        .filter((part) => part !== '')
        .join('&'),
    }));
}

/** As of who does not know the secret: of another body, by another key. */
function hmacOf(guess: string): string {
  return createHmac('sha256', guess).update('{}').digest('hex');
}

function start(secrets: readonly string[]) {
  const accepted: PushEvent[] = [];
  const app = makeWebhookApp({
    secretsOf: async () => secrets,
    tokens: new Map([['gar', async () => ({ kind: 'wrong', reason: 'its signature is wrong' }) as const]]),
    requiresSecret: secrets.length > 0,
    accept: (events) => {
      accepted.push(...events);
      return true;
    },
    leads: () => true,
    retryAfterSeconds: 30,
    observe: () => undefined,
  });
  app.onError((error) => {
    throw error;
  });
  const post = async (type: string, { body, headers, query }: Sent) => {
    const answer = await app.request(`/webhook?type=${type}&${query}`, { method: 'POST', headers, body });
    return { status: answer.status, text: await answer.text() };
  };
  return { post, accepted };
}

describe.each(senders.map(({ type }) => type))('anything that is sent as %s', (type) => {
  it(
    'is answered, and taken only as names of repositories',
    async () => {
      const { post, accepted } = start([]);

      await fc.assert(
        fc.asyncProperty(sentBy(type), async (sent) => {
          accepted.length = 0;
          const { status, text } = await post(type, sent);

          expect(type === 'gar' ? [200, 400, 401] : [200, 400]).toContain(status);
          expect(text.length).toBeLessThan(400);
          for (const { repository, tag = '', digest = '' } of accepted)
            expect([repository, tag, digest].join(' ')).toMatch(
              /^[a-z0-9][a-z0-9._/-]{0,511} [\w.+:-]* [\w.+:-]*$/,
            );
        }),
        { numRuns: bodies },
      );
    },
    timeoutMs,
  );

  it(
    'is not taken without the secret',
    async () => {
      const { post, accepted } = start([secret, `${secret}-of-tomorrow`]);

      await fc.assert(
        fc.asyncProperty(sentBy(type), async (sent) => {
          expect((await post(type, sent)).status).toBe(401);
        }),
        { numRuns: bodies },
      );
      expect(accepted).toEqual([]);
    },
    timeoutMs,
  );
});
