/** Whole cycles with policies, over ports in memory: what is committed, and what is told of what is not. */
import { describe, expect, it } from 'vitest';
import type { Application } from '../../../src/core/config/application.ts';
import { Failed } from '../../../src/core/base/outcome.ts';
import { packState } from '../../../src/core/config/state/application-state.ts';
import { app, setUp, values } from '../../fakes/memory-world.ts';
import { at, hourMs, makeScene, policies, reasons, url } from './scene.ts';

describe('holds', () => {
  it('without any, all is written', async () => {
    const scene = makeScene({ web: {}, api: {} });

    const { writes } = await scene.cycle();

    expect(writes).toEqual({ web: 'committed', api: 'committed' });
    expect([scene.tagOf('web'), scene.tagOf('api')]).toEqual(['1.1.0', '1.1.0']);
  });

  it('HO-01: an Application on hold is not written, and others are', async () => {
    const scene = makeScene({ web: { hold: 'reason="bug 42"' }, api: {} });

    const { writes, report } = await scene.cycle();

    expect(writes).toEqual({ web: 'nothing', api: 'committed' });
    expect(reasons(report)).toEqual({
      web: 'hold: bug 42 (annotation hold); ends with its removal, or tidewaiter resume',
    });
    expect(report.counters).toMatchObject({ considered: 2, updated: 1, errors: 0, skipped: 0 });
    expect(scene.tagOf('web')).toBe('1.0.0');
  });

  it('the ConfigMap holds too, and its end lets go on', async () => {
    const scene = makeScene({ web: {} });
    scene.sets('argocd-image-updater-holds', { 'argocd.web': 'true' });
    expect((await scene.cycle()).writes).toEqual({ web: 'nothing' });

    scene.sets('argocd-image-updater-holds', {});

    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
  });

  it('a freeze stops everybody, also between decision and push', async () => {
    const scene = makeScene({ web: {} });
    scene.git.onCall((call) => {
      if (call === 'heads') scene.sets('argocd-image-updater-holds', { freeze: 'reason="incident 7"' });
    });

    const { report } = await scene.cycle();

    expect(scene.tagOf('web')).toBe('1.0.0');
    expect(Object.values(reasons(report))[0]).toMatch(/^freeze: incident 7/);
  });

  it('a hold between decision and push is told as one, also where there was no policy', async () => {
    const scene = makeScene({ web: {} });
    scene.git.onCall((call) => {
      if (call === 'heads') scene.sets('argocd-image-updater-holds', { 'argocd.web': 'reason="bug 42"' });
    });

    const { report } = await scene.cycle();

    expect(scene.tagOf('web')).toBe('1.0.0');
    expect(Object.values(reasons(report))[0]).toMatch(/^hold: bug 42/);
  });

  it('OR-13: holds that cannot be read stay as they were; those that never could withhold all', async () => {
    const scene = makeScene({ web: {} });
    scene.sets('argocd-image-updater-holds', { 'argocd.web': 'true' });
    await scene.cycle();
    scene.sets('argocd-image-updater-holds', new Error('500'));
    expect(Object.values(reasons((await scene.cycle()).report))[0]).toMatch(/^hold:/);

    const fresh = makeScene({ web: {} });
    fresh.sets('argocd-image-updater-holds', new Error('500'));
    expect(Object.values(reasons((await fresh.cycle()).report))[0]).toMatch(/^policy-unknown:/);
    expect(fresh.tagOf('web')).toBe('1.0.0');
  });

  it('a Role that lets nobody read ConfigMaps, as those of 0.18, costs one warning', async () => {
    const scene = makeScene({ web: {}, api: {} });
    const failure = { kind: 'kube', code: 'forbidden', message: 'no', resource: 'configmaps' } as const;
    scene.sets('argocd-image-updater-holds', new Failed(failure));
    scene.sets('argocd-image-updater-config', new Failed(failure));

    const { writes, report } = await scene.cycle();

    expect(writes).toEqual({ web: 'committed', api: 'committed' });
    expect(report.warnings).toEqual([
      expect.stringContaining('it takes a Role in namespace argocd with verb "get" on "configmaps"'),
    ]);
  });

  it('OR-08: a value that cannot be read withholds its image', async () => {
    const scene = makeScene({ web: { hold: 'until=2h' }, api: { hodl: 'true' } });

    const { report, writes } = await scene.cycle();

    expect(writes).toEqual({ web: 'nothing', api: 'nothing' });
    expect(reasons(report)).toMatchObject({
      web: expect.stringMatching(/^policy-invalid: /) as unknown,
      api: expect.stringMatching(/^policy-invalid: .*did you mean hold/) as unknown,
    });
  });
});

describe('holds of what is not there', () => {
  it('HO-15: are told with the nearest name, where every Application is listed', async () => {
    const scene = makeScene({ shop: {} });
    scene.sets('argocd-image-updater-holds', { 'argocd.shpo': 'true' });

    expect((await scene.cycle()).report.warnings).toEqual([
      'ConfigMap argocd-image-updater-holds: argocd.shpo names no Application or image; did you mean argocd.shop?',
    ]);
  });
});

describe('pin', () => {
  it('HO-12: is written though it is older, and then is current', async () => {
    const scene = makeScene({ web: { 'web.pin': '0.9.0' } });
    scene.shelf.tags.set('acme/web', ['0.9.0', '1.0.0', '1.1.0']);

    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
    expect(scene.tagOf('web')).toBe('0.9.0');

    scene.list(scene.applications.map((each) => at(each, '0.9.0')));
    expect((await scene.cycle()).writes).toEqual({ web: 'nothing' });
  });

  it('HO-13: fails where the tag does not exist', async () => {
    const scene = makeScene({ web: { 'web.pin': '7.0.0' } });

    expect((await scene.cycle()).writes['web']).toMatch(/^pinned tag 7\.0\.0 does not exist/);
  });
});

describe('digests beside tags', () => {
  it('a pinned tag is written with what it names, and then is current', async () => {
    const scene = makeScene({ web: { 'web.pin': '1.1.0', 'write-format': 'tag@digest' } });
    const version = `1.1.0@${scene.shelf.digestOf('acme/web', '1.1.0')}`;

    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
    expect(scene.tagOf('web')).toBe(version);

    scene.list(scene.applications.map((each) => at(each, version)));
    expect((await scene.cycle()).writes).toEqual({ web: 'nothing' });
  });

  it('a pinned tag that runs without its digest gets it', async () => {
    const scene = makeScene({ web: { 'web.pin': '1.0.0', 'write-format': 'tag@digest' } });

    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
    expect(scene.tagOf('web')).toBe(`1.0.0@${scene.shelf.digestOf('acme/web', '1.0.0')}`);
  });

  it('HE-18: who writes digests is promoted by digest', async () => {
    const scene = makeScene({
      staging: {},
      production: { 'promote-from': 'argocd/staging/web', 'write-format': 'tag@digest' },
    });
    const [staging, production] = scene.applications;
    if (staging === undefined || production === undefined) throw new Error('no Applications');
    const since = new Date(scene.clock.now() - hourMs).toISOString();
    const state = packState({
      status: {
        health: { status: 'Healthy', lastTransitionTime: since },
        sync: { status: 'Synced' },
        reconciledAt: new Date(scene.clock.now()).toISOString(),
        operationState: { phase: 'Succeeded', startedAt: since, finishedAt: since },
      },
    });
    scene.list([at(staging, '1.1.0', state === undefined ? {} : { state }), production]);

    const { report } = await scene.cycle();

    expect(reasons(report)['production']).toMatch(/^promote-unproven: .*without a digest/);
  });
});

describe('on-moved-tag where no digest is written', () => {
  it.each([
    ['warn', { writes: { web: 'committed' }, told: 1 }],
    ['hold', { writes: { web: 'nothing' }, told: 0 }],
  ])('WF-07: %s goes by what the tag named when it was seen first', async (reaction, expected) => {
    const scene = makeScene({ web: { 'on-moved-tag': reaction } });
    scene.shelf.tags.set('acme/web', ['1.0.0']);
    const { report } = await scene.cycle();
    expect(reasons(report)).toEqual({});
    scene.shelf.pushed.set('acme/web:1.0.0', 'again');
    const told = await scene.cycle();
    const words = told.report.applications.flatMap(({ decisions }) =>
      decisions.filter(({ trace }) => trace.doubt?.includes('names another image now') === true),
    );

    scene.shelf.tags.set('acme/web', ['1.0.0', '1.1.0']);

    const { writes, report: last } = await scene.cycle();
    expect([writes, words.length]).toEqual([expected.writes, expected.told]);
    expect(Object.values(reasons(last)).map((text) => text.split(':')[0])).toEqual(
      reaction === 'hold' ? ['moved-tag'] : [],
    );
  });

  it('asks for nothing, and remembers nothing, where nobody watches', async () => {
    const scene = makeScene({ web: {} });
    scene.shelf.tags.set('acme/web', ['1.0.0']);
    await scene.cycle();

    expect(scene.asked).toEqual(['acme/web']);
  });
});

describe('skip-tags', () => {
  it('takes the next candidate, and is held where there is none', async () => {
    const scene = makeScene({ web: { 'skip-tags': '1.2.0 # crashes' }, api: { 'skip-tags': '1.1.0' } });
    scene.shelf.tags.set('acme/web', ['1.0.0', '1.1.0', '1.2.0']);

    const { report } = await scene.cycle();

    expect(scene.tagOf('web')).toBe('1.1.0');
    expect(reasons(report)).toEqual({
      api: 'skip-tags: 1.1.0 is skipped by annotation skip-tags; ends with another version',
    });
  });
});

describe('min-age', () => {
  it('AG-05: waits from the first sight on, and then is written', async () => {
    const scene = makeScene({ web: { 'min-age': '72h' } });
    expect(Object.values(reasons((await scene.cycle()).report))[0]).toMatch(/^min-age until /);

    await scene.clock.advance(73 * hourMs);

    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
  });

  it('says once when the first update can come', async () => {
    const scene = makeScene({ web: { 'min-age': '72h' }, api: { 'min-age': '24h' } });
    const first = (await scene.cycle()).report.warnings;

    expect(first).toEqual([
      expect.stringMatching(/^min-age: 2 tags are first seen now, the first update can come at 2027-01-16/),
    ]);
    expect((await scene.cycle()).report.warnings).toEqual([]);
  });

  it('trap 26: says once that a tag moves too often to grow old', async () => {
    const scene = makeScene({ web: { 'min-age': '72h' } });
    const told: string[] = [];
    for (let day = 0; day < 14; day += 1) {
      scene.shelf.pushed.set('acme/web:1.1.0', `day ${day}`);
      told.push(...(await scene.cycle()).report.warnings);
      await scene.clock.advance(24 * hourMs);
    }

    expect(told.slice(1)).toEqual([
      expect.stringMatching(
        /^ghcr\.io\/acme\/web:1\.1\.0 names another image every \d+h, min-age is 72h: it is never old enough$/,
      ),
    ]);
  });

  it('AG-02: another image behind the tag starts anew', async () => {
    const scene = makeScene({ web: { 'min-age': '72h' } });
    await scene.cycle();
    await scene.clock.advance(71 * hourMs);
    scene.shelf.pushed.set('acme/web:1.1.0', 'again');
    await scene.cycle();
    await scene.clock.advance(2 * hourMs);

    expect((await scene.cycle()).writes).toEqual({ web: 'nothing' });
  });

  it('AG-09: counts while a gate is closed', async () => {
    const scene = makeScene({ web: { 'min-age': '72h' } });
    scene.sets('argocd-image-updater-holds', { freeze: 'true' });
    await scene.cycle();
    await scene.clock.advance(80 * hourMs);
    scene.sets('argocd-image-updater-holds', {});

    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
  });
});

describe('group', () => {
  const group = { group: 'release' };

  it('GR-01, GR-02: waits until all members have the version, and then all move', async () => {
    const scene = makeScene({ fe: group, be: group });
    scene.shelf.tags.set('acme/be', ['1.0.0']);
    for (let i = 0; i < 3; i += 1)
      expect((await scene.cycle()).writes).toEqual({ fe: 'nothing', be: 'nothing' });
    scene.shelf.tags.set('acme/be', ['1.0.0', '1.1.0']);

    expect((await scene.cycle()).writes).toEqual({ fe: 'committed', be: 'committed' });
  });

  it('GR-11: a cycle for one member is one for all', async () => {
    const scene = makeScene({ fe: group, be: group, other: {} });

    const { writes } = await scene.cycle({ kind: 'some', apps: new Set(['argocd/fe']) });

    expect(writes).toEqual({ fe: 'committed', be: 'committed' });
  });

  it('6.2: goes by what the target of a member holds, whatever it runs', async () => {
    const scene = makeScene({ fe: group, be: group });
    const [fe, be] = scene.applications;
    if (fe === undefined || be === undefined) throw new Error('no Applications');
    await scene.cycle();
    scene.git.commit(url, 'back', {
      'fe/values.yaml': values('fe', '1.0.0'),
      'be/values.yaml': values('be', '1.0.0'),
    });
    scene.list([fe, at(be, '1.1.0')]); // the one is synced already, the other is not

    const { report } = await scene.cycle();

    expect([scene.tagOf('fe'), scene.tagOf('be')]).toEqual(['1.0.0', '1.0.0']);
    expect(reasons(report)['fe']).toMatch(/^group-missing: group release: argocd\/be web lacks 1\.1\.0/);
  });

  it('6.2: a digest has no tag to go by', async () => {
    const digest = { 'web.update-strategy': 'digest', 'image-list': 'web=ghcr.io/acme/be:1.0.0', ...group };
    const scene = makeScene({ fe: group, be: digest });

    const { report } = await scene.cycle();

    expect([scene.tagOf('fe'), scene.tagOf('be')]).toEqual(['1.0.0', '1.0.0']);
    expect(reasons(report)['fe']).toMatch(
      /^group-disagree: .*a digest has no tag to go by \(argocd\/be web\)/,
    );
  });

  it('GR-06: waits for a member on hold', async () => {
    const scene = makeScene({ fe: group, be: { ...group, hold: 'true' } });

    const { report } = await scene.cycle();

    expect(reasons(report)).toMatchObject({
      fe: expect.stringMatching(/^group-held: group release: argocd\/be web is withheld: hold/) as unknown,
    });
  });
});

describe('a group of which one member is stopped after the group has chosen', () => {
  const group = { group: 'release' };

  it('by its limit: nobody is written, and then all are', async () => {
    const scene = makeScene({ fe: { ...group, 'max-commits-per-hour': '1' }, be: group });
    const { writes, report } = await scene.cycle();

    expect(writes).toEqual({ fe: 'nothing', be: 'nothing' });
    expect(reasons(report)['be']).toMatch(/^limit until .*: argocd\/fe may have 1 commits an hour/);

    await scene.clock.advance(6 * 60_000 + 1000);

    expect((await scene.cycle()).writes).toEqual({ fe: 'committed', be: 'committed' });
  });

  it('by its turn in a rollout: nobody is written', async () => {
    const rollout = { rollout: 'one-first', 'image-list': 'web=ghcr.io/acme/web' };
    const scene = makeScene({
      canary: { ...rollout, 'rollout-order': '1' },
      fe: { ...group, ...rollout, 'rollout-order': '2' },
      be: group,
    });
    scene.shelf.tags.set('acme/web', ['1.0.0', '1.1.0']);
    const runsWeb = (each: Application): Application =>
      each.name === 'be'
        ? each
        : { ...each, status: { sourceTypes: ['Helm'], images: ['ghcr.io/acme/web:1.0.0'] } };
    scene.list(scene.applications.map(runsWeb));

    const { writes, report } = await scene.cycle();

    expect(writes).toEqual({ canary: 'committed', fe: 'nothing', be: 'nothing' });
    expect(reasons(report)).toEqual({
      fe: expect.stringMatching(/^rollout/) as unknown,
      be: expect.stringMatching(/^group-held: group release: argocd\/fe web is withheld: rollout/) as unknown,
    });
  });
});

describe('rollout', () => {
  it('7.3: what the first ones hold and have not proven goes no further, though they move on', async () => {
    const rollout = { rollout: 'one-first', 'image-list': 'web=ghcr.io/acme/web' };
    const scene = makeScene({ web: { ...rollout, 'rollout-order': '1' }, fe: rollout, be: rollout });
    const all = () => ['web', 'fe', 'be'].map((name) => scene.tagOf(name));
    await scene.cycle();
    expect(all()).toEqual(['1.1.0', '1.0.0', '1.0.0']);

    scene.shelf.tags.set('acme/web', ['1.0.0', '1.1.0', '1.2.0']);
    await scene.cycle();

    expect(all()).toEqual(['1.2.0', '1.0.0', '1.0.0']);
  });
});

describe('window and limits', () => {
  it('WI: nothing is committed while it is closed, and is when it opens', async () => {
    // the clock of the test starts on Friday, 2027-01-15, 08:00 UTC
    const scene = makeScene({ web: { window: 'allow "0 10 * * *" 1h' } });
    const { report } = await scene.cycle();
    expect(Object.values(reasons(report))[0]).toMatch(/^window until 2027-01-15 10:00 UTC/);

    await scene.clock.advance(2 * hourMs + 60_000);

    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
  });

  it('LI-01: a limit for all is one for Applications without policies too', async () => {
    const limited = { ...policies, maxCommitsPerHour: { value: 1, source: '--max-commits-per-hour' } };
    const scene = setUp([app('web', 'good'), app('api', 'good')], undefined, { policies: limited });
    expect((await scene.cycle()).writes).toEqual({ web: 'nothing', api: 'nothing' });

    await scene.clock.advance(6 * 60_000 + 1000);

    expect(Object.values((await scene.cycle()).writes).toSorted()).toEqual(['committed', 'nothing']);
    expect(Object.values((await scene.cycle()).writes)).toContain('nothing');
  });

  it('LI-02, LI-03: lost counters let nobody through at once, and then one by one', async () => {
    const scene = makeScene({ web: { 'max-commits-per-hour': '1' } });
    expect(Object.values(reasons((await scene.cycle()).report))[0]).toMatch(/^limit until /);

    await scene.clock.advance(6 * 60_000 + 1000);

    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
  });
});

describe('rollback: respect', () => {
  const respects = { rollback: 'respect' };

  it('RB-01: what a person put back in Git stays, until something newer appears', async () => {
    const scene = makeScene({ web: respects });
    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
    scene.git.commit(url, 'Revert "update"', { 'web/values.yaml': values('web', '1.0.0') });

    const { writes, report } = await scene.cycle();

    expect(writes).toEqual({ web: 'nothing' });
    expect(reasons(report)['web']).toMatch(/^rollback: /);
    scene.shelf.tags.set('acme/web', ['1.0.0', '1.1.0', '1.2.0']);
    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
    expect(scene.tagOf('web')).toBe('1.2.0');
  });

  it('RB-19: goes by build dates where the strategy does', async () => {
    const scene = makeScene({ web: { ...respects, 'update-strategy': 'newest-build' } });
    const built = (tag: string, seconds: number) => ({ tag, created: { seconds, nanos: 0 } });
    const old = Math.floor(scene.clock.now() / 1000) - 86_400; // long before any of our commits
    const all = [built('a', old), built('1.0.0', old + 1), built('b', old + 2)];
    const list = (tags: typeof all) =>
      scene.answers(() => Promise.resolve({ kind: 'dated-tags', listed: tags.length, tags, dropped: [] }));
    list(all);
    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
    expect(scene.tagOf('web')).toBe('b');
    scene.git.commit(url, 'Revert "update"', { 'web/values.yaml': values('web', '1.0.0') });
    expect(reasons((await scene.cycle()).report)['web']).toMatch(/^rollback: /);

    list([...all, built('c', old + 3)]);

    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
    expect(scene.tagOf('web')).toBe('c');
  });

  it('reads the history of a head once, however many images ask', async () => {
    const scene = makeScene({ web: respects, api: respects, shop: respects });
    const calls: string[] = [];
    scene.git.onCall((call) => calls.push(call));

    await scene.cycle();

    expect(calls.filter((call) => call === 'commitLog')).toHaveLength(1);
  });

  it('without it, the reverted version is written again', async () => {
    const scene = makeScene({ web: {} });
    await scene.cycle();
    scene.git.commit(url, 'Revert "update"', { 'web/values.yaml': values('web', '1.0.0') });

    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
    expect(scene.tagOf('web')).toBe('1.1.0');
  });

  it('RB-22: what a person puts back between our read and our push is not undone', async () => {
    const scene = makeScene({ web: { ...respects, 'skip-tags': '1.2.0' } });
    await scene.cycle();
    scene.shelf.tags.set('acme/web', ['1.0.0', '1.1.0', '1.2.0', '1.3.0']);
    let isOver = false;
    scene.git.onCall((call) => {
      if (call !== 'push' || isOver) return;
      isOver = true;
      scene.git.commit(url, 'Revert "update"', { 'web/values.yaml': values('web', '1.0.0') });
      scene.shelf.tags.set('acme/web', ['1.0.0', '1.1.0']);
    });

    await scene.cycle();
    const { report } = await scene.cycle();

    expect(scene.tagOf('web')).toMatch(/^1\.(0|3)\.0$/);
    expect(scene.git.messages(url).filter((message) => message.startsWith('Revert'))).toHaveLength(1);
    expect(report.applications).toHaveLength(1);
  });
});

describe('quarantine', () => {
  it('HE-19: a version after which an Application became Degraded is held for all who follow the image', async () => {
    const scene = makeScene({ web: { quarantine: '15m' }, other: { quarantine: '15m', hold: 'true' } });
    // both follow one image
    const [web, other] = scene.applications;
    if (web === undefined || other === undefined) throw new Error('no Applications');
    const key = Object.keys(other.annotations).find((each) => each.endsWith('/image-list')) ?? '';
    const follows = {
      ...other,
      annotations: { ...other.annotations, [key]: 'web=ghcr.io/acme/web' },
      status: { sourceTypes: ['Helm'], images: ['ghcr.io/acme/web:1.0.0'] },
    };
    scene.list([web, follows]);
    expect((await scene.cycle()).writes).toEqual({ web: 'committed', other: 'nothing' });

    const writtenMs = scene.clock.now();
    const syncedAt = new Date(writtenMs + 60_000).toISOString();
    const degradedAt = new Date(writtenMs + 120_000).toISOString();
    const state = packState({
      status: {
        health: { status: 'Degraded', lastTransitionTime: degradedAt },
        sync: { status: 'Synced' },
        reconciledAt: degradedAt,
        history: [{ deployStartedAt: syncedAt, deployedAt: syncedAt, revision: 'f'.repeat(40), id: 1 }],
        operationState: { phase: 'Succeeded', startedAt: syncedAt, finishedAt: syncedAt },
      },
    });
    await scene.clock.advance(4 * 60_000);
    const released = {
      ...follows,
      annotations: Object.fromEntries(
        Object.entries(follows.annotations).filter(([each]) => !each.endsWith('/hold')),
      ),
    };
    scene.list([at(web, '1.1.0', state === undefined ? {} : { state }), released]);

    const { report } = await scene.cycle();

    expect(reasons(report)['other']).toMatch(/^quarantine: /);
    scene.shelf.tags.set('acme/web', ['1.0.0', '1.1.0', '1.1.1']);
    expect((await scene.cycle()).writes).toMatchObject({ other: 'committed' });
  });
});

describe('promote-from', () => {
  it('HE-01 to HE-03: takes what its source has proven', async () => {
    const scene = makeScene({
      staging: {},
      production: { 'promote-from': 'argocd/staging/web', 'min-healthy': '10m' },
    });
    const tags = ['1.0.0', '1.1.0'];
    scene.shelf.tags.set('acme/staging', tags);
    scene.shelf.tags.set('acme/production', tags);
    const [staging, production] = scene.applications;
    if (staging === undefined || production === undefined) throw new Error('no Applications');
    const healthy = (tag: string) => {
      const since = new Date(scene.clock.now() - 3_600_000).toISOString();
      const state = packState({
        status: {
          health: { status: 'Healthy', lastTransitionTime: since },
          sync: { status: 'Synced' },
          reconciledAt: new Date(scene.clock.now()).toISOString(),
          operationState: { phase: 'Succeeded', startedAt: since, finishedAt: since },
        },
      });
      return at(staging, tag, state === undefined ? {} : { state });
    };
    scene.list([healthy('1.0.0'), production]);
    const { report } = await scene.cycle();
    expect(reasons(report)['production']).toMatch(/^promote/);

    scene.list([healthy('1.1.0'), production]);
    await scene.cycle();
    await scene.clock.advance(11 * 60_000);
    scene.list([healthy('1.1.0'), production]);

    expect((await scene.cycle()).writes).toMatchObject({ production: 'committed' });
    expect(scene.tagOf('production')).toBe('1.1.0');
  });
});

describe('one commit for several Applications', () => {
  const shared = { 'commit-group': 'shop-release' };

  it('GR-02, 6.3: members of a group in one branch are one commit', async () => {
    const scene = makeScene({ fe: { group: 'release' }, be: { group: 'release' } });

    await scene.cycle();

    expect(scene.git.messages(url)).toHaveLength(2);
    expect([scene.tagOf('fe'), scene.tagOf('be')]).toEqual(['1.1.0', '1.1.0']);
  });

  it('6.4: a commit group has one commit with all files, and a message that names each', async () => {
    const scene = makeScene({ fe: shared, be: shared, other: {} });

    const { writes, report } = await scene.cycle();

    expect(writes).toEqual({ fe: 'committed', be: 'committed', other: 'committed' });
    const [, , ...rest] = scene.git.messages(url);
    expect(rest).toEqual(['initial']);
    const message = scene.git.messages(url).find((text) => text.includes('shop-release')) ?? '';
    expect(message).toMatch(
      /^build: automatic update of shop-release\n\nupdates image acme\/be of be tag '1\.0\.0' to '1\.1\.0'\nupdates image acme\/fe of fe tag '1\.0\.0' to '1\.1\.0'\n/,
    );
    const shas = report.applications.map(({ app: key, write }) => [
      key,
      write?.kind === 'committed' ? write.sha : '',
    ]);
    const ofKey = Object.fromEntries(shas) as Record<string, string>;
    expect(ofKey['argocd/fe']).toBe(ofKey['argocd/be']);
    expect(ofKey['argocd/fe']).not.toBe(ofKey['argocd/other']);
    expect(scene.events.toSorted()).toEqual(['be', 'fe', 'other']);
  });

  it('GR-14: one member that cannot be written stops all, and nobody else', async () => {
    const scene = makeScene({ fe: shared, be: shared, other: {} });
    scene.git.commit(url, 'break it', { 'be/values.yaml': 'image: [\n' });

    const { writes } = await scene.cycle();

    expect(writes['other']).toBe('committed');
    expect(writes['fe']).toMatch(/^shop-release: nothing of it is written, for argocd\/be cannot be: /);
    expect(writes['be']).not.toBe('committed');
    expect(scene.tagOf('fe')).toBe('1.0.0');
  });

  it('6.4: who is on hold takes no part, and stops nobody', async () => {
    const scene = makeScene({ fe: shared, be: { ...shared, hold: 'true' } });

    expect((await scene.cycle()).writes).toEqual({ fe: 'committed', be: 'nothing' });
  });

  it('GR-15: a race is one new commit on the new head, with all members', async () => {
    const scene = makeScene({ fe: shared, be: shared });
    let isOver = false;
    scene.git.onCall((call) => {
      if (call !== 'push' || isOver) return;
      isOver = true;
      scene.git.commit(url, 'somebody else', { 'README.md': 'hello\n' });
    });

    expect((await scene.cycle()).writes).toEqual({ fe: 'committed', be: 'committed' });
    expect(scene.git.messages(url).map((message) => message.split('\n')[0])).toEqual([
      'build: automatic update of shop-release',
      'somebody else',
      'initial',
    ]);
  });

  it('a refused commit is refused for all of them, and tried as one again', async () => {
    const scene = makeScene({ fe: shared, be: shared });
    let isRefused = true;
    scene.git.refuse((message) => isRefused && message.includes('shop-release'));
    const { writes } = await scene.cycle();
    expect(Object.values(writes).every((text) => text !== 'committed')).toBe(true);
    isRefused = false;

    expect((await scene.cycle()).writes).toEqual({ fe: 'committed', be: 'committed' });
    expect(scene.git.messages(url)).toHaveLength(2);
  });
});
