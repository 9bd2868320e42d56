import { describe, expect, it } from 'vitest';
import { WithheldTeller } from '../../../src/app/tell/withheld-teller.ts';
import type { TrackedImage } from '../../../src/core/config/tracked-image.ts';
import type { Decision } from '../../../src/core/decide/decision.ts';
import { withVersion } from '../../../src/core/image/image.ts';
import type { PolicyCode, Reason } from '../../../src/core/policy/verdict.ts';
import type { Withheld } from '../../../src/ports/cluster.ts';
import { anApplication } from '../../core/applications.ts';
import { makeManualClock } from '../../fakes/clock.ts';
import { hourMs, makeScene } from '../policy/scene.ts';

const never = new AbortController().signal;

async function start(annotations: Readonly<Record<string, string>>) {
  const scene = makeScene({ web: annotations });
  const teller = new WithheldTeller(scene.clock);
  const events: Withheld[] = [];
  const cluster = {
    recordWithheld: (_: unknown, event: Withheld) => {
      events.push(event);
      return Promise.resolve();
    },
  };
  const cycle = async () => {
    const { report } = await scene.cycle();
    return teller.tell(scene.applications, report.applications, cluster, never);
  };
  await cycle();
  return { scene, events, cycle };
}

const image = {
  alias: 'web',
  ref: { registry: '', name: 'acme/web', canonical: { registry: 'docker.io', repository: 'acme/web' } },
} as unknown as TrackedImage;

/** A teller that is told of one image in each cycle, by hand. */
function byHand() {
  const clock = makeManualClock();
  const teller = new WithheldTeller(clock);
  const events: Withheld[] = [];
  const application = anApplication({ name: 'web' });
  const cluster = {
    recordWithheld: (_: unknown, event: Withheld) => {
      events.push(event);
      return Promise.resolve();
    },
  };
  const cycle = async (code: PolicyCode | undefined, more: Partial<Reason> = {}, wanted = '1.1.0') => {
    const shared = { index: 0, alias: 'web', entry: 'web=acme/web', trace: [], image };
    const at = withVersion(image.ref, { tag: '1.0.0' });
    const reason: Reason = {
      code: code ?? 'hold',
      kind: 'waiting',
      reason: 'so',
      ends: 'x',
      also: [],
      ...more,
    };
    const decision =
      code === undefined
        ? ({ ...shared, kind: 'current', at } as unknown as Decision)
        : ({
            ...shared,
            kind: 'waiting',
            at,
            wanted: withVersion(image.ref, { tag: wanted }),
            reason,
          } as unknown as Decision);
    const report = { app: 'argocd/web', decisions: [decision], changes: [], warnings: [] };
    return teller.tell([application], [report], cluster, never);
  };
  const told = () => events.map(({ reason, type }) => `${type} ${reason}`);
  return { clock, cycle, told, events };
}

describe('1.2: Events about what lasts', () => {
  it.each([
    { code: 'promote', hours: 24 },
    { code: 'promote-unproven', hours: 24 },
    { code: 'rollout', hours: 1 },
  ] as const)('$code is told after $hours h, once, and so is its end', async ({ code, hours }) => {
    const { clock, cycle, told } = byHand();
    await cycle(code);
    await clock.advance(hours * hourMs - 1000);
    await cycle(code);
    expect(told()).toEqual([]);

    await clock.advance(1000);
    await cycle(code);
    await cycle(code);
    expect(told()).toEqual(['Warning ImageWaiting']);

    await cycle(undefined);
    expect(told()).toEqual(['Warning ImageWaiting', 'Normal ImageReleased']);
  });

  it('a newer version waits anew', async () => {
    const { clock, cycle, told } = byHand();
    await cycle('rollout');
    await clock.advance(hourMs - 1000);
    await cycle('rollout', {}, '1.2.0');
    await clock.advance(hourMs - 1000);
    await cycle('rollout', {}, '1.2.0');

    expect(told()).toEqual([]);
  });

  it('what is older than the process counts from its own time', async () => {
    const { clock, cycle, told } = byHand();

    await cycle('promote', { sinceMs: clock.now() - 25 * hourMs });

    expect(told()).toEqual(['Warning ImageWaiting']);
  });

  it('policy-unknown is told in the third cycle', async () => {
    const { cycle, told } = byHand();
    await cycle('policy-unknown');
    await cycle('policy-unknown');
    expect(told()).toEqual([]);

    await cycle('policy-unknown');

    expect(told()).toEqual(['Warning ImageWaiting']);
  });

  it('a limit is told once a day, however often it comes and goes', async () => {
    const { clock, cycle, told } = byHand();
    for (const code of ['limit', undefined, 'limit', 'limit', undefined] as const) await cycle(code);
    expect(told()).toEqual(['Warning ImageWaiting']);

    await clock.advance(24 * hourMs);
    await cycle('limit', {}, '1.2.0');

    expect(told()).toEqual(['Warning ImageWaiting', 'Warning ImageWaiting']);
  });

  it('a hold that becomes something else is over when that is', async () => {
    const { cycle, told } = byHand();
    await cycle('hold');
    await cycle('rollout');
    await cycle(undefined);

    expect(told()).toEqual(['Normal ImageWaiting', 'Normal ImageReleased']);
  });
});

describe('Events about what policies withhold', () => {
  it('come once for a reason, anew for another version, and tell the end', async () => {
    const { scene, events, cycle } = await start({});
    scene.sets('argocd-image-updater-holds', { 'argocd.web': 'reason="bug 42"' });
    scene.shelf.tags.set('acme/web', ['1.0.0', '1.1.0', '1.2.0']);
    await cycle();
    await cycle();
    scene.shelf.tags.set('acme/web', ['1.0.0', '1.1.0', '1.2.0', '1.3.0']);
    await cycle();
    scene.sets('argocd-image-updater-holds', {});
    await cycle();
    await cycle();

    expect(events.map(({ reason, type }) => [reason, type])).toEqual([
      ['ImageHeld', 'Normal'],
      ['ImageHeld', 'Normal'],
      ['ImageReleased', 'Normal'],
    ]);
    expect(events[0]?.message).toMatch(/^web: 1\.2\.0 is withheld by hold: bug 42 /);
  });

  it('warn of what somebody should look at', async () => {
    const { events } = await start({ hold: 'until=2h' });

    expect(events).toMatchObject([{ reason: 'ImageHeld', type: 'Warning' }]);
  });

  it('RB-24: tell of a value that was put back as where no policy looks for it', async () => {
    const { scene } = await start({ hold: 'true' });
    const { report } = await scene.cycle();
    const told: Withheld[] = [];
    const cluster = {
      recordWithheld: (_: unknown, event: Withheld) => {
        told.push(event);
        return Promise.resolve();
      },
    };
    const applications = report.applications.map((one) => ({
      ...one,
      decisions: one.decisions.map((decision) =>
        decision.kind === 'held'
          ? {
              ...decision,
              reason: { ...decision.reason, code: 'reverted' as const, by: 'argocd-controller' },
            }
          : decision,
      ),
    }));

    await new WithheldTeller(makeManualClock()).tell(scene.applications, applications, cluster, never);

    expect(told).toEqual([
      { reason: 'UpdateReverted', type: 'Warning', message: expect.stringContaining('argocd-controller') },
    ]);
  });

  it.each([{ 'min-age': '72h' }, { window: 'deny "* * * * *" 1h' }])(
    'are none of %o',
    async (annotations) => {
      expect((await start(annotations)).events).toEqual([]);
    },
  );
});
