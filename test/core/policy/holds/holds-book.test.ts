/** The ConfigMap `argocd-image-updater-holds`: rows of spec/policies.md 3.4. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HoldsBook, type HoldsData } from '../../../../src/core/policy/holds/holds-book.ts';
import type { HoldsTarget } from '../../../../src/core/policy/holds/holds-keys.ts';
import { keyWarnings } from '../../../../src/core/policy/holds/key-warnings.ts';
import { withHolds } from '../../../../src/core/policy/holds/with-holds.ts';
import type { ImagePolicies } from '../../../../src/core/policy/settings.ts';
import { Zones } from '../../../../src/core/policy/words/zone.ts';

const zones = new Zones();
const book = (data: HoldsData) => new HoldsBook(data, zones);
const web: HoldsTarget = { namespace: 'argocd', name: 'shop', alias: 'web' };

function policiesOf(data: HoldsData, target = web, policies: ImagePolicies = {}): ImagePolicies {
  return withHolds(policies, book(data).entriesFor(target));
}

const example = `hold: {until: 2026-12-01T08:00:00Z, reason: "bug 42", by: ann, since: 2026-11-27T22:34:00Z}
pin: 2.1.4
skip: {2.1.5: crashes at start, 2.1.6: ""}
rolled-back: {from: 2.1.5, to: 2.1.4, commit: 81db295, by: ann}
resumed: [{version: 2.1.3, commit: 4c1d}, {version: 2.1.2, quarantine: true}]
`;

describe('entries', () => {
  it('are read with their sources', () => {
    const source = 'ConfigMap argocd-image-updater-holds, argocd.shop.web';

    expect(policiesOf({ 'argocd.shop.web': example })).toEqual({
      holds: [
        {
          value: {
            untilMs: Date.UTC(2026, 11, 1, 8),
            sinceMs: Date.UTC(2026, 10, 27, 22, 34),
            reason: 'bug 42',
            by: 'ann',
          },
          source,
        },
      ],
      pin: { value: { tag: '2.1.4' }, source },
      skips: [{ value: [{ version: '2.1.5', reason: 'crashes at start' }, { version: '2.1.6' }], source }],
      rolledBack: { value: { from: '2.1.5', to: '2.1.4', commit: '81db295', by: 'ann' }, source },
      resumed: [
        { version: '2.1.3', commit: '4c1d' },
        { version: '2.1.2', quarantine: true },
      ],
    });
  });

  it.each([
    ['argocd.shop.web', true],
    ['argocd.shop', true],
    ['argocd', true],
    ['argocd.shop.api', false],
    ['argocd.shop.web.x', false],
    ['shop.web', false],
  ])('key %s: %s', (key, holds) => {
    expect(policiesOf({ [key]: 'true' }).holds !== undefined).toBe(holds);
  });

  it.each([
    ['true', {}],
    ['hold: true', {}],
    ['hold: reason="bug 42"', { reason: 'bug 42' }],
    ['until=2026-12-01T08:00 zone=Europe/Berlin', { untilMs: Date.UTC(2026, 11, 1, 7) }],
    ['hold: {until: 2026-12-01T08:00, zone: Europe/Berlin}', { untilMs: Date.UTC(2026, 11, 1, 7) }],
    ['hold:\n  reason: bug 42 # why\n', { reason: 'bug 42' }],
    ['"reason=\\"bug 42\\""', undefined],
  ])('%j', (text, hold) => {
    expect(policiesOf({ 'argocd.shop': text }).holds?.[0]?.value).toEqual(hold);
  });

  it.each(['false', 'hold: false', '', '{}', 'hold:'])('%j holds nothing', (text) => {
    expect(policiesOf({ 'argocd.shop': text })).toEqual({});
  });

  it('a slash of an alias is an underscore; an alias that no key can spell is named inside', () => {
    expect(policiesOf({ 'argocd.shop.a_b': 'true' }, { ...web, alias: 'a/b' }).holds).toHaveLength(1);
    const named = { anything: 'app: argocd/shop\nimage: größe\nhold: true' };
    expect(policiesOf(named, { ...web, alias: 'größe' }).holds?.[0]?.source).toContain('holds, anything');
    expect(policiesOf(named).holds).toBeUndefined();
  });

  it('app overrules the key', () => {
    const data = { 'argocd.shop.web': 'app: argocd/other\nhold: true' };

    expect(policiesOf(data).holds).toBeUndefined();
    expect(policiesOf(data, { ...web, name: 'other' }).holds).toHaveLength(1);
  });

  it('the nearest rollback counts, all holds do', () => {
    const data = {
      argocd: 'hold: reason=space\nrolled-back: {from: 1.0.0}',
      'argocd.shop.web': 'hold: reason=image\nrolled-back: {from: 2.0.0}',
    };

    expect(policiesOf(data)).toMatchObject({
      holds: [{ value: { reason: 'image' } }, { value: { reason: 'space' } }],
      rolledBack: { value: { from: '2.0.0' } },
    });
  });

  it.each([
    ['hold: {untl: 2026-12-01}', 'hold.untl: unknown key'],
    ['hodl: true', '"hodl": unknown key'],
    ['hold: [true]', 'hold: expected a mapping'],
    ['hold: {until: 2h}', 'hold.until "2h": expected a time'],
    ['hold: until=2h', 'hold until "2h"'],
    ['perhaps', '"perhaps": expected true, false'],
    ['pin: 2.*', 'pin "2.*": expected a tag'],
    ['skip: {2.*: x}', 'skip: "2.*" is no tag'],
    ['skip: 2.1.5', 'expected a mapping'],
    ['rolled-back: {to: 2.1.4}', 'rolled-back: from is missing'],
    ['resumed: [{commit: abc}]', 'resumed: version is missing'],
    ['image: web\nhold: true', 'image needs app'],
    ['app: shop\nhold: true', 'app "shop": expected <namespace>/<name>'],
    ['{', 'value'],
    ['- hold', 'expected a mapping, or the text of hold'],
    ['hold: true\n---\nhold: false', 'several documents'],
    ['hold: true\nhold: false', '"hold": duplicate key'],
  ])('%j cannot be read, and withholds what its key names', (text, mistake) => {
    expect(policiesOf({ 'argocd.shop': text }).invalid?.[0]?.value).toContain(mistake);
    expect(policiesOf({ 'argocd.shop': text }, { ...web, name: 'other' })).toEqual({});
  });

  it('takes any text without throwing, and nothing unread lets an image go', () => {
    const pieces = [
      'hold',
      ':',
      ' ',
      'true',
      '{',
      '}',
      '\n',
      'until=',
      '2026-12-01',
      'skip',
      '"',
      '- ',
      'pin',
      '&a',
      '*a',
    ];
    const piece = fc.constantFrom(...pieces);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
        policiesOf({ 'argocd.shop': parts.join(''), freeze: parts.join('') });
      }),
    );
  });
});

describe('annotation and ConfigMap add up', () => {
  const annotated = { value: { tag: '2.1.4' }, source: 'annotation pin' };

  it('HO-07 a hold of the ConfigMap holds what the annotation lets go', () => {
    expect(policiesOf({ 'argocd.shop': 'true' }, web, {}).holds).toHaveLength(1);
  });

  it('two pins that differ are a mistake, equal ones are not', () => {
    expect(policiesOf({ 'argocd.shop': 'pin: 2.1.5' }, web, { pin: annotated })).toEqual({
      invalid: [
        {
          value:
            'annotation pin "2.1.4": ConfigMap argocd-image-updater-holds, argocd.shop pins 2.1.5; leave one of them out',
          source: 'annotation pin',
        },
      ],
    });
    expect(policiesOf({ 'argocd.shop': 'pin: 2.1.4' }, web, { pin: annotated })).toEqual({ pin: annotated });
  });

  it('lists grow, and what was invalid stays', () => {
    const before = {
      skips: [{ value: [{ version: '1' }], source: 'annotation skip-tags' }],
      invalid: [{ value: 'x', source: 'y' }],
    };

    expect(policiesOf({ argocd: 'skip: {"2": ""}\nx: 1' }, web, before)).toMatchObject({
      skips: [{ value: [{ version: '1' }] }, { value: [{ version: '2' }] }],
      invalid: [{ value: 'x' }, { value: expect.stringContaining('"x": unknown key') as string }],
    });
    expect(policiesOf({}, web, before)).toBe(before);
  });
});

describe('reading again', () => {
  it('takes over what has not changed, and reads what has', () => {
    const first = book({ argocd: 'reason=a', 'argocd.shop': 'reason=b' });
    const second = new HoldsBook({ argocd: 'reason=a', 'argocd.shop': 'reason=c' }, zones, first);

    expect(second.byKey.get('argocd')).toBe(first.byKey.get('argocd'));
    expect(second.byKey.get('argocd.shop')?.hold).toEqual({ reason: 'c' });
    expect([...new HoldsBook({}, zones, second).byKey]).toEqual([]);
  });
});

describe('freeze', () => {
  it.each([
    [
      'reason="incident 7" until=2026-11-28T06:00:00Z',
      { reason: 'incident 7', untilMs: Date.UTC(2026, 10, 28, 6) },
    ],
    ['{reason: incident 7, by: ann}', { reason: 'incident 7', by: 'ann' }],
    ['true', {}],
    ['false', undefined],
    ['', undefined],
  ])('%j', (text, hold) => {
    expect(book({ freeze: text }).freeze?.value).toEqual(hold);
  });

  it.each(['until=2h', '{reason', '{why: x}', 'yes please', '[x]'])(
    '%j cannot be read, and freezes',
    (text) => {
      expect(book({ freeze: text }).freeze?.value.reason).toContain('its value cannot be read');
    },
  );

  it('is no entry of a namespace with that name', () => {
    expect(policiesOf({ freeze: 'true' }, { ...web, namespace: 'freeze' })).toEqual({});
  });
});

describe('keys', () => {
  const targets = [web, { ...web, alias: 'api' }, { namespace: 'argocd', name: 'pay' }];
  const warningsOf = (data: HoldsData, all: readonly HoldsTarget[] = targets) => keyWarnings(book(data), all);

  it('HO-15 one that names nothing is told with the nearest name', () => {
    expect(warningsOf({ 'argocd.shpo': 'true' })).toEqual([
      'ConfigMap argocd-image-updater-holds: argocd.shpo names no Application or image; did you mean argocd.shop?',
    ]);
    expect(warningsOf({ 'argocd.shop.wbe': 'true', x: 'app: argocd/shp\nhold: true' })).toEqual([
      expect.stringContaining('did you mean argocd.shop.web?'),
      expect.stringContaining('argocd/shp names no Application or image; did you mean argocd/shop?'),
    ]);
  });

  it('those that name something are not', () => {
    expect(
      warningsOf({ argocd: '', 'argocd.shop': '', 'argocd.shop.api': '', 'argocd.pay': '', freeze: 'x' }),
    ).toEqual([]);
  });

  it('HO-14 one that names two images holds both, and says so', () => {
    const both = [
      { namespace: 'argocd', name: 'a.b', alias: 'c' },
      { namespace: 'argocd', name: 'a', alias: 'b.c' },
    ];
    const data = { 'argocd.a.b.c': 'true' };

    for (const target of both) expect(policiesOf(data, target).holds).toHaveLength(1);
    expect(warningsOf(data, both)).toEqual([
      'ConfigMap argocd-image-updater-holds: argocd.a.b.c means image c of argocd/a.b and image b.c of argocd/a: it counts for both; name one with app: <namespace>/<name>',
    ]);
  });
});
