import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  applicationsIn,
  type ChangeLine,
  formatChange,
  isOnBehalf,
  parseChanges,
} from '../../../../src/core/policy/rollback/lines/change-line.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const place = { branch: 'main', path: 'apps/shop/values.yaml', key: 'image.tag' };

describe('the lines of commits', () => {
  test.each<[string, ChangeLine, string]>([
    [
      'a tag',
      { place, from: { tag: '2.1.4' }, to: { tag: '2.1.5' } },
      'main apps/shop/values.yaml image.tag 2.1.4 -> 2.1.5',
    ],
    ['no version before', { place, to: { tag: '2.1.5' } }, 'main apps/shop/values.yaml image.tag - -> 2.1.5'],
    [
      'tag and digest',
      { place, from: { tag: '1', digest }, to: { digest } },
      `main apps/shop/values.yaml image.tag 1@${digest} -> @${digest}`,
    ],
    [
      'blanks, percent signs and arrows',
      { place: { branch: 'a b', path: '50%/x>y', key: 'images[a\nb]' }, to: { tag: '1' } },
      'a%20b 50%25/x%3Ey images[a%0Ab] - -> 1',
    ],
  ])('%s', (_, line, expected) => {
    expect(formatChange(line)).toBe(`Image-Updater-Change: ${expected}`);
    expect(parseChanges(`title\n\n${formatChange(line)}\n`)).toEqual([{ from: undefined, ...line }]);
  });

  const line = formatChange({ place, from: { tag: '1' }, to: { tag: '2' } });
  test.each([
    ['indented', `    ${line}`],
    ['in a list', `* title\n\n* ${line}\n`],
    ['quoted', `> ${line}\r\n`],
    ['before other text', `${line}\n\nmore text`],
  ])('is found %s', (_, message) => {
    expect(parseChanges(message)).toHaveLength(1);
  });

  test.each([
    ['in the middle of a line', `see ${line}`],
    ['with a broken escape', 'Image-Updater-Change: ma%zz a b 1 -> 2'],
    ['without an arrow', 'Image-Updater-Change: main a b 1 2'],
  ])('is not found %s', (_, message) => {
    expect(parseChanges(message)).toEqual([]);
  });

  it('any place is read as it was written', () => {
    const text = fc.string({ unit: 'grapheme' }).map((value) => value.toWellFormed());
    const places = fc.record({ branch: text, path: text, key: text });
    fc.assert(
      fc.property(places, (odd) => {
        const message = `title\n\n${formatChange({ place: odd, to: { tag: '1' } })}\n`;
        expect(message.split('\n')).toHaveLength(4);
        expect(parseChanges(message)).toEqual([{ place: odd, from: undefined, to: { tag: '1' } }]);
      }),
    );
  });

  it('any text is read in time that grows with its length', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseChanges(text).length).toBeLessThanOrEqual(1000);
      }),
    );
    expect(parseChanges(`Image-Updater-Change: ${' '.repeat(100_000)}`)).toEqual([]);
    expect(parseChanges(`${line}\n`.repeat(5000))).toHaveLength(1000);
  });

  it('names Applications, and whom a command acts for', () => {
    expect(applicationsIn('t\n\nImage-Updater-Application: argocd/shop\n')).toEqual(['argocd/shop']);
    expect(isOnBehalf('t\n\nImage-Updater-By: ann\n')).toBe(true);
    expect(isOnBehalf('t\n\nsaid Image-Updater-By: ann\n')).toBe(false);
  });
});
