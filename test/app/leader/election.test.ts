/** The election of one replica, in virtual time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Election, type ElectionEvent, type Term } from '../../../src/app/leader/election.ts';
import { type MemoryLease, makeMemoryLease } from '../../fakes/memory-lease.ts';
import { makeVirtualClock, type VirtualClock } from '../../fakes/virtual-clock.ts';
import { generatedRuns } from '../../generated-runs.ts';

const never = new AbortController().signal;

interface Replica {
  readonly election: Election;
  readonly events: ElectionEvent[];
  /** As `kill -9` does: nothing more is sent. */
  cut(): void;
  mend(): void;
}

function replicaOf(lease: MemoryLease, clock: VirtualClock, identity: string): Replica {
  let isCut = false;
  const events: ElectionEvent[] = [];
  return {
    election: new Election({
      lease: lease.connect(() => isCut),
      identity,
      clock,
      tell: (event) => events.push(event),
    }),
    events,
    cut: () => {
      isCut = true;
    },
    mend: () => {
      isCut = false;
    },
  };
}

function scene() {
  const clock = makeVirtualClock();
  const lease = makeMemoryLease();
  const replica = (identity: string) => replicaOf(lease, clock, identity);
  const lead = ({ election }: Replica) => clock.run(election.lead(never)) as Promise<Term>;
  return { clock, lease, replica, lead };
}

describe('the election', () => {
  it('gives the Lease to the first, with the timings of client-go (daemon.md 8)', async () => {
    const { lease, replica, lead, clock } = scene();
    const a = replica('a');

    await lead(a);
    await clock.pass(7_000);

    expect(a.election.leads()).toBe(true);
    expect(
      lease.history.map(({ holder, durationSeconds, transitions }) => [holder, durationSeconds, transitions]),
    ).toEqual(Array.from({ length: 4 }, () => ['a', 15, 0]));
    const [first, ...rest] = lease.history;
    expect(rest.map(({ renewedAtMs }) => renewedAtMs - (first?.renewedAtMs ?? 0))).toEqual([
      2_000, 4_000, 6_000,
    ]);
    expect(rest.every(({ acquiredAtMs }) => acquiredAtMs === first?.acquiredAtMs)).toBe(true);
  });

  it('makes others wait while it is renewed', async () => {
    const { clock, replica, lead } = scene();
    const [a, b] = [replica('a'), replica('b')];
    await lead(a);
    void b.election.lead(never);

    await clock.pass(300_000);

    expect([a.election.leads(), b.election.leads()]).toEqual([true, false]);
    expect(b.events).toEqual([{ kind: 'follows', holder: 'a' }]);
  });

  it('hands over within two seconds where the leader ends its term', async () => {
    const { clock, replica, lead, lease } = scene();
    const [a, b] = [replica('a'), replica('b')];
    const term = await lead(a);
    const next = b.election.lead(never);
    await clock.pass(5_000);

    const endedMs = clock.monotonicMs();
    await clock.run(term.end());
    expect(a.election.leads()).toBe(false);
    expect(lease.history.at(-1)).toMatchObject({ holder: '', durationSeconds: 1 });
    await clock.run(next);

    expect(clock.monotonicMs() - endedMs).toBeLessThanOrEqual(2_000);
    expect(lease.history.at(-1)).toMatchObject({ holder: 'b', transitions: 1 });
    expect([a.election.terms, b.election.terms]).toEqual([1, 1]);
    await clock.run(term.end());
  });

  it('hands over within the Lease, and not before it, where the leader was killed', async () => {
    const { clock, replica, lead } = scene();
    const [a, b] = [replica('a'), replica('b')];
    await lead(a);
    const next = b.election.lead(never);
    await clock.pass(5_000);

    a.cut();
    const cutMs = clock.monotonicMs();
    await clock.run(next);

    const tookMs = clock.monotonicMs() - cutMs;
    expect(tookMs).toBeGreaterThan(15_000 - 2_000);
    expect(tookMs).toBeLessThanOrEqual(15_000 + 2_000);
  });

  it('hands over though somebody writes labels on the Lease all the time', async () => {
    const { clock, lease, replica, lead } = scene();
    const a = replica('a');
    await lead(a);
    const b = replica('b');
    const next = b.election.lead(never);
    await clock.pass(5_000);

    a.cut();
    for (let i = 0; i < 20; i += 1) {
      await clock.pass(1_000);
      if (!b.election.leads()) lease.touch();
    }

    expect(b.election.leads()).toBe(true);
    await next;
  });

  it('takes the Lease from one who cannot renew it only after that one has stopped', async () => {
    const { clock, replica, lead } = scene();
    const [a, b] = [replica('a'), replica('b')];
    const term = await lead(a);
    const next = b.election.lead(never);
    await clock.pass(5_000);
    a.cut();
    const cutMs = clock.monotonicMs();
    const lostMs = new Promise<number>((resolve) =>
      term.lost.addEventListener('abort', () => resolve(clock.monotonicMs() - cutMs)),
    );

    expect(await clock.run(lostMs)).toBeLessThanOrEqual(10_000);
    expect(a.election.leads()).toBe(false);
    expect(b.election.leads()).toBe(false);
    expect(a.events.at(-1)).toEqual({ kind: 'lost' });
    await clock.run(next);
    expect(b.election.leads()).toBe(true);
  });

  it('does not lead after a pause of the process, before any timer has fired', async () => {
    const paused = { ms: 0 };
    const clock = makeVirtualClock();
    const late = { ...clock, monotonicMs: () => clock.monotonicMs() + paused.ms };
    const election = new Election({
      lease: makeMemoryLease().connect(),
      identity: 'a',
      clock: late,
      tell: () => undefined,
    });
    await clock.run(election.lead(never));
    expect(election.leads()).toBe(true);

    paused.ms = 10_000;

    expect(election.leads()).toBe(false);
  });

  it('keeps the Lease where the answer to a renewal is lost', async () => {
    const { clock, lease, replica, lead } = scene();
    const a = replica('a');
    await lead(a);

    lease.lostAnswers = 2;
    await clock.pass(60_000);

    expect(a.election.leads()).toBe(true);
    expect(a.events.filter(({ kind }) => kind === 'failed')).toHaveLength(2);
    expect(lease.history.every(({ transitions }) => transitions === 0)).toBe(true);
  });

  it('goes on trying while the API server refuses', async () => {
    const { clock, lease, replica, lead } = scene();
    const a = replica('a');
    lease.refusals = 30;

    await lead(a);

    expect(a.election.leads()).toBe(true);
    expect(a.events.filter(({ kind }) => kind === 'failed')).toHaveLength(30);
    expect(clock.monotonicMs()).toBeLessThanOrEqual(60_000);
  });

  it.each([3_600_000, -3_600_000])('is not misled by a wall clock that jumps by %i ms', async (ms) => {
    const { clock, replica, lead } = scene();
    const [a, b] = [replica('a'), replica('b')];
    await lead(a);
    void b.election.lead(never);
    await clock.pass(5_000);

    clock.jump(ms);
    await clock.pass(60_000);

    expect([a.election.leads(), b.election.leads()]).toEqual([true, false]);
  });

  it('ends the wait with the signal', async () => {
    const { clock, replica, lead } = scene();
    const [a, b] = [replica('a'), replica('b')];
    const stop = new AbortController();
    await lead(a);
    const waiting = b.election.lead(stop.signal);
    await clock.pass(3_000);

    stop.abort(new Error('stop'));

    expect(await clock.run(waiting)).toBeUndefined();
  });

  it('never has two leaders, whoever is cut off, mended and stopped when', async () => {
    const step = fc.record({
      who: fc.nat(2),
      what: fc.constantFrom('cut', 'mend', 'lose answers', 'hand over'),
      afterMs: fc.integer({ min: 0, max: 20_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { clock, lease, replica } = scene();
        const replicas = ['a', 'b', 'c'].map(replica);
        const terms: (Term | undefined)[] = [];
        const serve = async (each: Replica, i: number): Promise<void> => {
          for (;;) {
            const term = await each.election.lead(never);
            if (term === undefined) return;
            terms[i] = term;
            await new Promise<void>((resolve) => term.lost.addEventListener('abort', () => resolve()));
          }
        };
        for (const [i, each] of replicas.entries()) void serve(each, i);
        for (const { who, what, afterMs } of steps) {
          const each = replicas[who];
          if (what === 'cut') each?.cut();
          if (what === 'mend') each?.mend();
          if (what === 'lose answers') lease.lostAnswers = 1;
          if (what === 'hand over') void terms[who]?.end();
          for (let passed = 0; passed <= afterMs; passed += 500) {
            await clock.pass(500);
            expect(replicas.filter(({ election }) => election.leads()).length).toBeLessThanOrEqual(1);
          }
        }
      }),
      { numRuns: generatedRuns(100) },
    );
  });
});
