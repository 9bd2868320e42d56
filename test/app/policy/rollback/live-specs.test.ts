/** Write-back method argocd in whole cycles: what somebody puts back into the spec (spec/policies.md 2.7). */
import { describe, expect, it } from 'vitest';
import { annotationPrefix } from '../../../../src/core/config/annotations.ts';
import type { Application, ApplicationSource } from '../../../../src/core/config/application.ts';
import type { JsonPatchOperation } from '../../../../src/core/live-patch.ts';
import type { SpecPast } from '../../../../src/ports/cluster.ts';
import { hourMs, makeScene, reasons } from '../scene.ts';

const minuteMs = 60_000;

/** The spec of `web` is what was patched last, or put there; what runs is what it was deployed with last. */
function makeLive(past: Partial<SpecPast> = {}, more: Readonly<Record<string, string>> = {}) {
  let inSpec = '1.0.0';
  let recorded: SpecPast | null | Error = { deployed: [], ...past };
  const asked: string[] = [];
  const patched: string[] = [];
  const scene = makeScene(
    {
      web: {
        'write-back-method': 'argocd',
        'write-back-target': '',
        'web.helm.image-tag': 'image.tag',
        rollback: 'respect',
        ...more,
      },
    },
    (world) => {
      return {
        ...world,
        cluster: {
          ...world.cluster,
          openCycle: () => ({
            ...world.cluster.openCycle(),
            patchApplication: async (app, compute) => {
              const source = withTag(app, inSpec).sources[0];
              const operations = compute({ spec: { source } }).filter(({ op }) => op !== 'test');
              if (operations.length === 0 || tagIn(operations) === inSpec) return 'unchanged';
              inSpec = tagIn(operations);
              patched.push(inSpec);
              return 'patched';
            },
            specPast: (_, pointer) => {
              asked.push(pointer);
              return recorded instanceof Error ? Promise.reject(recorded) : Promise.resolve(recorded);
            },
          }),
        },
      };
    },
  );
  const [web] = scene.applications;
  if (web === undefined) throw new Error('no Application');
  /** Lists the Application as it is, and runs a cycle. */
  const cycle = async (running = '1.0.0') => {
    const images = [`ghcr.io/acme/web:${running}`];
    scene.list([{ ...withTag(web, inSpec), status: { sourceTypes: ['Helm'], images } }]);
    return scene.cycle();
  };
  return {
    ...scene,
    asked,
    patched,
    cycle,
    puts: (tag: string) => {
      inSpec = tag;
    },
    records: (now: typeof recorded) => {
      recorded = now;
    },
    deployedAt: (tag: string, atMs: number, by?: string) => ({
      atMs,
      sources: withTag(web, tag).sources,
      ...(by === undefined ? {} : { by }),
    }),
  };
}

function tagIn(operations: readonly JsonPatchOperation[]): string {
  return /"image\.tag","value":"([^"]*)"/.exec(JSON.stringify(operations))?.[1] ?? '';
}

function withTag(app: Application, tag: string): Application {
  const source = app.sources[0] as ApplicationSource;
  const parameters = [{ name: 'image.tag', value: tag, forceString: true }];
  return { ...app, sources: [{ ...source, helm: { valueFiles: [], parameters } }] };
}

describe('a live spec that somebody has put back', () => {
  it('RB-24: is not patched again, and the manager is named', async () => {
    const live = makeLive({ owner: { manager: 'argocd-controller' } });
    expect((await live.cycle()).writes).toEqual({ web: 'patched' });
    live.puts('1.0.0');

    for (const { writes, report } of [await live.cycle(), await live.cycle()]) {
      expect(writes).toEqual({ web: 'nothing' });
      expect(reasons(report)['web']).toMatch(
        /^reverted: 1\.1\.0 is put back to 1\.0\.0 by whoever owns the Application \(argocd-controller\); ends with a version newer than 1\.1\.0, .*; use write-back-method: git/,
      );
    }
    expect(live.patched).toEqual(['1.1.0']);
  });

  it('RB-24: by a person, holds until something newer appears', async () => {
    const live = makeLive({ owner: { manager: 'kubectl-edit', atMs: 1_700_000_000_000 } });
    await live.cycle();
    live.puts('1.0.0');
    expect(reasons((await live.cycle()).report)['web']).toMatch(
      /^rollback: 1\.1\.0 was taken back to 1\.0\.0 \(kubectl-edit\)/,
    );
    live.shelf.tags.set('acme/web', ['1.0.0', '1.1.0', '1.2.0']);

    expect((await live.cycle()).writes).toEqual({ web: 'patched' });
    expect(live.patched).toEqual(['1.1.0', '1.2.0']);
  });

  it('2.7: a new process knows it from what was deployed before the spec was written last', async () => {
    const nowMs = 1_700_000_000_000;
    const live = makeLive();
    const owner = { manager: 'argocd-server', atMs: nowMs };
    const before = [live.deployedAt('1.1.0', nowMs - hourMs)];
    live.records({ owner, deployed: before });
    expect(reasons((await live.cycle()).report)['web']).toMatch(
      /^rollback: 1\.1\.0 was taken back to 1\.0\.0/,
    );

    live.records({ owner, deployed: [live.deployedAt('1.1.0', nowMs + minuteMs)] });
    expect((await live.cycle()).writes).toEqual({ web: 'patched' });
  });

  it.each<[string, SpecPast | null]>([
    ['where we wrote the spec last', { owner: { manager: 'argocd-image-updater' }, deployed: [] }],
    ['where nothing is recorded', { deployed: [] }],
    ['of which the API tells nothing', null],
  ])('2.7: %s is written', async (_, past) => {
    const live = makeLive();
    live.records(
      past === null
        ? null
        : { ...past, deployed: [live.deployedAt('1.1.0', 0)].slice(past.owner === undefined ? 1 : 0) },
    );

    expect((await live.cycle()).writes).toEqual({ web: 'patched' });
  });

  it('2.7: waits where the object cannot be read, and says so after three cycles', async () => {
    const live = makeLive();
    live.records(new Error('broken'));

    const passing = [];
    for (let i = 0; i < 3; i += 1) {
      const { report } = await live.cycle();
      const [decision] = report.applications[0]?.decisions ?? [];
      passing.push(
        decision?.kind === 'waiting' ? [decision.reason.code, decision.reason.isPassing] : decision?.kind,
      );
    }

    expect(passing).toEqual([
      ['rollback-unsure', true],
      ['rollback-unsure', true],
      ['rollback-unsure', undefined],
    ]);
    expect(live.patched).toEqual([]);
    live.records({ deployed: [] });
    expect((await live.cycle()).writes).toEqual({ web: 'patched' });
  });

  it('RB-25: a rollback that leaves the spec alone is told, and nothing is patched', async () => {
    const live = makeLive();
    await live.cycle();
    const nowMs = Date.UTC(2026, 10, 29, 4, 30);
    live.records({
      deployed: [
        live.deployedAt('1.0.0', nowMs - 2 * hourMs),
        live.deployedAt('1.1.0', nowMs - hourMs),
        live.deployedAt('1.0.0', nowMs, 'ann'),
      ],
    });

    const { writes, report } = await live.cycle('1.0.0');

    expect(writes).toEqual({ web: 'unchanged' });
    expect(report.applications[0]?.decisions[0]?.remarks).toEqual([
      {
        isNews: true,
        message: 'Argo CD runs 1.0.0 since 2026-11-29 04:30 UTC by a rollback of ann; the spec has 1.1.0',
      },
    ]);
  });

  it('RB-25: what is only not synced yet is no rollback', async () => {
    const live = makeLive();
    await live.cycle();
    live.records({ deployed: [live.deployedAt('1.0.0', 0, 'ann')] });

    const { report } = await live.cycle('1.0.0');

    expect(report.applications[0]?.decisions[0]?.remarks).toBeUndefined();
  });

  it('asks for the object only where its answer decides something', async () => {
    const live = makeLive();
    await live.cycle();
    expect(live.asked).toEqual(['/spec/source/helm/parameters']);
    live.shelf.tags.set('acme/web', ['1.0.0', '1.1.0', '1.2.0']);

    await live.cycle('1.1.0');

    expect(live.asked).toHaveLength(1);
    await live.cycle('1.2.0');
    expect(live.asked).toHaveLength(1);
    expect(Object.keys(live.applications[0]?.annotations ?? {})).toContain(`${annotationPrefix}rollback`);
  });
});
