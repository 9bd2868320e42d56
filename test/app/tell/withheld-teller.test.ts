import { describe, expect, it } from 'vitest';
import { WithheldTeller } from '../../../src/app/tell/withheld-teller.ts';
import type { Withheld } from '../../../src/ports/cluster.ts';
import { makeScene } from '../policy/scene.ts';

const never = new AbortController().signal;

async function start(annotations: Readonly<Record<string, string>>) {
  const scene = makeScene({ web: annotations });
  const teller = new WithheldTeller();
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

  it.each([{ 'min-age': '72h' }, { window: 'deny "* * * * *" 1h' }])(
    'are none of %o',
    async (annotations) => {
      expect((await start(annotations)).events).toEqual([]);
    },
  );
});
