/** Tag lists of registries that do not quite do as they should. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Answer } from '../../src/core/decide/needs.ts';
import { makeRegistry } from '../../src/registry/client.ts';
import { makeMemoryRegistry, reply } from '../fakes/memory-registry.ts';
import { makeVirtualClock } from '../fakes/virtual-clock.ts';
import {
  aNeed,
  anEndpoint,
  ask,
  datedQuery,
  digestQuery,
  failureOf,
  secretsFrom,
  tagsQuery,
} from './support.ts';

const endpoint = anEndpoint('https://registry.test');
const need = aNeed(endpoint);

function start(onWarning: (message: string) => void = () => undefined) {
  const clock = makeVirtualClock();
  const registry = makeMemoryRegistry(clock, 0);
  const { exchange } = registry;
  const environment = { LOGIN: 'bot:hunter22' };
  const client = makeRegistry({ environment, clock, userAgent: 'test', exchange, onWarning });
  onTestFinished(() => client.close());
  return { clock, registry, openCycle: () => client.openCycle(secretsFrom()) };
}

const pageOf = (tags: readonly string[], next?: string) =>
  reply(
    200,
    JSON.stringify({ name: 'x', tags }),
    next === undefined ? {} : { link: `<?${next}>; rel="next"` },
  );

describe('pages', () => {
  it.each([
    { name: 'empty pages', tags: [] },
    { name: 'the same page', tags: ['1.0'] },
  ])('fault R9: $name for ever end as a failure after three', async ({ tags }) => {
    const { clock, registry, openCycle } = start();
    registry.limit = () => pageOf(tags, `offset=${registry.asked.length}`);

    expect(await clock.run(failureOf(ask(openCycle(), need)))).toMatchObject({
      code: 'malformed',
      message: expect.stringContaining('3 pages in a row bring no new tag'),
    });
    expect(registry.asked.length).toBeLessThanOrEqual(4);
  });

  it('fault R9: two pages without tags in the midst of a list lose nothing', async () => {
    const { clock, registry, openCycle } = start();
    const pages = [['a'], [], [], ['b']];
    registry.limit = () => {
      const at = registry.asked.length;
      return pageOf(pages[at - 1] ?? [], at < pages.length ? `offset=${at}` : undefined);
    };

    expect(await clock.run(ask(openCycle(), need))).toEqual({ kind: 'tags', tags: ['a', 'b'] });
  });

  it('fault R9: a registry with pages of 100 may have more than 100,000 tags', async () => {
    const { clock, registry, openCycle } = start();
    const pages = 1_200;
    registry.limit = () => {
      const at = registry.asked.length;
      const tags = Array.from({ length: 100 }, (_, index) => `t${at}-${index}`);
      return pageOf(tags, at < pages ? `offset=${at}` : undefined);
    };

    expect(await clock.run(ask(openCycle(), need))).toMatchObject({ tags: { length: 120_000 } });
  });

  it('fault A6: a list of many bytes is asked for when the one before is read', async () => {
    const { clock, registry, openCycle } = start();
    registry.limit = ({ url }) => {
      const at = Number(url.searchParams.get('offset') ?? 0);
      const tags = Array.from({ length: 1_000 }, (_, index) => `t${at}-${index}`.padEnd(100, 'x'));
      return pageOf(tags, at < 110 ? `offset=${at + 1}` : undefined);
    };
    const cycle = openCycle();
    const [first, second] = [ask(cycle, need), ask(cycle, aNeed(endpoint, tagsQuery, 'acme/web'))];
    let isThere = false;
    void second.finally(() => {
      isThere = true;
    });
    const { tags } = (await clock.run(first)) as Extract<Answer, { kind: 'tags' }>;
    expect(tags.length).toBe(111_000);
    expect(isThere).toBe(false);

    tags.release?.();
    expect(await clock.run(second)).toMatchObject({ tags: { length: 111_000 } });
  });

  it.each([400, 405, 416, 422, 501])(
    'fault R9: a page size that is refused by %i is left out from then on',
    async (status) => {
      const { clock, registry, openCycle } = start();
      registry.push('acme/api', '1.0', {});
      registry.limit = ({ url }) => (url.searchParams.has('n') ? reply(status) : undefined);
      for (let i = 0; i < 2; i += 1) {
        expect(await clock.run(ask(openCycle(), need))).toEqual({ kind: 'tags', tags: ['1.0'] });
      }

      expect(registry.asked.map(({ url }) => url.search)).toEqual(['?n=1000', '', '']);
    },
  );

  it.each([
    '{"name":"x","errors":[{"code":"DENIED","message":"no access"}]}',
    '{"name":"x","tags":["1.0"],"errors":[{"code":"DENIED","message":"no access"}]}',
    '{"name":"x","tags":null,"errors":[{"code":"DENIED","message":"no access"}]}',
  ])('fault R9: %s is no list', async (body) => {
    const { clock, registry, openCycle } = start();
    registry.limit = () => reply(200, body);

    expect(await clock.run(failureOf(ask(openCycle(), need)))).toMatchObject({
      code: 'malformed',
      message: expect.stringContaining('DENIED: no access'),
    });
  });

  it('are deduplicated, sorted or not', async () => {
    const { clock, registry, openCycle } = start();
    const pages = [
      ['a', 'b', 'b'],
      ['c', 'a', 'd'],
      ['d', 'e'],
    ];
    registry.limit = () => {
      const at = registry.asked.length;
      return pageOf(pages[at - 1] ?? [], at < pages.length ? `offset=${at}` : undefined);
    };

    expect(await clock.run(ask(openCycle(), need))).toMatchObject({ tags: ['a', 'b', 'c', 'd', 'e'] });
  });
});

it('fault R9: a registry that denies to HEAD what GET has is asked by GET from then on', async () => {
  const { clock, registry, openCycle } = start();
  for (const tag of ['a', 'b', 'c']) registry.push('acme/api', tag, {});
  registry.limit = ({ method }) => (method === 'HEAD' ? reply(404) : undefined);
  for (const tag of ['a', 'b', 'c', 'a'])
    await clock.run(ask(openCycle(), aNeed(endpoint, digestQuery(tag, []))));

  expect(registry.asked.map(({ method }) => method).filter((method) => method === 'HEAD')).toHaveLength(2);
});

it('fault R9: who may list and not pull is asked more and more rarely', async () => {
  const { clock, registry, openCycle } = start();
  for (let i = 0; i < 29; i += 1) registry.push('acme/api', `b${i}`, {});
  registry.limit = ({ url }) => (url.pathname.includes('/manifests/') ? reply(401) : undefined);
  const asked: number[] = [];
  for (let i = 0; i < 6; i += 1) {
    const before = registry.asked.length;
    await clock.run(failureOf(ask(openCycle(), aNeed(endpoint, datedQuery))));
    asked.push(registry.asked.length - before);
  }

  expect(asked.slice(2)).toEqual([1, 1, 1, 1]);
});

describe('fault R9: warnings of a registry', () => {
  const asBot = aNeed(endpoint, tagsQuery, 'acme/api', { kind: 'env', name: 'LOGIN' });

  it.each([
    { name: 'one', header: '299 - "Your token will expire soon."', told: ['Your token will expire soon.'] },
    { name: 'several', header: '299 - "one", 299 - "two"', told: ['one', 'two'] },
    { name: 'quotes', header: '299 - "say \\"hi\\" \\\\o/"', told: ['say "hi" \\o/'] },
    { name: 'an agent', header: '299 harbor.example "hello"', told: ['hello'] },
    { name: 'another code', header: '199 - "stale", 1299 - "odd", 110 x "299"', told: [] },
    { name: 'a password that is repeated', header: '299 - "hello hunter22!"', told: ['hello ***!'] },
    { name: 'no text', header: '299 - ""', told: [] },
    { name: 'no end', header: '299 - "abc', told: [] },
    { name: 'a book', header: `299 - "${'x'.repeat(2_000)}"`, told: [`${'x'.repeat(299)}…`] },
  ])('($name) are shown once', async ({ header, told }) => {
    const messages: string[] = [];
    const { clock, registry, openCycle } = start((message) => messages.push(message));
    registry.limit = () => reply(200, '{"name":"acme/api","tags":["1.0"]}', { warning: header });
    for (let i = 0; i < 2; i += 1) await clock.run(ask(openCycle(), asBot));

    expect(messages).toEqual(told.map((text) => `registry registry.test warns: ${text}`));
  });

  it('of which each has another text end after ten', async () => {
    const messages: string[] = [];
    const { clock, registry, openCycle } = start((message) => messages.push(message));
    const warning = () => ({ warning: `299 - "${registry.asked.length} to go"` });
    registry.limit = () => reply(200, '{"name":"acme/api","tags":["1.0"]}', warning());
    for (let i = 0; i < 15; i += 1) await clock.run(ask(openCycle(), need));

    expect(messages).toHaveLength(10);
  });
});
