import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareCounts,
  splitVariant,
  type Variant,
  variantBehind,
} from '../../../src/core/version/variant.ts';

describe('variants', () => {
  it.each([
    ['2.1.5', '2.1.5', '', ''],
    ['v2.1.5-alpine3.19', 'v2.1.5', '-alpine', '3.19'],
    ['2.1.5-ls30', '2.1.5', '-ls', '30'],
    ['2.1.5-1', '2.1.5', '', '1'],
    ['2.1.5-debian-11-r5', '2.1.5', '-debian-11-r', '5'],
    ['2.1.5-rc.1', '2.1.5-rc.1', '', ''],
    ['2.1.5-RC1-alpine', '2.1.5-RC1', '-alpine', ''],
    ['2.1.5-SNAPSHOT', '2.1.5-SNAPSHOT', '', ''],
    ['3.0.0-M1', '3.0.0-M1', '', ''],
    ['2.1.5-mariadb', '2.1.5', '-mariadb', ''],
    ['2-alpine-', '2', '-alpine-', ''],
  ])('WF-16: %s is %s of "%s" with %s', (tag, version, name, counts) => {
    const variant = { name, counts: counts.split('.').filter(Boolean) };

    expect(splitVariant(tag)).toEqual({ version, variant });
  });

  it.each(['latest', 'alpine3.19', '2.1.5_1', '2.1.5alpine', ''])(
    'WF-16: %s begins with no numbers',
    (tag) => {
      expect(splitVariant(tag)).toBeUndefined();
    },
  );

  it('WF-16: behind a group, what stands before the first hyphen is none', () => {
    expect(variantBehind('+x-alpine3')).toEqual({
      prerelease: '',
      variant: { name: '-alpine', counts: ['3'] },
    });
  });

  const tags = fc.stringMatching(/^v?\d{1,3}(\.\d{1,3}){0,2}(-[a-z0-9.]{0,6}){0,3}$/);

  it('WF-16: lose nothing of a tag but empty parts of the digits', () => {
    fc.assert(
      fc.property(tags, (tag) => {
        const split = splitVariant(tag);
        const digits = /[\d.]*$/.exec(tag)?.[0] ?? '';
        expect(tag.startsWith(split?.version ?? '-')).toBe(true);
        const rest = tag.slice(split?.version.length).replace(/[\d.]*$/, '');
        expect([split?.variant.name, digits]).toSatisfy(
          () => rest === (split?.variant.name ?? '') || rest === '-',
        );
      }),
    );
  });

  it('WF-16: have an order of their digits', () => {
    const counts = fc.array(fc.stringMatching(/^\d{1,4}$/), { maxLength: 3 });
    const variant = (list: readonly string[]): Variant => ({ name: '', counts: list });
    fc.assert(
      fc.property(counts, counts, counts, (a, b, c) => {
        const compare = (one: readonly string[], other: readonly string[]) =>
          compareCounts(variant(one), variant(other));
        expect(compare(a, b)).toBe(0 - compare(b, a) || 0);
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
