/** What a terminal shows of a cycle that takes its time. */
import { describe, expect, it } from 'vitest';
import { Waits } from '../../../src/app/waits.ts';
import type { World } from '../../../src/app/world.ts';
import { makePretty } from '../../../src/cli/terminal/pretty.ts';
import type { ImageNeed } from '../../../src/core/decide/needs.ts';
import { makeVirtualClock } from '../../fakes/virtual-clock.ts';

const signal = new AbortController().signal;
const erase = '\r\u001b[2K';
const need = { endpoint: { prefix: 'ghcr.io' }, repository: 'acme/web' } as ImageNeed;

/** A cycle that asks one registry, which answers when it is told to. */
function setUp({ isTTY = true, columns = 120 }: { readonly isTTY?: boolean; readonly columns?: number }) {
  const clock = makeVirtualClock();
  const answered = Promise.withResolvers<{ kind: 'tags'; tags: string[] }>();
  const world = {
    clock,
    registry: { close: () => undefined, openCycle: () => ({ answer: () => answered.promise }) },
  } as unknown as World;
  const waits = new Waits(clock);
  const out: string[] = [];
  const sink = { isTTY, columns, write: (text: string) => out.push(text) };
  const pretty = makePretty({ NO_COLOR: '1' }, sink, sink);
  const cycle = waits.watching(world).registry.openCycle({} as never);
  const ask = () => cycle.answer(need, signal);
  return { clock, waits, out, pretty, ask, answer: () => answered.resolve({ kind: 'tags', tags: [] }) };
}

describe('a cycle of more than ten seconds', () => {
  it('issue 8, O: shows on a terminal whom it waits for, and leaves nothing behind', async () => {
    const { clock, waits, out, pretty, ask, answer } = setUp({});
    const end = pretty.begin(waits, clock);
    await clock.pass(4000);
    const asked = [ask(), ask()];
    await clock.pass(5999);
    expect(out).toEqual([]);

    await clock.pass(1001);
    const [before, line] = (out.at(-1) ?? '').split(erase);
    expect(before).toBe('');
    expect(line).toMatch(
      /^ {2}waiting for registry ghcr\.io, repository acme\/web \(6 s, since [\d:]{8}\), and for 1 more$/,
    );
    await clock.pass(1000);
    expect(out.at(-1)).toContain('(7 s, since');

    answer();
    await Promise.all(asked);
    end();
    expect(out.at(-1)).toBe(erase);
    const written = out.length;
    await clock.pass(60_000);
    expect(out).toHaveLength(written);
  });

  it('issue 8, O: makes room for lines of the log', async () => {
    const { clock, waits, out, pretty, ask } = setUp({});
    pretty.begin(waits, clock);
    void ask();
    await clock.pass(10_500);

    pretty.stderr.write('an error\n');

    expect(out.slice(-2)).toEqual([erase, 'an error\n']);
  });

  it('issue 8, O: is cut where the terminal ends, for what wraps could not be erased', async () => {
    const { clock, waits, out, pretty, ask } = setUp({ columns: 40 });
    pretty.begin(waits, clock);
    void ask();
    await clock.pass(10_500);

    expect(out.at(-1)?.slice(erase.length)).toHaveLength(39);
  });

  it('issue 8, O: shows nothing in a pipe', async () => {
    const { clock, waits, out, pretty, ask } = setUp({ isTTY: false });
    const end = pretty.begin(waits, clock);
    void ask();
    await clock.pass(60_000);
    end();

    expect(out).toEqual([]);
  });
});
