import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packState, readState } from '../../../../src/core/config/state/application-state.ts';
import { Packer, Unpacker } from '../../../../src/core/config/state/packed.ts';
import { readApplication } from '../../../../src/core/config/application.ts';
import { valueOf } from '../../builders.ts';

const sha = (letter: string): string => letter.repeat(40);
const at = (time: string): number => Date.parse(`2026-11-28T${time}Z`);

const object = {
  metadata: { name: 'shop', namespace: 'argocd', deletionTimestamp: '2026-11-28T11:00:00Z' },
  spec: { source: { repoURL: 'https://git.example.com/ops/deploy.git', path: 'shop' } },
  operation: { sync: {} },
  status: {
    health: { status: 'Degraded', lastTransitionTime: '2026-11-28T10:09:00Z' },
    sync: { status: 'Synced', revision: sha('a') },
    reconciledAt: '2026-11-28T10:10:00Z',
    sourceHydrator: { lastSuccessfulOperation: { drySHA: sha('d') } },
    operationState: {
      phase: 'Succeeded',
      startedAt: '2026-11-28T09:59:00Z',
      finishedAt: '2026-11-28T10:00:00Z',
      syncResult: { revision: sha('a') },
    },
    history: [
      {
        deployStartedAt: '2026-11-28T08:00:00Z',
        deployedAt: '2026-11-28T08:01:00Z',
        revision: sha('b'),
        source: { repoURL: 'https://git.example.com/ops/deploy.git', path: 'old' },
      },
      { deployedAt: '2026-11-28T10:00:00Z', revisions: [sha('a'), '1.2.3', ''] },
    ],
  },
};

describe('the state of an Application', () => {
  it('is read with the Application, as Argo CD reports it', () => {
    const { state = '' } = valueOf(readApplication(object));

    expect(readState(state)).toEqual({
      health: 'Degraded',
      healthSinceMs: at('10:09:00'),
      sync: 'Synced',
      reconciledAtMs: at('10:10:00'),
      hasOperation: true,
      isDeleting: true,
      hydratedRevision: sha('d'),
      operation: {
        phase: 'Succeeded',
        startedAtMs: at('09:59:00'),
        finishedAtMs: at('10:00:00'),
        revisions: [sha('a')],
      },
      history: [
        { isOfSpec: true, startedAtMs: at('08:00:00'), deployedAtMs: at('08:01:00'), revisions: [sha('b')] },
        { isOfSpec: false, deployedAtMs: at('10:00:00'), revisions: [sha('a'), '1.2.3', ''] },
      ],
    });
  });

  it('is absent where nothing reports it', () => {
    expect(packState({ metadata: {}, status: { sync: { revision: 'x' } } })).toBeUndefined();
    expect(packState({ metadata: {} })).toBeUndefined();
  });

  it('says nothing of fields of another type', () => {
    const packed = packState({
      metadata: { deletionTimestamp: 7 },
      operation: 'now',
      status: {
        health: { status: 5, lastTransitionTime: 'yesterday' },
        sync: [],
        operationState: null,
        history: [null, { revisions: [9], deployedAt: {} }, 'x'],
      },
    });

    const empty = { isOfSpec: false, revisions: [] };
    expect(readState(packed ?? '')).toEqual({
      health: '',
      sync: '',
      hasOperation: false,
      isDeleting: false,
      history: [empty, empty, empty],
    });
  });

  it('keeps the last ten recorded syncs', () => {
    const history = Array.from({ length: 14 }, (_, index) => ({ revision: `1.0.${index}` }));

    const { history: kept } = readState(packState({ status: { history } }) ?? '');

    expect(kept.map(({ revisions }) => revisions[0])).toEqual(
      Array.from({ length: 10 }, (_, index) => `1.0.${index + 4}`),
    );
  });

  it('takes less than 400 bytes, with ten recorded syncs', () => {
    const history = Array.from({ length: 10 }, () => object.status.history[0]);

    const packed = packState({ ...object, status: { ...object.status, history } }) ?? '';

    expect(packed.length).toBeLessThan(400);
    expect(packed).toMatch(/^[\0-\xff]*$/);
  });
});

describe('packed texts', () => {
  it('are read as they were packed, whatever is in them', () => {
    const revision = fc.oneof(
      fc.stringMatching(/^[0-9a-f]{40}$/),
      fc.string({ unit: fc.constantFrom('a', '\0', 'ÿ', '9'), maxLength: 64 }),
    );
    const seconds = fc.option(fc.integer({ min: 1, max: 0xffffffff }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(fc.tuple(revision, seconds), { maxLength: 20 }), (parts) => {
        const packer = new Packer().count(parts.length);
        for (const [one, time] of parts) packer.revision(one).time(time && time * 1000);
        const from = new Unpacker(packer.packed());
        const read = Array.from({ length: from.count() }, () => [from.revision(), from.time()]);
        expect(read).toEqual(parts.map(([one, time]) => [one, time && time * 1000]));
      }),
    );
  });

  it('are cut where they are too long, and have no foreign characters', () => {
    const text = new Unpacker(new Packer().text(`${'x'.repeat(63)}€y`).packed()).text();

    expect(text).toBe(`${'x'.repeat(63)}?`);
  });
});
