/** Cycles for pushes ask about what was pushed, and recall the rest. */
import { describe, expect, it } from 'vitest';
import { PushCycles } from '../../../src/app/trigger/push-cycles.ts';
import { RememberedAnswers } from '../../../src/app/trigger/remembered-answers.ts';
import { everybody, type Scope, Triggers } from '../../../src/app/trigger/trigger.ts';
import type { Answer, ImageNeed } from '../../../src/core/decide/needs.ts';
import type { PushEvent } from '../../../src/ports/push-event.ts';
import { makeManualClock } from '../../fakes/clock.ts';

const endpoint = { prefix: 'reg.test', apiUrl: 'https://reg.test' } as ImageNeed['endpoint'];
const needOf = (repository: string, key = repository): ImageNeed => ({
  key,
  endpoint,
  repository,
  query: { kind: 'tags' },
});
const pushOf = (repository: string): PushEvent => ({ registry: 'reg.test', repository, tag: '2' });
const pushesOnly: Scope = { kind: 'some', apps: new Set() };
const never = new AbortController().signal;

function scene(isRemembering = true) {
  const clock = makeManualClock();
  const pushes = new PushCycles(new Triggers(), isRemembering ? new RememberedAnswers(clock) : undefined);
  const asked: string[] = [];
  let tags: readonly string[] = ['1'];
  let fault: Error | undefined;
  const registry = pushes.watching({
    close: () => undefined,
    openCycle: () => ({
      answer: async ({ key }) => {
        asked.push(key);
        if (fault !== undefined) throw fault;
        return { kind: 'tags', tags };
      },
    }),
  });
  const cycle = async (scope: Scope, needs: readonly ImageNeed[], events: readonly PushEvent[] = []) => {
    asked.length = 0;
    const looked = events.length === 0 ? undefined : pushes.look(events);
    pushes.begin(scope);
    const open = registry.openCycle({} as never);
    const answers = await Promise.all(
      needs.map((need): Promise<Answer | Error> => open.answer(need, never).catch((error: Error) => error)),
    );
    pushes.end();
    await looked;
    return { asked: [...asked], tags: answers.map((each) => ('tags' in each ? [...each.tags] : each)) };
  };
  return {
    clock,
    cycle,
    show: (next: readonly string[]) => {
      tags = next;
    },
    fail: (next: Error | undefined) => {
      fault = next;
    },
  };
}

const [web, api] = [needOf('acme/web'), needOf('acme/api')];

describe('a cycle for pushes', () => {
  it('asks about what was pushed, and recalls what was said of the rest', async () => {
    const { cycle, show } = scene();
    await cycle(everybody, [web, api]);
    show(['1', '2']);

    expect(await cycle(pushesOnly, [web, api], [pushOf('acme/web')])).toEqual({
      asked: ['acme/web'],
      tags: [['1', '2'], ['1']],
    });
    expect((await cycle(everybody, [web, api])).asked).toEqual(['acme/web', 'acme/api']);
  });

  it('asks about everything where somebody asks for Applications besides', async () => {
    const { cycle } = scene();
    await cycle(everybody, [web, api]);
    const scope: Scope = { kind: 'some', apps: new Set(['argocd/shop']) };

    expect((await cycle(scope, [web, api], [pushOf('acme/web')])).asked).toHaveLength(2);
  });

  it.each<[string, (made: ReturnType<typeof scene>) => Promise<unknown>]>([
    ['never before', async () => undefined],
    [
      'an hour ago',
      async ({ cycle, clock }) => {
        await cycle(everybody, [api]);
        await clock.advance(3_600_000);
      },
    ],
    ['with another login', ({ cycle }) => cycle(everybody, [needOf('acme/api', 'another key')])],
    [
      'and failed',
      async ({ cycle, fail }) => {
        await cycle(everybody, [api]);
        fail(new Error('down'));
        await cycle(everybody, [api]);
        fail(undefined);
      },
    ],
    [
      'in a list of two thousand tags',
      async ({ cycle, show }) => {
        show(Array.from({ length: 2_000 }, (_, at) => `${at}`));
        await cycle(everybody, [api]);
      },
    ],
    [
      'before many others',
      async ({ cycle, show }) => {
        show(Array.from({ length: 1_000 }, (_, at) => `${at}`));
        await cycle(everybody, [api]);
        await cycle(
          everybody,
          Array.from({ length: 60 }, (_, at) => needOf(`acme/r${at}`)),
        );
      },
    ],
  ])('asks about the rest where it was asked about %s', async (_, prepare) => {
    const made = scene();
    await prepare(made);

    expect((await made.cycle(pushesOnly, [web, api], [pushOf('acme/web')])).asked).toContain('acme/api');
  });

  it('recalls nothing where no pushes are taken', async () => {
    const { cycle } = scene(false);
    await cycle(everybody, [web, api]);

    expect((await cycle(pushesOnly, [web, api])).asked).toHaveLength(2);
  });
});
