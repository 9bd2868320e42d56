/** Which sync brought a commit of ours, where somebody committed on top of it (spec/policies.md 7.2). */
import { describe, expect, it } from 'vitest';
import type { ApplicationSource } from '../../../src/core/config/application.ts';
import { packState } from '../../../src/core/config/state/application-state.ts';
import { values } from '../../fakes/memory-world.ts';
import { at, makeScene, url } from './scene.ts';

const minuteMs = 60_000;

/** `web` was written, and its sync, `atMs` from there, went to a revision and ended Degraded. */
async function degradedAfter(revisionOf: (ours: string, head: string) => string, atMs: number) {
  const scene = makeScene({ web: { quarantine: '15m' } });
  const [listed] = scene.applications;
  if (listed === undefined) throw new Error('no Application');
  const source = { ...(listed.sources[0] as ApplicationSource), repoURL: url, targetRevision: 'main' };
  const web = { ...listed, sources: [source] };
  const before = scene.git.headOf(url);
  scene.list([web]);
  await scene.cycle();
  const ours = scene.git.headOf(url);
  scene.git.commit(url, 'on top', { 'web/notes': values('x', '1') });
  const syncedMs = scene.clock.now() + atMs;
  const time = (ms: number): string => new Date(syncedMs + ms).toISOString();
  const revision = revisionOf(ours, before);
  const state = packState({
    status: {
      health: { status: 'Degraded', lastTransitionTime: time(minuteMs) },
      sync: { status: 'Synced' },
      reconciledAt: time(minuteMs),
      operationState: {
        phase: 'Succeeded',
        startedAt: time(0),
        finishedAt: time(0),
        syncResult: { revision: revision === 'head' ? scene.git.headOf(url) : revision },
      },
    },
  });
  await scene.clock.advance(6 * minuteMs);
  const calls: string[] = [];
  scene.git.onCall((call) => calls.push(call));
  scene.list([at(web, '1.1.0', { sources: [source], ...(state === undefined ? {} : { state }) })]);
  const { report } = await scene.cycle();
  return { isBad: report.warnings.some((words) => words.includes('made argocd/web unhealthy')), calls };
}

describe('a sync after a commit of ours', () => {
  it('HE-19: to a commit on top of it brought it, though the clock of Argo CD is behind', async () => {
    expect((await degradedAfter(() => 'head', -minuteMs)).isBad).toBe(true);
  });

  it('HE-19: to what was there before it did not bring it', async () => {
    expect((await degradedAfter((_, before) => before, minuteMs)).isBad).toBe(false);
  });

  it('HE-19: to a commit that nobody knows is judged by the time', async () => {
    expect((await degradedAfter(() => 'e'.repeat(40), minuteMs)).isBad).toBe(true);
    expect((await degradedAfter(() => 'e'.repeat(40), -minuteMs)).isBad).toBe(false);
  });

  it('to the commit itself needs no look into Git', async () => {
    const { isBad, calls } = await degradedAfter((ours) => ours, minuteMs);

    expect(isBad).toBe(true);
    expect(calls).not.toContain('commitLog');
  });
});
