import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { IssuerKeys } from '../../src/web/issuer-keys.ts';
import { makeManualClock } from '../fakes/clock.ts';
import { makeIssuer } from './tokens.ts';

const [first, second] = [makeIssuer('first'), makeIssuer('second')];
const documentOf = (...keys: readonly object[]) => JSON.stringify({ keys });

function scene(...answers: readonly (string | Error)[]) {
  const clock = makeManualClock();
  let asked = 0;
  const keys = new IssuerKeys({
    clock,
    load: async () => {
      const answer = answers[Math.min(asked, answers.length - 1)] ?? '';
      asked += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  const has = async (id: string) => {
    const key = await keys.keyOf(id);
    return typeof key === 'string' ? key : key !== undefined;
  };
  return { clock, keys, has, asked: () => asked };
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const down = new Error('no connection');
const trouble = 'the keys of the issuer cannot be had: no connection';

describe('the keys of an issuer', () => {
  it('are asked for when one is wanted, once, whoever wants them', async () => {
    const { keys, has, asked } = scene(documentOf(first.entry));
    expect(asked()).toBe(0);

    const found = await Promise.all([keys.keyOf('first'), keys.keyOf('first'), keys.keyOf('second')]);

    expect(found[0]).toBe(found[1]);
    expect(found[2]).toBeUndefined();
    expect(await has('first')).toBe(true);
    expect(asked()).toBe(1);
  });

  it('are asked for anew after an hour', async () => {
    const { clock, has, asked } = scene(documentOf(first.entry), documentOf(second.entry));
    await has('first');
    await clock.advance(hourMs - 1);
    await has('first');
    expect(asked()).toBe(1);
    await clock.advance(1);

    expect([await has('first'), await has('second'), asked()]).toEqual([false, true, 2]);
  });

  it('are asked for once a minute where names are sent that nobody has', async () => {
    const { clock, has, asked } = scene(documentOf(first.entry), documentOf(first.entry, second.entry));
    for (let at = 0; at < 100; at += 1) expect(await has(`guess-${at}`)).toBe(false);
    expect(asked()).toBe(1);
    await clock.advance(minuteMs);

    expect([await has('second'), asked()]).toEqual([true, 2]);
  });

  it('are kept for a day where the issuer cannot be reached', async () => {
    const { clock, has } = scene(documentOf(first.entry), down);
    await has('first');
    await clock.advance(23 * hourMs);
    expect([await has('first'), await has('second')]).toEqual([true, trouble]);
    await clock.advance(hourMs);

    expect(await has('first')).toBe(trouble);
  });

  it('are had again as soon as the issuer answers, a minute after the last attempt', async () => {
    const { clock, has } = scene(down, documentOf(first.entry));
    expect([await has('first'), await has('first')]).toEqual([trouble, trouble]);
    await clock.advance(minuteMs);

    expect(await has('first')).toBe(true);
  });

  it('are waited for no longer than five seconds', async () => {
    const clock = makeManualClock();
    const keys = new IssuerKeys({
      clock,
      load: (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    });
    const waiting = keys.keyOf('first');
    await clock.advance(5_000);

    expect(await waiting).toMatch(/not finished within 5000 ms/);
  });

  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });

  it.each<[string, object]>([
    ['of 1024 bits', { ...small, kid: 'other' }],
    ['on a curve', { ...elliptic, kid: 'other' }],
    ['that is a secret', { kty: 'oct', kid: 'other', k: 'c2VjcmV0' }],
    ['for encryption', { ...second.entry, kid: 'other', use: 'enc' }],
    ['of another algorithm', { ...second.entry, kid: 'other', alg: 'RS512' }],
    ['without a number', { ...second.entry, kid: 'other', n: undefined }],
    ['with a number that is none', { ...second.entry, kid: 'other', n: '!' }],
  ])('pass over one %s', async (_, entry) => {
    const { has } = scene(documentOf(entry, first.entry));

    expect([await has('other'), await has('first')]).toEqual([false, true]);
  });

  it('are thirty-two at most', async () => {
    const many = Array.from({ length: 40 }, (_, at) => ({ ...first.entry, kid: `k${at}` }));
    const { has } = scene(documentOf(...many));

    expect([await has('k31'), await has('k32')]).toEqual([true, false]);
  });

  it.each(['', '{}', '[]', '{"keys":[]}', '{"keys":7}', '<html>', documentOf({ ...elliptic, kid: 'other' })])(
    'cannot be had from the answer %s',
    async (answer) => {
      expect(await scene(answer).has('first')).toMatch(/the answer holds no RSA key/);
    },
  );
});
