/** What commands of people change in the holds ConfigMap, and what they print: spec/policies.md 3.2. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../src/core/base/outcome.ts';
import { kubectlLine } from '../../../../src/core/policy/holds/command-lines.ts';
import { pause, recordRollback, skip } from '../../../../src/core/policy/holds/commands.ts';
import { freeze, unfreeze } from '../../../../src/core/policy/holds/freeze.ts';
import { HoldsBook, type HoldsData } from '../../../../src/core/policy/holds/holds-book.ts';
import type { HoldsChange } from '../../../../src/core/policy/holds/holds-change.ts';
import { resume } from '../../../../src/core/policy/holds/resume.ts';
import { Zones } from '../../../../src/core/policy/words/zone.ts';

const zones = new Zones();
const web = { namespace: 'argocd', name: 'shop', alias: 'web' };
const api = { ...web, alias: 'api' };
const shop = { namespace: 'argocd', name: 'shop' };
const untilMs = Date.UTC(2026, 11, 1, 8);
const sinceMs = Date.UTC(2026, 10, 27, 22, 34);

function done(outcome: Outcome<HoldsChange>): HoldsChange {
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

/** The ConfigMap after a change. */
function applied(data: HoldsData, texts: HoldsChange['data']): HoldsData {
  const all = Object.entries({ ...data, ...texts });
  return Object.fromEntries(all.flatMap(([key, text]) => (text === null ? [] : [[key, text]])));
}

describe('pause', () => {
  it('HO-17 makes an entry, and prints what undoes it', () => {
    const change = done(pause({ data: {}, zones }, web, { untilMs, reason: 'bug 42', by: 'ann', sinceMs }));

    expect(change).toEqual({
      data: {
        'argocd.shop.web': `hold:
  until: "2026-12-01T08:00:00Z"
  reason: bug 42
  by: ann
  since: "2026-11-27T22:34:00Z"
`,
      },
      before: { 'argocd.shop.web': null },
      told: ['argocd/shop web is held until 2026-12-01T08:00:00Z: bug 42 (ann)'],
      undo: 'tidewaiter resume argocd/shop web',
      still: [],
    });
  });

  it('repeated: replaces, and tells the old one', () => {
    const data = { 'argocd.shop': 'until=2026-12-01T08:00:00Z reason="bug 42"' };
    const change = done(pause({ data, zones }, shop, { reason: "it's bad" }));

    expect(change.told).toEqual([
      "argocd/shop is held: it's bad",
      'before it was held until 2026-12-01T08:00:00Z: bug 42',
    ]);
    expect(change.undo).toBe("tidewaiter pause argocd/shop --until 2026-12-01T08:00:00Z --reason 'bug 42'");
    expect(change.before).toEqual(data);
    expect(new HoldsBook(applied(data, change.data), zones).entriesFor(web)[0]?.entry.hold).toEqual({
      reason: "it's bad",
    });
  });

  it('leaves everything else of an entry as it was written', () => {
    const data = {
      'argocd.shop.web': '# by hand\npin: 2.1.4 # until Monday\nhold: true\nskip:\n    2.1.5: "no"\n',
    };
    const change = done(pause({ data, zones }, web, { reason: 'x' }));

    expect(change.data['argocd.shop.web']).toBe(
      '# by hand\npin: 2.1.4 # until Monday\nskip:\n    2.1.5: "no"\nhold: reason=x\n',
    );
  });

  it('HO-18 two at the same time: both entries survive', () => {
    const first = done(pause({ data: {}, zones }, web, {}));
    const merged = applied({}, first.data);
    const second = done(pause({ data: merged, zones }, api, {}));

    expect(Object.keys(applied(merged, second.data))).toEqual(['argocd.shop.web', 'argocd.shop.api']);
  });

  it('does not touch what cannot be read', () => {
    const outcome = pause({ data: { 'argocd.shop.web': 'hodl: true' }, zones }, web, {});

    expect(outcome.ok ? '' : outcome.failure.message).toBe(
      'ConfigMap argocd-image-updater-holds, argocd.shop.web cannot be read: "hodl": unknown key; mend it first',
    );
  });

  it.each(['größe', 'a b', 'x'.repeat(300)])('alias %s has an entry that names it', (alias) => {
    const target = { ...web, alias };
    const change = done(pause({ data: {}, zones }, target, { reason: 'x' }));
    const [key = ''] = Object.keys(change.data);

    expect(key).toMatch(/^[-._a-zA-Z0-9]{1,253}$/);
    const data = applied({}, change.data);
    expect(new HoldsBook(data, zones).entriesFor(target)[0]?.entry.hold).toEqual({ reason: 'x' });
    expect(new HoldsBook(data, zones).entriesFor(web)).toEqual([]);
    expect(Object.keys(done(pause({ data, zones }, target, {})).data)).toEqual([key]);
    expect(applied(data, done(resume({ data, zones }, { ...target, aliases: [] }, [])).data)).toEqual({});
  });

  it('a key that somebody gave to another Application stays his', () => {
    const data = { 'argocd.shop.web': 'app: argocd/other\nhold: true' };
    const change = done(pause({ data, zones }, web, {}));

    expect(change.data['argocd.shop.web']).toBeUndefined();
    expect(new HoldsBook(applied(data, change.data), zones).entriesFor(web)).toHaveLength(1);
  });
});

describe('resume', () => {
  const resumeAll = (data: HoldsData, target: { alias?: string } = web, resumed = {}) =>
    done(
      resume(
        { data, zones },
        { ...shop, ...target, aliases: ['web', 'api'] },
        Object.keys(resumed).length === 0 ? [] : [resumed as { version: string }],
      ),
    );

  it('takes away hold, skip and rolled-back, and leaves the rest', () => {
    const data = {
      'argocd.shop.web':
        'hold: {reason: x}\npin: 2.1.4\nskip: {2.1.5: crashes}\nrolled-back: {from: 2.1.6}\nresumed: [{version: "1"}]\n',
    };
    const change = resumeAll(data);

    expect(change.data).toEqual({ 'argocd.shop.web': 'pin: 2.1.4\nresumed: [{version: "1"}]\n' });
    expect(change.told).toEqual([
      'argocd/shop web is held no more; it was: x',
      'argocd/shop web skips 2.1.5 (crashes) no more',
      'argocd/shop web may take 2.1.6 again',
    ]);
    expect(change.still).toEqual(['ConfigMap argocd-image-updater-holds, argocd.shop.web: pin 2.1.4']);
  });

  it('an entry that says nothing any more goes', () => {
    expect(resumeAll({ 'argocd.shop.web': 'hold: true\n' }).data).toEqual({ 'argocd.shop.web': null });
    expect(resumeAll({ 'argocd.shop.web': 'true' }).data).toEqual({ 'argocd.shop.web': null });
  });

  it('the whole Application: with the entries of its images', () => {
    const data = {
      'argocd.shop': 'true',
      'argocd.shop.web': 'reason=x',
      'argocd.shop.api': 'skip: {"1": ""}',
    };

    expect(resumeAll(data, {}).data).toEqual({
      'argocd.shop': null,
      'argocd.shop.web': null,
      'argocd.shop.api': null,
    });
  });

  it('tells what still holds: that of the Application, of the namespace, a freeze', () => {
    const data = { 'argocd.shop': 'true', argocd: 'reason=space', freeze: 'reason=incident' };

    expect(resumeAll(data)).toMatchObject({
      data: {},
      told: [],
      still: [
        'ConfigMap argocd-image-updater-holds, freeze: frozen: incident',
        'ConfigMap argocd-image-updater-holds, argocd.shop: hold',
        'ConfigMap argocd-image-updater-holds, argocd: hold: space',
      ],
    });
  });

  it('lets a version go on that Git took back', () => {
    const first = resumeAll({}, web, { version: '2.1.5', commit: '81db295' });
    const data = applied({}, first.data);

    expect(data).toEqual({ 'argocd.shop.web': 'resumed:\n- version: 2.1.5\n  commit: 81db295\n' });
    expect(first.told).toEqual(['argocd/shop web may take 2.1.5 again']);
    expect(resumeAll(data, web, { version: '2.1.5', commit: '81db295' }).data).toEqual({});
    expect(resumeAll(data, web, { version: '2.1.6', quarantine: true }).data['argocd.shop.web']).toContain(
      'quarantine: true',
    );
  });

  it('keeps the last twenty', () => {
    let data: HoldsData = {};
    for (let number = 1; number <= 25; number += 1)
      data = applied(data, resumeAll(data, web, { version: `1.0.${number}` }).data);
    const versions = new HoldsBook(data, zones)
      .entriesFor(web)[0]
      ?.entry.resumed.map(({ version }) => version);

    expect(versions).toHaveLength(20);
    expect(versions?.at(-1)).toBe('1.0.25');
  });
});

describe('skip and rollback', () => {
  it('skip adds one, or its reason', () => {
    const first = done(skip({ data: {}, zones }, web, { version: '2.1.5', reason: 'crashes, badly' }));
    const data = applied({}, first.data);
    const second = done(skip({ data, zones }, web, { version: '2.1.6' }));

    expect(first.told).toEqual(['argocd/shop web skips 2.1.5 (crashes, badly)']);
    expect(new HoldsBook(applied(data, second.data), zones).entriesFor(web)[0]?.entry.skips).toEqual([
      { version: '2.1.5', reason: 'crashes, badly' },
      { version: '2.1.6' },
    ]);
  });

  it('rollback records from where, then its commit; the texts before take it back', () => {
    const first = done(recordRollback({ data: {}, zones }, web, { from: '2.1.5', to: '2.1.4', by: 'ann' }));
    const data = applied({}, first.data);
    const second = done(
      recordRollback({ data, zones }, web, { from: '2.1.5', to: '2.1.4', by: 'ann', commit: '81db295' }),
    );

    expect(data).toEqual({ 'argocd.shop.web': 'rolled-back:\n  from: 2.1.5\n  to: 2.1.4\n  by: ann\n' });
    expect(second.data['argocd.shop.web']).toContain('commit: 81db295');
    expect(first.told).toEqual(['argocd/shop web waits for a version newer than 2.1.5']);
    expect(applied(data, first.before)).toEqual({});
  });
});

describe('freeze', () => {
  it('freezes, replaces and unfreezes', () => {
    const first = freeze({ data: {}, zones }, { reason: 'incident 7', untilMs });
    expect(first).toEqual({
      data: { freeze: 'until=2026-12-01T08:00:00Z reason="incident 7"' },
      before: { freeze: null },
      told: ['nothing is written until 2026-12-01T08:00:00Z: incident 7'],
      undo: 'tidewaiter unfreeze',
      still: [],
    });
    const data = applied({}, first.data);
    expect(freeze({ data, zones }, { reason: 'x' }).undo).toBe(
      "tidewaiter freeze --until 2026-12-01T08:00:00Z --reason 'incident 7'",
    );
    expect(unfreeze({ data, zones })).toMatchObject({
      data: { freeze: null },
      told: ['writes go on; it was frozen until 2026-12-01T08:00:00Z: incident 7'],
    });
    expect(unfreeze({ data: {}, zones })).toEqual({
      data: {},
      before: {},
      told: ['nothing was frozen'],
      still: [],
    });
    expect(unfreeze({ data: { freeze: 'until=2h' }, zones }).data).toEqual({ freeze: null });
  });
});

describe('the line of kubectl', () => {
  it('does the same', () => {
    expect(kubectlLine('argocd', { 'argocd.shop': "hold: reason=it's", freeze: null }, true)).toBe(
      `kubectl -n argocd patch configmap argocd-image-updater-holds --type merge -p '{"data":{"argocd.shop":"hold: reason=it'\\''s","freeze":null}}'`,
    );
    expect(kubectlLine('argocd', { freeze: 'reason="x y"' }, false)).toBe(
      'kubectl -n argocd create configmap argocd-image-updater-holds && ' +
        `kubectl -n argocd patch configmap argocd-image-updater-holds --type merge -p '{"data":{"freeze":"reason=\\"x y\\""}}'`,
    );
  });
});

describe('commands in any order', () => {
  it('what is written is read back, and what is taken back is gone', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '"', "'", '#', ':', '\\', 'ö', '-', '{') });
    const step = fc.oneof(
      fc.record({ kind: fc.constant('pause' as const), reason: text }),
      fc.record({ kind: fc.constant('skip' as const), reason: text }),
      fc.record({ kind: fc.constant('rollback' as const), reason: text }),
      fc.record({ kind: fc.constant('resume' as const), reason: text }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
        let data: HoldsData = {};
        for (const { kind, reason } of steps) {
          const context = { data, zones };
          const change = done(
            kind === 'pause'
              ? pause(context, web, { reason })
              : kind === 'skip'
                ? skip(context, web, { version: '2.1.5', reason })
                : kind === 'rollback'
                  ? recordRollback(context, web, { from: '2.1.5', by: reason })
                  : resume(context, { ...web, aliases: [] }, []),
          );
          const after = applied(data, change.data);
          const entry = new HoldsBook(after, zones).entriesFor(web)[0]?.entry;
          if (kind === 'pause') expect(entry?.hold).toEqual({ reason });
          if (kind === 'skip') expect(entry?.skips[0]?.reason ?? '').toBe(reason);
          if (kind === 'rollback') expect(entry?.rolledBack?.by).toBe(reason);
          if (kind === 'resume') expect(after).toEqual({});
          expect(applied(after, change.before)).toEqual(data);
          data = after;
        }
      }),
    );
  });
});
